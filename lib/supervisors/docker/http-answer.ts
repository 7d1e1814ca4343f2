/**
 * One HTTP/1.1 answer taken apart, for `gathered.ts`: a log comes in a chunk for every line, and Node's own client makes a buffer
 * and a call of each. The head is read for its status and for how the body is framed, nothing else.
 */

/** bytes of a head */
const LONGEST_HEAD = 64 * 1024;
/** no engine sends so much in one chunk */
const LONGEST_CHUNK = 2 ** 31;
const HEAD_END = "\r\n\r\n";
const NOTHING = Buffer.alloc(0);
const [TAB, NEWLINE, RETURN, BLANK, SEMICOLON] = [9, 10, 13, 32, 59];

type Part = "head" | "size" | "extension" | "data" | "end" | "trailer" | "plain" | "done";

export class HttpAnswer {
  /** 0: the head is not all there */
  status = 0;
  #part: Part = "head";
  #head: Buffer = NOTHING;
  /** bytes of the body, or of its chunk, that are still to come */
  #left = 0;
  /** hexadecimal digits of a size, or characters of a trailer's line, seen so far */
  #seen = 0;

  /** What of the body is in these bytes, in memory of its own. Throws where it is no such answer. */
  push(data: Buffer): Buffer {
    if (this.#part === "head") {
      const behind = this.#readHead(data);
      return behind ? this.push(behind) : NOTHING;
    }
    return this.#part === "plain" ? this.#plain(data) : this.#chunks(data);
  }

  /** All of it has come. */
  get isWhole(): boolean {
    return this.#part === "done";
  }

  /** Nothing more comes. Throws where more was to come. */
  end(): void {
    const isOpen = this.#part === "plain" && this.#left === Number.POSITIVE_INFINITY;
    if (!isOpen && !this.isWhole) throw broken("the connection ended in the middle of an answer");
  }

  /** What stands behind the head, once it is all there. */
  #readHead(data: Buffer): Buffer | null {
    const all = this.#head.length > 0 ? Buffer.concat([this.#head, data]) : Buffer.from(data);
    const end = all.indexOf(HEAD_END);
    if (end < 0 && all.length > LONGEST_HEAD) throw broken("an answer without an end of its head");
    this.#head = end < 0 ? all : NOTHING;
    if (end < 0) return null;
    const behind = all.subarray(end + HEAD_END.length);
    const [first = "", ...lines] = all.toString("latin1", 0, end).split("\r\n");
    const status = Number(/^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(first)?.[1]);
    if (!status) throw broken("it does not speak HTTP");
    // a word meanwhile, and the answer itself is still to come
    if (status < 200) return behind.length > 0 ? this.#readHead(behind) : null;
    this.status = status;
    this.#frame(new Map(lines.map((line) => headerOf(line))));
    return behind;
  }

  #frame(headers: ReadonlyMap<string, string>): void {
    const length = headers.get("content-length");
    if (/\bchunked$/i.test(headers.get("transfer-encoding") ?? "")) this.#part = "size";
    else {
      if (length !== undefined && !/^\d{1,15}$/.test(length)) throw broken("an answer of no known length");
      this.#left = length === undefined ? Number.POSITIVE_INFINITY : Number(length);
      this.#part = this.#left === 0 || this.status === 204 || this.status === 304 ? "done" : "plain";
    }
  }

  #plain(data: Buffer): Buffer {
    const body = Buffer.from(data.subarray(0, this.#left));
    this.#left -= body.length;
    if (this.#left === 0) this.#part = "done";
    return body;
  }

  #chunks(data: Buffer): Buffer {
    const body = Buffer.allocUnsafe(data.length);
    let size = 0;
    for (let at = 0; at < data.length; ) {
      if (this.#part === "data") {
        const end = Math.min(data.length, at + this.#left);
        size += data.copy(body, size, at, end);
        this.#left -= end - at;
        if (this.#left === 0) this.#part = "end";
        at = end;
      } else {
        this.#between(data[at]!);
        at += 1;
      }
    }
    return body.subarray(0, size);
  }

  /** One byte of what stands around the data of a chunk. */
  #between(byte: number): void {
    if (byte === NEWLINE) this.#lineEnd();
    else if (byte === RETURN) return;
    else if (this.#part === "size") this.#sizeByte(byte);
    else if (this.#part === "trailer") this.#seen += 1;
    else if (this.#part !== "extension") throw broken("a chunk of an answer is longer than it says");
  }

  #sizeByte(byte: number): void {
    if (byte === SEMICOLON || byte === BLANK || byte === TAB) {
      this.#part = "extension";
      return;
    }
    const digit = hexadecimal(byte);
    this.#left = this.#left * 16 + digit;
    this.#seen += 1;
    if (digit < 0 || this.#left > LONGEST_CHUNK) throw broken("a chunk of an answer has no size");
  }

  #lineEnd(): void {
    if (this.#part === "end") this.#part = "size";
    else if (this.#part === "trailer") this.#part = this.#seen === 0 ? "done" : "trailer";
    else if (this.#seen === 0) throw broken("a chunk of an answer has no size");
    else this.#part = this.#left === 0 ? "trailer" : "data";
    this.#seen = 0;
  }
}

function headerOf(line: string): [name: string, value: string] {
  const colon = line.indexOf(":");
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
}

/** -1: none. */
function hexadecimal(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const letter = byte | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}

/** As Node's own client calls it. */
function broken(message: string): Error {
  return Object.assign(new Error(message), { code: "ECONNRESET" });
}
