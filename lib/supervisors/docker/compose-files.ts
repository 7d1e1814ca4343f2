/** The compose files that a container says it came from. */
import fs from "node:fs/promises";
import path from "node:path";
import { messageOf } from "#lib/platform/errors.ts";
import type { Inspection } from "../supervisor.ts";

type File = Inspection["files"][number];

const FILES = "com.docker.compose.project.config_files";
const FOLDER = "com.docker.compose.project.working_dir";
const LARGEST = 256 * 1024;
const MOST = 10;

/**
 * The files that the labels name, with a problem where one cannot be shown. A label can come from an image made by
 * anybody and point at any file of this server: so only labels that the image does not bring, only YAML by name and by
 * what it holds.
 */
export async function composeFiles(labels: Record<string, string>, ofImage: Record<string, string>): Promise<File[]> {
  if (!labels[FILES] || ofImage[FILES] !== undefined || ofImage[FOLDER] !== undefined) return [];
  const named = labels[FILES].split(",").map((name) => name.trim());
  const paths = named.filter(Boolean).map((name) => path.resolve(labels[FOLDER] ?? "/", name));
  return Promise.all([...new Set(paths)].slice(0, MOST).map(readCompose));
}

async function readCompose(file: string): Promise<File> {
  const without = (problem: string): File => ({ path: file, role: "compose", text: null, problem });
  if (!/\.ya?ml$/i.test(file)) return without("Not shown: a compose file ends in .yml or .yaml");
  try {
    const real = await fs.realpath(file);
    const stat = await fs.stat(real);
    if (!stat.isFile() || !/\.ya?ml$/i.test(real)) return without("Not shown: it is no plain YAML file");
    if (stat.size > LARGEST) return without("Not shown: it is larger than 256 KiB");
    const text = await fs.readFile(real, "utf8");
    if (!/^(services|include):/m.test(text)) return without("Not shown: it is no compose file, it lists no services");
    return { path: file, role: "compose", text, problem: null };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return without("It is not there any more, or not visible from here");
    if (code === "EACCES" || code === "EPERM") return without("Trihelm may not read it");
    return without(`It cannot be read: ${messageOf(error)}`);
  }
}
