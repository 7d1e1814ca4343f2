/** What every place for copies has to do, as tests. */
import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Remote } from "./remote.ts";

export interface RemoteStand {
  remote: Remote;
  /** what lies there, temporary files and unfinished uploads too */
  leftovers(): Promise<string[]>;
  close(): Promise<void>;
}

const MIB = 1024 * 1024;
const never = new AbortController().signal;

export function describeRemote(name: string, make: () => Promise<RemoteStand>): void {
  // a disk that others keep busy takes seconds to flush
  describe(name, { timeout: 60_000 }, () => {
    let stand: RemoteStand;
    beforeAll(async () => {
      stand = await make();
    });
    afterAll(async () => {
      stand.remote.close();
      await stand.close();
    });
    const put = (key: string, data: Buffer, size: number | null = data.length) =>
      stand.remote.put(key, Readable.from(pieces(data)), { size, signal: never });
    const get = async (key: string, range?: { start: number; end: number }) =>
      buffer(await stand.remote.get(key, { signal: never, ...(range ? { range } : {}) }));

    test.each([0, 1, 5 * MIB, 8 * MIB, 8 * MIB + 1, 21 * MIB])(
      "%d bytes of unknown and of known size come back",
      async (size) => {
        const data = randomBytes(size);
        for (const told of [null, size]) {
          await put("local/docker/wa-db/20261121T030000Z.tar.zst", data, told);
          expect((await get("local/docker/wa-db/20261121T030000Z.tar.zst")).equals(data)).toBe(true);
        }
        await stand.remote.remove("local/docker/wa-db/20261121T030000Z.tar.zst", never);
        expect(await stand.leftovers()).toEqual([]);
      },
    );

    test("what is put again replaces what was there", async () => {
      await put("a/b", Buffer.from("the first, which is longer"));
      await put("a/b", Buffer.from("the second"));
      expect(String(await get("a/b"))).toBe("the second");
      await stand.remote.remove("a/b", never);
    });

    test("ranges include both ends", async () => {
      const data = randomBytes(300_000);
      await put("range", data);
      expect((await get("range", { start: 0, end: 0 })).equals(data.subarray(0, 1))).toBe(true);
      expect((await get("range", { start: 70_000, end: 199_999 })).equals(data.subarray(70_000, 200_000))).toBe(true);
      await stand.remote.remove("range", never);
    });

    test("lists what is below a folder, and nothing else", async () => {
      const keys = ["x/1", "x/2", "x/deep/3", "x/deep/4", "x/deep/5", "y/1", "xx"];
      for (const key of keys) await put(key, Buffer.from(key));
      const found = await stand.remote.list("x", never);
      expect(found.map(({ key }) => key).sort()).toEqual(["x/1", "x/2", "x/deep/3", "x/deep/4", "x/deep/5"]);
      expect(found.find(({ key }) => key === "x/deep/3")?.size).toBe(8);
      expect(await stand.remote.list("nowhere", never)).toEqual([]);
      for (const key of keys) await stand.remote.remove(key, never);
      expect(await stand.leftovers()).toEqual([]);
    });

    test("odd names are names", async () => {
      const key = "local/path/+home+alice+ä b%20c~1/2026'(1).tar.zst";
      await put(key, Buffer.from("odd"));
      expect(String(await get(key))).toBe("odd");
      expect((await stand.remote.list("local/path", never)).map((one) => one.key)).toEqual([key]);
      await stand.remote.remove(key, never);
    });

    test("what is not there: nothing to remove, and no file to get", async () => {
      await expect(stand.remote.remove("not/there", never)).resolves.toBeUndefined();
      await expect(get("not/there")).rejects.toMatchObject({ code: "not_found" });
    });

    test("an abort in the middle leaves nothing under the key, and the next put nothing beside it", async () => {
      const ending = new AbortController();
      let given = 0;
      const endless = new Readable({
        read() {
          given += MIB;
          if (given > 20 * MIB) ending.abort(new DOMException("cancelled", "AbortError"));
          this.push(Buffer.alloc(MIB, given / MIB));
        },
      });
      await expect(stand.remote.put("cut", endless, { size: null, signal: ending.signal })).rejects.toThrow(
        "cancelled",
      );
      expect(endless.destroyed).toBe(true);
      await expect(get("cut")).rejects.toMatchObject({ code: "not_found" });
      await put("cut", Buffer.from("whole"));
      await stand.remote.remove("cut", never);
      expect(await stand.leftovers()).toEqual([]);
    });

    test("a source that fails leaves nothing", async () => {
      const failing = Readable.from(
        (async function* () {
          yield Buffer.alloc(9 * MIB);
          throw new Error("the disk is gone");
        })(),
      );
      await expect(stand.remote.put("failed", failing, { size: null, signal: never })).rejects.toThrow(
        "the disk is gone",
      );
      expect(await stand.leftovers()).toEqual([]);
    });

    test("a reader that stops ends the other side's part, and the place goes on", async () => {
      await put("long", randomBytes(6 * MIB));
      const stream = await stand.remote.get("long", { signal: never });
      stream.once("readable", () => stream.destroy());
      await new Promise((resolve) => stream.once("close", resolve));
      expect((await get("long", { start: 1, end: 4 })).length).toBe(4);
      await stand.remote.remove("long", never);
    });
  });
}

function* pieces(data: Buffer): Generator<Buffer> {
  for (let from = 0; from < data.length; from += 100_003) yield data.subarray(from, from + 100_003);
}
