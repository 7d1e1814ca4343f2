import readline from "node:readline";
import { Writable } from "node:stream";
import { text } from "node:stream/consumers";

/** The password on standard input, without its line end; asked for, and not shown, where that is a terminal. */
export async function readPassword(): Promise<string> {
  if (!process.stdin.isTTY) return (await text(process.stdin)).replace(/\r?\n$/, "");
  process.stderr.write("Password: ");
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const asking = readline.createInterface({ input: process.stdin, output: silent, terminal: true });
  return new Promise((resolve) => {
    asking.question("", (answer) => {
      asking.close();
      process.stderr.write("\n");
      resolve(answer);
    });
  });
}
