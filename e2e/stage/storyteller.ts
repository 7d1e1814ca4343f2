/** A container whose log holds one of everything that a viewer has to show. */
import { docker } from "../host/containers.ts";

export const STORYTELLER = "storyteller";
export const STORY_LINES = 4000;

/**
 * Prints a needle, thousands of lines, a stack trace, a JSON line and a QR code, then a number twice a second. `/tmp/fall` makes
 * it fall, and the engine starts it again.
 */
const STORY = `
const fs = require("node:fs");
const say = (text) => fs.writeSync(1, text + "\\n");
if (!fs.existsSync("/tmp/told")) {
  say("INFO the needle is here");
  for (let n = 0; n < ${STORY_LINES}; n++) say("INFO straw " + n);
  say("Error: no storage left");
  say("    at write (/app/disk.js:12:7)\\n    at flush (/app/disk.js:40:3)\\n    at main (/app/index.js:3:1)");
  say(JSON.stringify({ level: "warn", msg: "queue is long", depth: 18, batch: { id: "b-2292" } }));
  say(JSON.stringify({ level: "info", msg: "queue is short", depth: 1, batch: { id: "b-2293" } }));
  say(fs.readFileSync("/app/whatsapp-qr.txt", "utf8"));
  say("\\u001b[32mgreen\\u001b[0m \\u001b]8;;http://evil.example\\u0007link\\u001b]8;;\\u0007");
  fs.writeFileSync("/tmp/told", "");
}
say("INFO story begins");
let n = 0;
setInterval(() => {
  if (fs.existsSync("/tmp/fall")) {
    fs.unlinkSync("/tmp/fall");
    process.exit(3);
  }
  say("INFO tick " + n++);
}, 500);
`;

/** Starts it anew; the end of the stage removes it. */
export function startStoryteller(): void {
  stopStoryteller();
  const labels = ["--label", "trihelm.test=1", "--label", "trihelm.test.stand-in=1"];
  const image = "trihelm-test/wa-scheduler:latest";
  docker("run", "-d", "--name", STORYTELLER, "--restart", "always", ...labels, image, "node", "-e", STORY);
}

export function stopStoryteller(): void {
  if (docker("ps", "-aq", "--filter", `name=^${STORYTELLER}$`).trim() !== "") docker("rm", "-f", STORYTELLER);
}

/** It ends with code 3, and the engine starts it again. */
export function fallStoryteller(): void {
  docker("exec", STORYTELLER, "touch", "/tmp/fall");
}
