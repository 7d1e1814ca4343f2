/** A reader goes on with its cursor at a server that was killed and started again meanwhile. */
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeImage } from "../host/image.ts";
import { startOwnServer } from "../stage/own-server.ts";
import { addUser } from "../stage/people.ts";

const NAME = "trihelm-restarted-server";
const IMAGE = `${NAME}:1`;
const COUNT = 50_000;
const SERVERS = 4;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-restarted-"));

interface Line {
  cursor: string;
  text: string;
}

beforeAll(() => {
  makeImage(folder, [IMAGE], {});
  const more = `let s="";for(let n=0;n<250&&i<${COUNT};n++)s+=(i++)+" line\\n";process.stdout.write(s||"over\\n");if(s)setTimeout(more,20)`;
  const program = `let i=0;(function more(){${more}})();setInterval(()=>{},1e4)`;
  const options = ["--network=none", "--name", NAME, "--label", "trihelm.test=1"];
  execFileSync("docker", ["run", "--detach", ...options, IMAGE, "node", "-e", program]);
}, 60_000);
afterAll(() => {
  execFileSync("docker", ["rm", "--force", NAME]);
  execFileSync("docker", ["rmi", "--force", IMAGE]);
  fs.rmSync(folder, { recursive: true });
});

test("once and in order over servers that are killed", { timeout: 120_000 }, async () => {
  const seen: Line[] = [];
  for (let n = 1; n <= SERVERS; n += 1) {
    const server = await startOwnServer({ env: { TRIHELM_DEMO: "0", TRIHELM_SYSTEMD: "off" } });
    try {
      addUser(server, "reader", "viewer");
      const token = server.cli(["token", "create", "--user", "reader", "--name", "reader"]).trim();
      const place = seen.length > 0 ? `after=${encodeURIComponent(seen.at(-1)!.cursor)}` : "tail=all";
      const answer = await fetch(`${server.url}/api/v1/services/local/docker/${NAME}/logs?follow=1&${place}`, {
        headers: { authorization: `Bearer ${token}` },
      });
      expect(answer.status).toBe(200);
      const until = n < SERVERS ? (COUNT * n) / SERVERS : Number.POSITIVE_INFINITY;
      await readInto(seen, answer, until);
      // in the middle of what it sends
      process.kill(server.pid, "SIGKILL");
    } finally {
      await server.stop();
    }
  }
  const numbers = seen.map(({ text }) => text.split(" ")[0]);
  const wrong = numbers.findIndex((number, at) => number !== String(at));
  expect({ count: numbers.length, last: numbers.at(-1), wrong }).toEqual({
    count: COUNT + 1,
    last: "over",
    wrong: COUNT,
  });
});

async function readInto(seen: Line[], answer: Response, until: number): Promise<void> {
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  while (seen.length < until && seen.at(-1)?.text !== "over") {
    const { value, done } = await reader.read();
    if (done) return;
    const parts = (rest + value).split("\n");
    rest = parts.pop()!;
    for (const part of parts) if (part !== "") seen.push(JSON.parse(part) as Line);
  }
}
