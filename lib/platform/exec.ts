/** The one place that starts processes: always argv, never a shell, always a time limit and a bound on output. */
import { pipeline } from "node:stream/promises";
import { execa } from "execa";
import { AppError, messageOf } from "./errors.ts";

export interface RunOptions {
  /** seconds, 30 unless told */
  timeout?: number;
  /** bytes of standard output kept, 64 MiB unless told; more is an error */
  maxOutput?: number;
  input?: string;
  env?: Record<string, string>;
  signal?: AbortSignal;
}

export interface RunResult {
  stdout: string;
  stderr: string;
  exitCode: number;
}

/**
 * Runs a tool to its end. A non-zero exit code is an outcome, not an exception.
 * Throws AppError `internal` when it cannot be started or overflows, `timeout` when it takes too long.
 */
export async function run(file: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  checkArguments(file, args);
  const result = await execa(file, args, {
    reject: false,
    shell: false,
    extendEnv: true,
    env: { LC_ALL: "C.UTF-8", SYSTEMD_PAGER: "", SYSTEMD_COLORS: "0", ...options.env },
    timeout: (options.timeout ?? 30) * 1000,
    maxBuffer: options.maxOutput ?? 64 * 1024 * 1024,
    ...(options.input === undefined ? { stdin: "ignore" as const } : { input: options.input }),
    ...(options.signal ? { cancelSignal: options.signal } : {}),
    stripFinalNewline: false,
  });
  if (result.isCanceled) throw options.signal?.reason ?? new DOMException("aborted", "AbortError");
  if (result.timedOut) throw new AppError("timeout", `${file} did not answer in ${options.timeout ?? 30} s`);
  if (result.exitCode === undefined)
    throw new AppError("internal", `${file} did not run: ${messageOf(result.cause ?? result.originalMessage)}`, {
      cause: result.cause,
    });
  return { stdout: String(result.stdout), stderr: String(result.stderr), exitCode: result.exitCode };
}

/**
 * Runs a tool and yields its standard output in chunks until it ends or the signal aborts; then the process is ended.
 * Honours back-pressure. The return value is the exit code (null: ended by us) and the last 4 KiB of standard error.
 */
export function stream(file: string, args: readonly string[], signal: AbortSignal): AsyncGenerator<Buffer, Ended> {
  return pipe(file, args, { signal });
}

export interface PipeOptions {
  signal: AbortSignal;
  /** what the tool reads; nothing unless told */
  input?: Iterable<string | Uint8Array> | AsyncIterable<Uint8Array>;
  env?: Record<string, string>;
  /** each whole line of standard error, as it comes */
  onError?: (line: string) => void;
  /** an open file that standard output goes to: nothing is yielded then */
  to?: number;
}

interface Ended {
  exitCode: number | null;
  stderr: string;
}

/** As `stream`, for a tool that is also told something and whose words are heard while it runs. */
export async function* pipe(
  file: string,
  args: readonly string[],
  { signal, input, env, onError, to }: PipeOptions,
): AsyncGenerator<Buffer, Ended> {
  checkArguments(file, args);
  const child = execa(file, args, {
    reject: false,
    shell: false,
    buffer: false,
    encoding: "buffer",
    stdin: input ?? "ignore",
    // any open file will do; the library's types know the first few
    stdout: (to as 3 | undefined) ?? "pipe",
    env: { LC_ALL: "C.UTF-8", SYSTEMD_PAGER: "", SYSTEMD_COLORS: "0", ...env },
    cancelSignal: signal,
  });
  let stderr = "";
  let line = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    const text = chunk.toString("utf8");
    stderr = (stderr + text).slice(-4096);
    if (!onError) return;
    const lines = (line + text).split("\n");
    line = lines.pop()!.slice(-64 * 1024);
    for (const one of lines) onError(one);
  });
  try {
    for await (const chunk of child.stdout ?? []) yield chunk as Buffer;
    const result = await child;
    if (line) onError?.(line);
    return { exitCode: result.exitCode ?? null, stderr };
  } catch (error) {
    if (signal.aborted) return { exitCode: null, stderr };
    throw error;
  } finally {
    child.kill();
  }
}

/**
 * Runs a tool that takes a stream at its standard input, to its end: the exit code and the first 4 KiB of standard error.
 * A source that fails, and an abort, end the process and are thrown. A tool that stops reading early is an outcome.
 */
export async function feed(
  file: string,
  args: readonly string[],
  source: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<{ exitCode: number; stderr: string }> {
  checkArguments(file, args);
  signal.throwIfAborted();
  const child = execa(file, args, {
    reject: false,
    shell: false,
    buffer: false,
    stdin: "pipe",
    stdout: "ignore",
    env: { LC_ALL: "C.UTF-8", SYSTEMD_PAGER: "", SYSTEMD_COLORS: "0" },
    cancelSignal: signal,
  });
  let stderr = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    if (stderr.length < 4096) stderr = (stderr + chunk.toString("utf8")).slice(0, 4096);
  });
  let failure: unknown = null;
  try {
    await pipeline(source, child.stdin, { signal });
  } catch (error) {
    const wasClosed = ["EPIPE", "ERR_STREAM_PREMATURE_CLOSE"].includes(String((error as NodeJS.ErrnoException).code));
    if (!wasClosed || signal.aborted) failure = error;
    if (failure) child.kill("SIGKILL");
  }
  const result = await child;
  signal.throwIfAborted();
  if (failure) throw failure;
  if (result.exitCode === undefined)
    throw new AppError("internal", `${file} did not run: ${messageOf(result.cause ?? result.originalMessage)}`, {
      cause: result.cause,
    });
  return { exitCode: result.exitCode, stderr };
}

/** A NUL ends a string for the kernel: what stands behind it would be lost, so that nothing is started. */
function checkArguments(file: string, args: readonly string[]): void {
  if (args.some((word) => word.includes("\0")))
    throw new AppError("internal", `${file} cannot take a NUL in an argument`);
}
