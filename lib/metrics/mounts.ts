/** Which file systems of this machine are real, from `/proc/self/mountinfo`. Pure. */

export interface Mount {
  /** `254:0` */
  device: string;
  path: string;
}

/** On disks of this machine: one over a network may not answer at all, and one in memory is no disk. */
const REAL = /^(ext[234]|xfs|btrfs|bcachefs|zfs|f2fs|jfs|reiserfs|nilfs2|vfat|exfat|ntfs3?|fuseblk|ufs)$/;

/** One mount for each file system, the one with the shortest path. */
export function realMounts(mountinfo: string): Mount[] {
  const found = new Map<string, Mount>();
  for (const line of mountinfo.split("\n")) {
    const [before = "", after = ""] = line.split(" - ");
    const [, , device, , path] = before.split(" ");
    if (!device || !path || !REAL.test(after.split(" ")[0] ?? "")) continue;
    const mount = { device, path: unescaped(path) };
    const known = found.get(device);
    if (!known || mount.path.length < known.path.length) found.set(device, mount);
  }
  return [...found.values()];
}

/** Spaces and their like stand as `\040`. */
function unescaped(path: string): string {
  const bytes = path.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
  return Buffer.from(bytes, "latin1").toString("utf8");
}
