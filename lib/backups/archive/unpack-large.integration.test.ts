import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { listFolder, openFile } from "./browse.ts";
import { compareWith } from "./compare.ts";
import { checkArchive } from "./hostile-check.ts";
import { archivedFolder, archiveOf, compress, scratchFolder } from "./open-rig.ts";
import { encodeHeader } from "./tar-header.ts";
import { unpackTo } from "./unpack.ts";
import { verifyArchive } from "./verify.ts";

const { folder, remove } = scratchFolder();
afterAll(remove, 120_000);

const fresh = (what: string) => fs.mkdtempSync(path.join(folder, `${what}-`));
const MINUTES = 60_000;

describe("an archive as large as they come", () => {
  test(
    "keeps the holes of a file of 4 GiB",
    async () => {
      const source = fresh("source");
      const size = 4 * 2 ** 30 + 123;
      fs.writeFileSync(`${source}/holes`, "start");
      fs.truncateSync(`${source}/holes`, size);
      fs.appendFileSync(`${source}/holes`, "end");
      const place = await archivedFolder(source, fresh("place"));
      expect(fs.statSync(`${place.stem}.tar.zst`).size).toBeLessThan(100_000);
      expect(await verifyArchive(place, null)).toHaveProperty("head.originalSize", size + 3);
      const target = fresh("target");
      await unpackTo(place, null, { folder: target });
      const found = fs.statSync(`${target}/holes`);
      expect([found.size, found.blocks < 1000]).toEqual([size + 3, true]);
      expect((await compareWith(place, null, { folder: target })).differing).toEqual([]);
    },
    5 * MINUTES,
  );

  test(
    "keeps very many files, and is looked into without unpacking it",
    async () => {
      const each = process.env.TRIHELM_NIGHTLY === "1" ? 1000 : 200;
      const source = fresh("source");
      for (let n = 0; n < 100; n++) {
        fs.mkdirSync(`${source}/folder-${n}`);
        for (let m = 0; m < each; m++) fs.writeFileSync(`${source}/folder-${n}/file-${m}`, `${n} ${m}`);
      }
      const place = await archivedFolder(source, fresh("place"));
      expect(await verifyArchive(place, null)).toHaveProperty("head.files", each * 100);
      const { total, items } = await listFolder(place, null, "/folder-7", { limit: 10 });
      expect([total, items[0]?.path]).toEqual([each, "/folder-7/file-0"]);
      const chunks: Buffer[] = [];
      for await (const chunk of await openFile(place, null, `/folder-99/file-${each - 1}`))
        chunks.push(chunk as Buffer);
      expect(Buffer.concat(chunks).toString()).toBe(`99 ${each - 1}`);
      const target = fresh("target");
      await unpackTo(place, null, { folder: target });
      expect(await compareWith(place, null, { folder: target })).toEqual({ checked: each * 100 + 101, differing: [] });
    },
    5 * MINUTES,
  );

  test(
    "of ten million entries is refused where its manifest says less, without taking memory for them",
    async () => {
      const entry = Buffer.alloc(512);
      const place = await archiveOf({ folder: fresh("place"), tar: Buffer.concat([entry, entry]) }, ({ head }) => {
        head.entries = 50_000;
      });
      const tar = Buffer.concat(
        Array.from({ length: 100_000 }, (_, n) =>
          encodeHeader({ name: Buffer.from(`f${n}`), flag: "0", mode: 0, uid: 0, gid: 0, size: 0, mtime: 0 }),
        ),
      );
      const packed = compress(tar);
      fs.writeFileSync(`${place.stem}.tar.zst`, Buffer.concat(Array.from({ length: 100 }, () => packed)));
      expect(await checkArchive(place, null)).toBe("It holds more than 50000 entries");
    },
    MINUTES,
  );
});

describe.runIf(process.getuid?.() === 0)("a disk that gets full", () => {
  test(
    "is told so, and what it leaves can be removed",
    async () => {
      const source = fresh("source");
      for (let n = 0; n < 20; n++) fs.writeFileSync(`${source}/${n}`, Buffer.alloc(1_000_000, n + 1));
      const place = await archivedFolder(source, fresh("place"));
      const small = fresh("small");
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=4m", "trihelm-test", small]);
      try {
        fs.mkdirSync(`${small}/target`);
        await expect(unpackTo(place, null, { folder: `${small}/target` })).rejects.toThrow(/No space left/);
        fs.rmSync(`${small}/target`, { recursive: true });
        expect(fs.readdirSync(small)).toEqual([]);
      } finally {
        execFileSync("umount", [small]);
      }
    },
    MINUTES,
  );
});
