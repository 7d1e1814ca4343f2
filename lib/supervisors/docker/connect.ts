/** The engine's API over its socket, with every failure told in the words of the supervisor contract. */
import http from "node:http";
import https from "node:https";
import { stringify } from "node:querystring";
import type { Readable } from "node:stream";
import { inspect } from "node:util";
import Docker from "dockerode";
import { isAbort, messageOf } from "#lib/platform/errors.ts";
import { type Probe, SupervisorError } from "../supervisor.ts";
import { type Listening, readGathered } from "./gathered.ts";

export interface Engine {
  readonly scope: "docker" | "podman";
  /** false for a daemon that runs on another machine: its paths and cgroups mean nothing here */
  readonly local: boolean;
  probe(signal?: AbortSignal): Promise<Probe>;
  get<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T>;
  /** 304 (it was so already) is a success. `seconds`: how long it may take */
  post(path: string, query: Query, limits: { seconds: number; signal?: AbortSignal }): Promise<void>;
  /** What `get` and `post` do not: another method, a body, an answer to a `POST`. */
  send<T>(order: Order): Promise<T>;
  /** an answer without an end, to a `POST` where there is a body; the caller destroys it */
  stream(path: string, query: Query, signal: AbortSignal, body?: object): Promise<Readable>;
  /** the same for a `GET` whose answer comes in very many small pieces: they are gathered into few */
  gather(path: string, query: PlainQuery, signal: AbortSignal): AsyncGenerator<Buffer>;
  close(): void;
}

export interface Order {
  method: "POST" | "PUT" | "DELETE";
  path: string;
  query?: Query;
  /** goes as JSON */
  body?: object;
  /** goes as it is, at the pace at which the engine takes it */
  data?: Readable;
  /** null: as long as it takes */
  seconds: number | null;
  signal?: AbortSignal | undefined;
}

export type PlainQuery = Record<string, string | number | boolean>;
export type Query = Record<string, string | number | boolean | object>;

/** Seconds for an answer that the engine has at hand. */
const PATIENCE = 20;
const ABSENT = new Set([
  "ENOENT",
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ETIMEDOUT",
  "ENOTSOCK",
]);
const NEVER = new AbortController().signal;
const SUCCESS = { 200: true, 201: true, 204: true, 304: true } as const;

/** Nothing is dialled before the first call. `endpoint`: `unix:///var/run/docker.sock`, `tcp://host:2375`, `https://…` */
export function connect(endpoint: string, scope: "docker" | "podman"): Engine {
  const target = parseEndpoint(endpoint);
  const agent = keptAgent(target.protocol);
  // the library prints its options for every call, whether anybody reads it or not: with the agent went all its sockets,
  // 60 ms a call where 200 were open
  Object.defineProperty(agent, inspect.custom, { value: () => "agent" });
  // what is undefined here is so on purpose: the library would else take it from DOCKER_HOST and its kin
  const options: Docker.DockerOptions & { agent: http.Agent } = {
    timeout: undefined,
    host: undefined,
    ...target,
    agent,
  };
  const docker = new Docker(options);

  const dial = <T>(options: Dial): Promise<T> =>
    new Promise((resolve, reject) => {
      const request = {
        path: `${options.path}?`,
        method: options.method,
        options: { _query: options.query, _body: options.body ?? {} },
        ...(options.data ? { file: options.data } : {}),
        statusCodes: SUCCESS,
        isStream: options.isStream ?? false,
        abortSignal: options.signal,
      };
      docker.modem.dial(request, (error, result) => (error ? reject(error) : resolve(result as T)));
    });

  const call = async <T>(options: Dial, seconds: number | null): Promise<T> => {
    const limit = seconds === null ? NEVER : AbortSignal.timeout(seconds * 1000);
    const signal = options.signal ? AbortSignal.any([options.signal, limit]) : limit;
    try {
      return await dial<T>({ ...options, signal });
    } catch (error) {
      options.signal?.throwIfAborted();
      if (limit.aborted)
        throw new SupervisorError("timeout", `${titles[scope]} did not answer in ${seconds} s`, { cause: error });
      throw translate(error, scope);
    }
  };

  const get = async <T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> => {
    const options: Dial = { method: "GET", path, query, signal };
    try {
      return await call<T>(options, PATIENCE);
    } catch (error) {
      // a kept connection that the other side closed while it was idle: nothing was lost, ask again
      if (!(error instanceof SupervisorError) || !isStaleSocket(error.cause)) throw error;
      return await call<T>(options, PATIENCE);
    }
  };

  const stream = async (path: string, query: Query, signal: AbortSignal, body?: object): Promise<Readable> => {
    try {
      return await dial({ method: body ? "POST" : "GET", path, query, signal, isStream: true, ...(body && { body }) });
    } catch (error) {
      signal.throwIfAborted();
      throw translate(error, scope);
    }
  };

  return {
    scope,
    local: target.socketPath !== undefined,
    get,
    post: (path, query, { seconds, signal }) => call({ method: "POST", path, query, signal }, seconds),
    send: ({ seconds, query = {}, signal, ...order }) => call({ ...order, query, signal }, seconds),
    stream,
    async *gather(path, query, signal) {
      if (target.protocol === "https") return yield* await stream(path, query, signal);
      try {
        yield* readGathered(listeningAt(target), `${path}?${stringify(query)}`, signal);
      } catch (error) {
        signal.throwIfAborted();
        throw translate(error, scope);
      }
    },
    async probe(signal) {
      try {
        const version = await get<{ Version?: string }>("/version", {}, signal);
        const channel = target.socketPath === undefined ? "TCP" : "socket";
        return { status: "ready", version: version.Version ?? null, channel };
      } catch (error) {
        signal?.throwIfAborted();
        return unavailable(error, endpoint, scope);
      }
    },
    close: () => agent.destroy(),
  };
}

