import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openScratch } from "#lib/db/scratch-rig.ts";
import { diskPlace, ownDataIn, ownDataInVolume, ownFolderRefusal } from "./own-data.ts";

let scratch: Awaited<ReturnType<typeof openScratch>>;
beforeAll(async () => {
  scratch = await openScratch();
});
afterAll(() => scratch.close());

const line = (device: string, root: string, point: string) =>
  `36 35 ${device} ${root} ${point} rw,relatime - ext4 /dev/x rw`;
const ROOT = line("0:50", "/", "/");

describe("the place of a folder on its disk", () => {
  const table = [
    ROOT,
    line("8:1", "/var/lib/docker/volumes/own/_data", "/data"),
    line("8:1", "/", "/host"),
    line("8:2", "/a\\040b", "/with\\040space"),
    line("8:3", "/", "/host"),
  ].join("\n");

  test.each([
    ["/data/backups", "8:1", "/var/lib/docker/volumes/own/_data/backups"],
    ["/data", "8:1", "/var/lib/docker/volumes/own/_data"],
    ["/database", "0:50", "/database"],
    ["/with space/x", "8:2", "/a b/x"],
    ["/host/srv", "8:3", "/srv"],
  ])("%s", (folder, device, place) => {
    expect(diskPlace(folder, table)).toEqual({ device, path: place });
  });

  test("is not known where there is no table", () => {
    expect(diskPlace("/data", "")).toBeNull();
  });
});

describe("Trihelm's own data", () => {
  test("are found through another mount of the same disk, and below a folder", async () => {
    const table = [
      ROOT,
      line("8:1", "/docker/volumes/own/_data", scratch.folder),
      line("8:1", "/docker", "/nowhere/host"),
    ].join("\n");
    expect(await ownDataIn("/nowhere/host/volumes/own/_data", table)).toBe("");
    expect(await ownDataIn("/nowhere/host/volumes", table)).toBe("own/_data");
    expect(await ownDataIn("/nowhere/host/volumes/other", table)).toBeNull();
    expect(await ownDataIn(path.dirname(scratch.folder), table)).toBe(path.basename(scratch.folder));
  });

  test("are found in a volume by its name alone", async () => {
    const below = [ROOT, line("8:1", "/docker/volumes/own/_data/th", scratch.folder)].join("\n");
    expect(await ownDataInVolume("own", below)).toBe("th");
    expect(await ownDataInVolume("other", below)).toBeNull();
    expect(await ownDataInVolume("own", ROOT)).toBeNull();
  });

  test("are replaced neither as a whole nor in part", async () => {
    expect(await ownFolderRefusal(path.dirname(scratch.folder))).toContain("Trihelm's own data");
    expect(await ownFolderRefusal(path.join(scratch.folder, "backups"))).toContain("Trihelm's own data");
    expect(await ownFolderRefusal("/usr/share")).toBeNull();
  });
});
