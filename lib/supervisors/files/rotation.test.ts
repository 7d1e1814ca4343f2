import { expect, test } from "vitest";
import { isRotationOf } from "./rotation.ts";

test.each([
  ["app.log", ["app.log.1", "app.log.2.gz", "app.log-20261121", "app__2026-11-21_00-00-00.log", "app-20261121.log.gz"]],
  ["syslog", ["syslog.1", "syslog.2.gz", "syslog-20261121"]],
  ["a.jsonl", ["a.jsonl.1", "a.jsonl-20261121.gz"]],
])("rotation makes of %s %j", (file, made) => {
  for (const name of made) expect(isRotationOf(name, file), name).toBe(true);
  for (const name of [file, "apple.log", "app-2.log", "app-error.log", "syslogd", "syslog.conf", "a.jsonl.lock"])
    expect(isRotationOf(name, file), name).toBe(false);
});
