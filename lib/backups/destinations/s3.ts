/** Copies in S3, and in what speaks like it. */
import { createHash } from "node:crypto";
import { Readable, Transform } from "node:stream";
import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { AppError, isAbort, messageOf } from "#lib/platform/errors.ts";
import { PATIENCE, type Remote } from "./remote.ts";

const MIB = 1024 * 1024;
/** of a file whose size is not known: 10,000 parts are the most, so 160 GB */
const PART = 16 * MIB;
const SMALLEST_PART = 8 * MIB;
const PARTS = 9000;

export interface S3Config {
  endpoint: string | null;
  region: string;
  bucket: string;
  prefix: string;
  pathStyle: boolean;
}

export interface S3Secrets {
  accessKeyId: string;
  secretAccessKey: string;
}

export function openS3(config: S3Config, secrets: S3Secrets): Remote {
  const { bucket: Bucket } = config;
  const client = new S3Client({
    region: config.region,
    ...(config.endpoint === null ? {} : { endpoint: config.endpoint }),
    forcePathStyle: config.pathStyle,
    credentials: { ...secrets },
    // older servers refuse checksums that they do not know
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    requestHandler: { connectionTimeout: PATIENCE * 1000, socketTimeout: PATIENCE * 1000 },
    maxAttempts: 3,
  });
  const name = `s3:${Bucket}`;
  const prefix = config.prefix.replace(/^\/+|\/+$/g, "");
  const full = (key: string) => (prefix === "" ? key : `${prefix}/${key}`);
  const asking = async <T>(signal: AbortSignal, ask: () => Promise<T>): Promise<T> => {
    try {
      return await ask();
    } catch (error) {
      throw told(error, name, signal);
    }
  };

  return {
    name,
    tells: (key) => `${name}/${full(key)}`,

    async put(key, body, { size, signal }) {
      const partSize = size === null ? PART : Math.max(SMALLEST_PART, Math.ceil(size / PARTS));
      const parts = partHashes(partSize);
      // an abort ends the source, and the upload then takes its parts away before it fails; its own abort would not wait for that
      const end = () => parts.stream.destroy(signal.reason);
      signal.addEventListener("abort", end, { once: true });
      body.on("error", (error) => parts.stream.destroy(error));
      try {
        signal.throwIfAborted();
        await abandon(client, Bucket, full(key));
        const upload = new Upload({
          client,
          params: { Bucket, Key: full(key), Body: body.pipe(parts.stream) },
          partSize,
          queueSize: 2,
        });
        const done = await upload.done();
        return { proven: parts.isTag(done.ETag) };
      } catch (error) {
        body.destroy();
        throw told(error, name, signal);
      } finally {
        signal.removeEventListener("abort", end);
      }
    },

    async get(key, { signal, range }) {
      return asking(signal, async () => {
        const Range = range && `bytes=${range.start}-${range.end}`;
        const command = new GetObjectCommand({ Bucket, Key: full(key), ...(Range ? { Range } : {}) });
        const { Body } = await client.send(command, { abortSignal: signal });
        if (!(Body instanceof Readable)) throw new Error("the answer has no content");
        return Body;
      });
    },

    async list(folder, signal) {
      const found: { key: string; size: number }[] = [];
      const start = prefix === "" ? 0 : prefix.length + 1;
      for (let token: string | undefined; ; ) {
        const command = new ListObjectsV2Command({
          ...{ Bucket, Prefix: full(folder === "" ? "" : `${folder}/`) },
          ...(token ? { ContinuationToken: token } : {}),
        });
        const page = await asking(signal, () => client.send(command, { abortSignal: signal }));
        for (const { Key, Size } of page.Contents ?? [])
          if (Key !== undefined) found.push({ key: Key.slice(start), size: Size ?? 0 });
        token = page.NextContinuationToken;
        if (!token) return found;
      }
    },

    async remove(key, signal) {
      await asking(signal, () =>
        client.send(new DeleteObjectCommand({ Bucket, Key: full(key) }), { abortSignal: signal }),
      );
    },

    close: () => client.destroy(),
  };
}

/** Parts of uploads of this key that a crash has left: they are paid for and listed nowhere. */
async function abandon(client: S3Client, Bucket: string, Key: string): Promise<void> {
  try {
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket, Prefix: Key }));
    for (const { Key: one, UploadId } of Uploads)
      if (one === Key && UploadId) await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
  } catch (error) {
    // not every server and not every key may list them; the upload itself says what is wrong with the place
    if (!(error instanceof S3ServiceException)) throw error;
  }
}

/** What the server's tag of an upload in parts of this size must be: MD5 of the parts' MD5s and their number. */
function partHashes(partSize: number): { stream: Transform; isTag: (tag: string | undefined) => boolean } {
  const digests: Buffer[] = [];
  let hash = createHash("md5");
  let filled = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, next) {
      for (let from = 0; from < chunk.length; ) {
        const piece = chunk.subarray(from, from + partSize - filled);
        hash.update(piece);
        filled += piece.length;
        from += piece.length;
        if (filled < partSize) continue;
        digests.push(hash.digest());
        hash = createHash("md5");
        filled = 0;
      }
      next(null, chunk);
    },
    flush(next) {
      if (filled > 0 || digests.length === 0) digests.push(hash.digest());
      next();
    },
  });
  const expected = () => [
    // one part goes as a plain file, or as an upload of one part where it is exactly that long
    ...(digests.length === 1 ? [digests[0]!.toString("hex")] : []),
    `${createHash("md5").update(Buffer.concat(digests)).digest("hex")}-${digests.length}`,
  ];
  return { stream, isTag: (tag) => tag !== undefined && expected().includes(tag.replaceAll('"', "")) };
}

function told(error: unknown, name: string, signal: AbortSignal): Error {
  if (signal.aborted) return signal.reason instanceof Error ? signal.reason : new DOMException("aborted", "AbortError");
  if (error instanceof AppError) return error;
  if (error instanceof S3ServiceException && ["NoSuchKey", "NotFound"].includes(error.name))
    return new AppError("not_found", `${name}: it is not there any more`, { cause: error });
  if (error instanceof Error && (error.name === "TimeoutError" || isAbort(error)))
    return new AppError("timeout", `${name}: no answer in ${PATIENCE} s`, { cause: error });
  const words = error instanceof S3ServiceException ? `${error.name}: ${error.message}` : messageOf(error);
  return new AppError("action_failed", `${name}: ${words}`, { cause: error });
}
