/** What only this machine can answer about an end: who holds a port, who is behind one, what fills a disk, what a file is. */
import fs from "node:fs/promises";
import { decoded } from "#lib/format/decoded.ts";
import { recorder } from "../events/record.ts";
import type { Service } from "../service.ts";
import { snapshot } from "../snapshot.ts";
import { fullDisk } from "./full-disk.ts";
import { holderOf } from "./holder.ts";
import type { Known, Program, Question } from "./signs/sign.ts";

/** by their names alone; of services that nobody has seen listening yet */
const USUAL: Record<number, RegExp> = {
  3306: /mysql|maria/i,
  5432: /postgres/i,
  5672: /rabbitmq/i,
  6379: /redis|valkey|keydb/i,
  9092: /kafka/i,
  9200: /elasticsearch|opensearch/i,
  11211: /memcached/i,
  27017: /mongo/i,
};
const LOCAL = /^(?:localhost|127\.[\d.]{1,11}|\[?::1\]?|0\.0\.0\.0|\[?::\]?)$/;
const HEAD = 256;

/** `places`: folders that the service writes to, as far as that is known. */
export async function askHost(
  service: string,
  question: Question,
  places: () => Promise<readonly string[]>,
): Promise<Known> {
  switch (question.about) {
    case "port":
      return { holder: await holderOf(service, question.port, question.protocol) };
    case "behind":
      return { behind: await behind(service, question.host, question.port) };
    case "disk":
      return { disk: await fullDisk(question.path, question.path === null ? await places() : []) };
    case "program":
      return { program: isHere(service) ? await programAt(question.path) : null };
  }
}

function isHere(service: string): boolean {
  return !/^[^/]+\/(docker|podman)\b/.test(service);
}

/** The service that should answer at that address: by a name of its group, by its ports, by what it was seen to listen on. */
async function behind(id: string, host: string, port: number): Promise<Known["behind"]> {
  const all = snapshot()
    .services()
    .filter((one) => one.id !== id);
  const group = snapshot().service(id)?.group ?? null;
  const told = (one: Service, usual = false) => ({ service: one.id, name: one.name, state: one.state, usual });
  if (!LOCAL.test(host)) {
    const named = all.filter((one) => one.name === host || one.title === host);
    const found = named.find((one) => one.group === group) ?? named[0];
    return found ? told(found) : null;
  }
  const listening = all.find((one) => one.ports.some((taken) => taken.port === port));
  if (listening) return told(listening);
  const last = (await recorder()).listenersOn(port).find((one) => one !== id);
  const known = last === undefined ? null : snapshot().service(last);
  if (known) return told(known);
  if (last !== undefined)
    return { service: last, name: decoded(last.slice(last.lastIndexOf("/") + 1)), state: "gone", usual: false };
  const usual = USUAL[port];
  const likely = usual && all.find((one) => one.listed && usual.test(one.name));
  return likely ? told(likely, true) : null;
}

/** What a file that was to be run is. Reads its first line; follows links; null where it may not be looked at. */
export async function programAt(path: string): Promise<Program | null> {
  const none = {
    isFolder: false,
    executable: false,
    interpreter: null,
    interpreterExists: false,
    carriageReturn: false,
  };
  try {
    const stat = await fs.stat(path);
    if (!stat.isFile()) return { ...none, exists: true, isFolder: stat.isDirectory() };
    const handle = await fs.open(path, "r");
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD), 0, HEAD, 0);
      const [first = ""] = buffer.toString("latin1", 0, bytesRead).split("\n");
      const interpreter = /^#! ?(\/[^\s]{1,200})/.exec(first)?.[1] ?? null;
      const isBinary = first.startsWith("\x7fELF");
      return {
        exists: true,
        isFolder: false,
        executable: (stat.mode & 0o111) !== 0,
        interpreter: isBinary ? path : interpreter,
        interpreterExists: isBinary || (interpreter !== null && (await isThere(interpreter))),
        carriageReturn: interpreter !== null && first.endsWith("\r"),
      };
    } finally {
      await handle.close();
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return { ...none, exists: false };
    if (code === "EACCES" || code === "EPERM" || code === "ELOOP") return null;
    throw error;
  }
}

function isThere(path: string): Promise<boolean> {
  return fs.access(path).then(
    () => true,
    () => false,
  );
}
