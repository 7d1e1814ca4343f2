/** Volumes of the demo server: real small files, so that a backup, a drill and a restore really run there. */
import { inflateRawSync } from "node:zlib";
import { ago } from "./demo-past.ts";
import type { FakeEngine } from "./volumes.ts";

const KB = 1024;

export function addDemoVolumes(engine: FakeEngine): void {
  const scheduler = { group: "wa-scheduler", labels: { "com.docker.compose.project": "wa-scheduler" } };
  const since = ago({ days: 60 });
  engine.addVolume({ name: "wa-session", ...scheduler, createdAt: since, files: sessionFiles() });
  engine.addVolume({ name: "wa-db", ...scheduler, createdAt: since, files: databaseFiles() });
  engine.addVolume({
    name: "wa-dragonfly",
    ...scheduler,
    createdAt: since,
    files: { "dump-summary.dfs": noise(61 * KB, 3), "dump-0000.dfs": noise(20 * KB, 4) },
  });
  engine.addVolume({
    name: "umami-db-data",
    group: "umami",
    labels: { "com.docker.compose.project": "umami" },
    createdAt: since,
    files: {
      PG_VERSION: "15\n",
      "base/1/2619": noise(900 * KB, 5),
      "pg_wal/000000010000000000000001": noise(700 * KB, 6),
    },
  });
  engine.addVolume({
    name: "vaultwarden-data",
    createdAt: since,
    files: {
      "db.sqlite3": database(),
      "config.json": '{\n  "signups_allowed": false\n}\n',
      "icon_cache/example.org.png": PICTURE,
    },
  });
  engine.addVolume({
    name: "registry-data",
    createdAt: since,
    files: { "docker/registry/v2/blobs/layer": noise(8400 * KB, 7) },
  });
  engine.addVolume({ name: UNNAMED, createdAt: ago({ days: 38 }), files: { "lost+found.txt": "Nobody knows.\n" } });
}

const UNNAMED = "3f9c0d81b2a47e05".repeat(4);

function sessionFiles(): Record<string, string | Uint8Array> {
  const files: Record<string, string | Uint8Array> = { "creds.json": '{"registered": true, "platform": "demo"}\n' };
  for (let key = 1; key <= 60; key += 1) files[`pre-key-${key}.json`] = `{"keyId": ${key}}\n`;
  return files;
}

/** 214 files, one of them a database. */
function databaseFiles(): Record<string, string | Uint8Array> {
  const files: Record<string, string | Uint8Array> = {
    "scheduler.sqlite": database(),
    "settings.json": '{\n  "timezone": "Europe/Helsinki",\n  "quietHours": ["22:00", "07:00"]\n}\n',
    "media/standup.png": PICTURE,
  };
  for (let day = 1; day <= 211; day += 1) files[`media/${day}.bin`] = noise(2 * KB, day);
  return files;
}

/** Bytes that do not compress and are the same each time. */
function noise(length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed * 2654435761;
  for (let index = 0; index < length; index += 1) {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + index;
    bytes[index] = state >>> 16;
  }
  return bytes;
}

/** An SQLite database of 5 kB with two tables. */
function database(): Uint8Array {
  return inflateRawSync(Buffer.from(DATABASE.join(""), "base64"));
}

const PICTURE = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAIAAACQkWg2AAAATklEQVR42mM4gQRSUlLy8vIqKiqampqQxbds2bJv3z4g49KlSwyDUIONjY2bm1tAQEBUVBSyop6enmnTpi1YsGDVqlXI4oNRw2g8DAoNAGRX9pDrWL8TAAAAAElFTkSuQmCC",
  "base64",
);

const DATABASE = [
  "7ZU/T9tAGMbfu0sIFEJLAgQRhlfKQlGC7JjQwlSKkgkJKBkQ25kc1AHbKLlIRJ2QujK26sfo2pW1/RqVmFgZWCon/JUFp95Wes/i",
  "P9LvtaxHv3u3Ntc8KXAvbPlcogMJIATeIQLADAAk4S4MABL3ngmoMwPzX36lAYCyGrBvrAYmJs8uGzSVy2bJSUpy91A0Q7cZumz1",
  "Q3WlXsX6yvu1KjZDd9ZroBdIsS9aeNTyfN7q4oHoFjHgvkApjmURG53+3es9ksrl8+Sk0Jvoi3ab799c6IPJ1y8fnc7l9ezdj7e3",
  "btjo9r8TCU7YVfQTSXbFivSSntFTuk0L5IL8IJ/JOpmG3/AdPsET7jqZJFQmlspWuVKy7ZK9ULfeLlvWsmXtSMH9LcmDRucIvQCl",
  "CND3go4UbWcsBr1RQ69i0KIaehmDKmpoNAYtqKF0DHLU0EgMKquh4Rhkq6EXMchSQ0M65Q7qlJvSKXdAp9ykTrkJnXKZTrlUp1zy",
  "d+VG6zyT7vl/DuzcnOImJs81kyQB+UK7fwZYuIRzOId2qRL5n4EasJ/sK+Nm/5v9b/b/f7L/e1Dk/wA9e+C/OS1N/p04Uzr+53T8",
  "n9Txf0LH/3Ed/7Ma/v8B",
];
