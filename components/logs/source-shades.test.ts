import { expect, test } from "vitest";
import { sourceLooks } from "./source-shades.ts";

test("neighbours of one supervisor differ", () => {
  const source = (name: string, helm: "systemd" | "docker") => ({ id: name, name, helm });
  const looks = sourceLooks([
    source("a.service", "systemd"),
    source("web", "docker"),
    source("b.service", "systemd"),
    source("db", "docker"),
    source("c", "systemd"),
    source("d", "systemd"),
  ]);
  expect([...looks.values()].map(({ name, helm, shade }) => `${name} ${helm} ${shade}`)).toEqual([
    "a systemd 1",
    "web docker 1",
    "b systemd 2",
    "db docker 2",
    "c systemd 3",
    "d systemd 1",
  ]);
});
