/** Passwords as argon2id with their parameters beside them, so that these can grow without anybody signing in anew. */
import { type Argon2Parameters, argon2, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

const derive = promisify<"argon2id", Argon2Parameters, Buffer>(argon2);
// 64 MiB and two passes: about 0.1 s of one core, and the memory makes guessing on graphics cards dear
const NOW = { memory: 65_536, passes: 2, parallelism: 1 };
const AT_ONCE = 2;
const SHAPE = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{16,86})\$([A-Za-z0-9+/]{22,86})$/;

/** A new hash in PHC form: `$argon2id$v=19$m=65536,t=2,p=1$salt$hash`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await inTurn(() => run(password, salt, NOW, 32));
  return `$argon2id$v=19$m=${NOW.memory},t=${NOW.passes},p=${NOW.parallelism}$${bare(salt)}$${bare(hash)}`;
}

/** True when the password is the one that was hashed; false also for a hash of no known form. */
export async function verifyPassword(hash: string, password: string): Promise<boolean> {
  const parts = SHAPE.exec(hash);
  if (!parts) return false;
  const [, memory, passes, parallelism, salt = "", expected = ""] = parts;
  const parameters = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) };
  const wanted = Buffer.from(expected, "base64");
  const got = await inTurn(() => run(password, Buffer.from(salt, "base64"), parameters, wanted.length));
  return timingSafeEqual(got, wanted);
}

/** As long as a real check takes: for names that nobody has. */
export async function pretendToVerify(password: string): Promise<void> {
  await hashPassword(password);
}

const bare = (bytes: Buffer) => bytes.toString("base64").replace(/=+$/, "");

function run(password: string, nonce: Buffer, at: typeof NOW, tagLength: number): Promise<Buffer> {
  return derive("argon2id", { message: password.normalize("NFKC"), nonce, tagLength, ...at });
}

let running = 0;
const waiting: (() => void)[] = [];

/** Few at once: each holds 64 MiB, and a hundred sign-ins must not take the machine's memory. */
async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= AT_ONCE) await new Promise<void>((go) => waiting.push(go));
  else running += 1;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }
}
