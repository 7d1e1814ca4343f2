import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HttpAnswer } from "./http-answer.ts";

const CHUNKED = "HTTP/1.1 200 OK\r\nContent-Type: x\r\nTransfer-Encoding: chunked\r\n\r\n";

/** What a reader gets of it, cut into pieces of these sizes, over and over. */
function read(text: string | Buffer, sizes: readonly number[] = [text.length || 1]) {
  const data = Buffer.from(text as string, "latin1");
  const answer = new HttpAnswer();
  const found: Buffer[] = [];
  for (let at = 0, n = 0; at < data.length; n += 1) {
    const end = at + sizes[n % sizes.length]!;
    // what was given is overwritten, as a socket's own buffer is
    const piece = Buffer.from(data.subarray(at, end));
    found.push(answer.push(piece));
    piece.fill(0);
    at = end;
  }
  return { answer, body: Buffer.concat(found).toString("latin1") };
}

test("chunks of any size, cut anywhere, are the body", () => {
  const chunk = fc.string({ unit: fc.constantFrom("a", "\r", "\n", "0", ";", "\0"), minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(fc.array(chunk), fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }), (chunks, sizes) => {
      const text = chunks.map((one) => `${one.length.toString(16)}\r\n${one}\r\n`).join("");
      const { answer, body } = read(`${CHUNKED}${text}0\r\n\r\n`, sizes);
      expect(body).toBe(chunks.join(""));
      expect(answer.isWhole).toBe(true);
      expect(answer.status).toBe(200);
    }),
  );
});

test.each([
  ["extensions and capital digits", `${CHUNKED}A;name="x"\r\n0123456789\r\n0\r\n\r\n`, "0123456789"],
  ["trailers", `${CHUNKED}1\r\na\r\n0\r\nChecksum: 1\r\nMore: 2\r\n\r\n`, "a"],
  ["a length", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", "abc"],
  ["nothing at all", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", ""],
  ["no content", "HTTP/1.1 204 No Content\r\n\r\n", ""],
  ["a word meanwhile", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na", "a"],
])("%s", (_, text, expected) => {
  for (const sizes of [[1], [2], [text.length]]) {
    const { answer, body } = read(text, sizes);
    expect(body).toBe(expected);
    expect(answer.isWhole).toBe(true);
    expect(() => answer.end()).not.toThrow();
  }
});

test("a body without a length goes on until the connection ends", () => {
  const { answer, body } = read("HTTP/1.0 200 OK\r\n\r\nabc", [5]);
  expect(body).toBe("abc");
  expect(answer.isWhole).toBe(false);
  expect(() => answer.end()).not.toThrow();
});

describe("an end too early is never taken for a whole answer", () => {
  const whole = `${CHUNKED}3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n`;
  test.each(Array.from({ length: whole.length }, (_, length) => length))("after %i bytes", (length) => {
    const { answer } = read(whole.slice(0, length));
    expect(() => answer.end()).toThrow(expect.objectContaining({ code: "ECONNRESET" }));
  });

  test("of a known length", () => {
    const { answer } = read("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabc");
    expect(() => answer.end()).toThrow("the middle of an answer");
  });
});

test.each([
  ["no HTTP", "SSH-2.0-OpenSSH_9.2\r\n\r\n", "does not speak HTTP"],
  ["a head without an end", `HTTP/1.1 200 OK\r\nX: ${"y".repeat(70_000)}`, "without an end of its head"],
  ["no size of a chunk", `${CHUNKED}\r\nabc`, "has no size"],
  ["a size of other letters", `${CHUNKED}xyz\r\n`, "has no size"],
  ["a size beyond reason", `${CHUNKED}${"f".repeat(12)}\r\n`, "has no size"],
  ["more than a chunk says", `${CHUNKED}1\r\nabc\r\n`, "longer than it says"],
  ["a length that is none", "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", "no known length"],
])("%s is refused", (_, text, message) => {
  expect(() => read(text)).toThrow(message);
});
