/** As much of S3 as copies need, in memory, for tests: strict about signatures, hashes of bodies, parts and ranges. */
import { createHash } from "node:crypto";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

export interface S3Stand {
  endpoint: string;
  bucket: string;
  objects: Map<string, { body: Buffer; tag: string }>;
  /** uploads in parts that are neither complete nor aborted */
  uploads: Map<string, { key: string; parts: Map<number, Buffer> }>;
  /** `POST /bucket/key?uploads`, in order */
  asked: string[];
  /** answers instead, once for each that it says something for; `drop`: the connection is cut */
  trouble: ((method: string, url: URL) => { status: number; code: string } | "drop" | "flip" | null) | null;
  close(): Promise<void>;
}

const md5 = (data: Buffer) => createHash("md5").update(data).digest();
const SIGNED =
  /^AWS4-HMAC-SHA256 Credential=AKIATEST\/\d{8}\/test-1\/s3\/aws4_request, SignedHeaders=[a-z0-9;-]*host[a-z0-9;-]*, Signature=[0-9a-f]{64}$/;

export async function startS3(): Promise<S3Stand> {
  const stand: S3Stand = {
    endpoint: "",
    bucket: "copies",
    objects: new Map(),
    uploads: new Map(),
    asked: [],
    trouble: null,
    close: async () => undefined,
  };
  const server = http.createServer(async (request, response) => {
    const url = new URL(request.url ?? "/", "http://stand");
    const body = await buffer(request).catch(() => null);
    if (body === null) return response.destroy();
    stand.asked.push(`${request.method} ${request.url}`);
    const trouble = stand.trouble?.(request.method ?? "", url) ?? null;
    if (trouble === "drop") return request.socket.destroy();
    const refusal = typeof trouble === "object" && trouble !== null ? trouble : refuse(request, body);
    if (refusal)
      return answer(response, refusal.status, `<Error><Code>${refusal.code}</Code><Message>no</Message></Error>`);
    if (trouble === "flip" && body.length > 0) body[0] = body[0]! ^ 1;
    const [, bucket, ...key] = decodeURIComponent(url.pathname).split("/");
    if (bucket !== stand.bucket) return answer(response, 404, "<Error><Code>NoSuchBucket</Code></Error>");
    act(stand, { request, response, url, key: key.join("/"), body });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  stand.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  stand.close = () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return stand;
}

function refuse(request: http.IncomingMessage, body: Buffer): { status: number; code: string } | null {
  if (!SIGNED.test(request.headers.authorization ?? "")) return { status: 403, code: "AccessDenied" };
  const told = request.headers["x-amz-content-sha256"];
  if (told === "UNSIGNED-PAYLOAD") return null;
  const hash = createHash("sha256").update(body).digest("hex");
  // an older server takes neither trailing checksums nor bodies in signed chunks
  return told === hash ? null : { status: 400, code: "XAmzContentSHA256Mismatch" };
}

interface Asked {
  request: http.IncomingMessage;
  response: http.ServerResponse;
  url: URL;
  key: string;
  body: Buffer;
}

function act(stand: S3Stand, { request, response, url, key, body }: Asked): unknown {
  const query = url.searchParams;
  const upload = query.get("uploadId");
  const method = request.method ?? "";
  if (method === "GET" && query.has("uploads")) {
    const rows = [...stand.uploads].filter(([, one]) => one.key.startsWith(query.get("prefix") ?? ""));
    const items = rows.map(([id, one]) => `<Upload><Key>${one.key}</Key><UploadId>${id}</UploadId></Upload>`);
    return answer(response, 200, `<ListMultipartUploadsResult>${items.join("")}</ListMultipartUploadsResult>`);
  }
  if (method === "GET" && query.get("list-type") === "2") return listed(stand, response, query);
  if (method === "POST" && query.has("uploads")) {
    const id = `upload-${stand.asked.length}`;
    stand.uploads.set(id, { key, parts: new Map() });
    return answer(
      response,
      200,
      `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
    );
  }
  if (upload !== null) return part(stand, { request, response, url, key, body }, upload);
  if (method === "PUT") {
    const tag = md5(body).toString("hex");
    stand.objects.set(key, { body, tag });
    return answer(response, 200, "", { etag: `"${tag}"` });
  }
  if (method === "DELETE") {
    stand.objects.delete(key);
    return answer(response, 204, "");
  }
  const found = stand.objects.get(key);
  if (!found) return answer(response, 404, "<Error><Code>NoSuchKey</Code><Message>no such key</Message></Error>");
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
  if (!range) return answer(response, 200, found.body, { etag: `"${found.tag}"` });
  const [start, end] = [Number(range[1]), Math.min(Number(range[2]), found.body.length - 1)];
  const headers = { "content-range": `bytes ${start}-${end}/${found.body.length}` };
  return answer(response, 206, found.body.subarray(start, end + 1), headers);
}

function part(stand: S3Stand, { request, response, url, key, body }: Asked, id: string): unknown {
  const upload = stand.uploads.get(id);
  if (!upload || upload.key !== key) return answer(response, 404, "<Error><Code>NoSuchUpload</Code></Error>");
  if (request.method === "DELETE") {
    stand.uploads.delete(id);
    return answer(response, 204, "");
  }
  if (request.method === "PUT") {
    upload.parts.set(Number(url.searchParams.get("partNumber")), body);
    return answer(response, 200, "", { etag: `"${md5(body).toString("hex")}"` });
  }
  const parts = [...upload.parts].sort(([a], [b]) => a - b).map(([, data]) => data);
  if (parts.slice(0, -1).some((data) => data.length < 5 * 1024 * 1024))
    return answer(response, 400, "<Error><Code>EntityTooSmall</Code></Error>");
  const tag = `${md5(Buffer.concat(parts.map(md5))).toString("hex")}-${parts.length}`;
  stand.objects.set(key, { body: Buffer.concat(parts), tag });
  stand.uploads.delete(id);
  return answer(response, 200, `<CompleteMultipartUploadResult><ETag>"${tag}"</ETag></CompleteMultipartUploadResult>`);
}

/** Three at a time, so that the next page is asked for. */
function listed(stand: S3Stand, response: http.ServerResponse, query: URLSearchParams): void {
  const keys = [...stand.objects.keys()].filter((key) => key.startsWith(query.get("prefix") ?? "")).sort();
  const from = Number(query.get("continuation-token") ?? 0);
  const items = keys.slice(from, from + 3).map((key) => {
    const size = stand.objects.get(key)!.body.length;
    return `<Contents><Key>${key}</Key><Size>${size}</Size></Contents>`;
  });
  const next = from + 3 < keys.length ? `<NextContinuationToken>${from + 3}</NextContinuationToken>` : "";
  answer(response, 200, `<ListBucketResult>${items.join("")}${next}</ListBucketResult>`);
}

function answer(response: http.ServerResponse, status: number, body: string | Buffer, headers = {}): void {
  response.writeHead(status, {
    "content-length": Buffer.byteLength(body),
    "content-type": "application/xml",
    ...headers,
  });
  response.end(body);
}
