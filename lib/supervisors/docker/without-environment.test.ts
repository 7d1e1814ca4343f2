import { expect, test } from "vitest";
import { withoutEnvironment } from "./without-environment.ts";

const environment = [
  { name: "DB_PASSWORD", value: "hunter2hunter2" },
  { name: "MODE", value: "production" },
  { name: "TOKEN", value: "abc" },
  { name: "EMPTY", value: "" },
];

test("the environment is gone, and wherever it is repeated", () => {
  const raw = {
    Config: {
      Env: ["DB_PASSWORD=hunter2hunter2"],
      CreateCommand: ["podman", "run", "-e", "DB_PASSWORD=hunter2hunter2", "-e", "TOKEN=abc"],
      Labels: { mode: "production", note: "the password is hunter2hunter2" },
    },
    State: { Health: { Log: [{ Output: "connect as hunter2hunter2 failed" }] } },
    Count: 7,
    Nothing: null,
  };
  expect(withoutEnvironment(raw, environment)).toEqual({
    Config: {
      CreateCommand: ["podman", "run", "-e", "DB_PASSWORD=…", "-e", "TOKEN=…"],
      Labels: { mode: "production", note: "the password is …" },
    },
    State: { Health: { Log: [{ Output: "connect as … failed" }] } },
    Count: 7,
    Nothing: null,
  });
  expect(raw.Config.Env).toHaveLength(1);
});