/** Between the end of an answer and its socket's return to the pool Node listens for no error: an abort then ends the process. */
function keptAgent(protocol: "http" | "https"): http.Agent {
  const agent = protocol === "https" ? new https.Agent({ keepAlive: true }) : new http.Agent({ keepAlive: true });
  const create = agent.createConnection.bind(agent);
  agent.createConnection = (...given) => create(...given)?.on("error", () => undefined);
  return agent;
}

interface Dial {
  method: "GET" | Order["method"];
  path: string;
  query: Query;
  signal: AbortSignal | undefined;
  body?: object;
  data?: Readable;
  isStream?: boolean;
}

export const titles = { docker: "Docker", podman: "Podman" } as const;

/** Any failure of a call as the contract's own error; an abort stays what it is. */
export function translate(error: unknown, scope: "docker" | "podman"): unknown {
  if (error instanceof SupervisorError || isAbort(error)) return error;
  const { code = "", statusCode, json } = error as { code?: string; statusCode?: number; json?: { message?: unknown } };
  const words = typeof json?.message === "string" && json.message !== "" ? json.message : messageOf(error);
  const message = `${titles[scope]}: ${words.trim().slice(0, 1000)}`;
  if (code === "EACCES" || code === "EPERM" || statusCode === 401 || statusCode === 403)
    return new SupervisorError("denied", message, { cause: error });
  if (ABSENT.has(code) || /socket hang up/i.test(words))
    return new SupervisorError("unreachable", message, { cause: error });
  if (statusCode === 404) return new SupervisorError("not_found", message, { cause: error });
  return new SupervisorError(statusCode === undefined ? "unreachable" : "refused", message, { cause: error });
}

/** What `probe` says of an engine that did not answer. */
export function unavailable(error: unknown, endpoint: string, scope: "docker" | "podman"): Probe {
  const title = titles[scope];
  const detail = messageOf(error);
  if (error instanceof SupervisorError && error.reason === "denied")
    return {
      status: "denied",
      detail,
      hint:
        scope === "docker"
          ? "Let this account use the Docker socket, which makes it as good as root here, then sign in again and restart Trihelm"
          : "Run Trihelm as the user whose Podman this is, or as root",
      command: scope === "docker" ? "sudo usermod -aG docker $USER" : null,
    };
  if (!endpoint.startsWith("unix://"))
    return {
      status: "absent",
      detail,
      hint: `Check that ${title} listens there and that nothing in between blocks the port`,
      command: null,
    };
  return {
    status: "absent",
    detail,
    hint:
      scope === "docker"
        ? "Start Docker Engine, or set DOCKER_HOST if its socket is elsewhere"
        : "Start Podman's API socket, which listens only when asked to",
    command: scope === "docker" ? "sudo systemctl start docker" : "sudo systemctl start podman.socket",
  };
}

function parseEndpoint(endpoint: string) {
  if (endpoint.startsWith("unix://"))
    return { socketPath: endpoint.slice("unix://".length), protocol: "http" as const };
  const url = new URL(endpoint.replace(/^tcp:/, "http:"));
  const secure = url.protocol === "https:" || url.port === "2376" || process.env.DOCKER_TLS_VERIFY === "1";
  return {
    socketPath: undefined,
    host: url.hostname,
    port: url.port || (secure ? "2376" : "2375"),
    protocol: secure ? ("https" as const) : ("http" as const),
  };
}

function listeningAt(target: ReturnType<typeof parseEndpoint>): Listening {
  return target.socketPath === undefined
    ? { host: target.host, port: Number(target.port) }
    : { path: target.socketPath };
}

function isStaleSocket(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === "ECONNRESET" || code === "EPIPE";
}
