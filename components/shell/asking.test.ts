import { describe, expect, test } from "vitest";
import type { Service } from "#lib/services/service.ts";
import { asksFirst, protectedWords, questionFor } from "./asking.ts";

const base: Service = {
  id: "local/docker/dragonfly",
  host: "local",
  scope: "docker",
  name: "dragonfly",
  supervisor: "docker",
  title: "dragonfly",
  group: "wa",
  state: "running",
  nativeState: "Up 9 days",
  health: "none",
  since: null,
  restarts: 0,
  lastExit: null,
  instances: [],
  cpu: null,
  memory: null,
  ports: [],
  restartPolicy: { policy: "always", delay: null, limit: null, window: null },
  startsAtBoot: null,
  source: "dragonfly:1",
  protected: false,
  actions: ["stop", "restart", "kill"],
  listed: true,
  pinned: false,
  tag: null,
  reason: null,
  dependents: [],
  pending: null,
  code: null,
  stale: null,
};
const needed: Service = { ...base, dependents: ["local/docker/api", "local/docker/worker"] };
const nameOf = (id: string) => id.split("/").at(-1)!;

describe("asking before an action", () => {
  test("nobody needs it: stop and restart just run", () => {
    expect(questionFor(base, "stop", nameOf)).toBeNull();
    expect(questionFor(base, "restart", nameOf)).toBeNull();
    expect(asksFirst(base, "stop")).toBeNull();
  });

  test("names who needs it, and what happens then", () => {
    expect(questionFor(needed, "stop", nameOf)).toEqual({
      title: "Stop dragonfly?",
      text: "api and worker need it. Docker will not start it again until you do.",
      verb: "Stop",
      keep: "Keep running",
    });
    expect(questionFor({ ...needed, dependents: ["x/y/a", "b", "c", "d"] }, "restart", nameOf)?.text).toBe(
      "a, b and 2 more need it. They may fail meanwhile.",
    );
    expect(questionFor({ ...needed, dependents: ["local/docker/api"] }, "pause", nameOf)?.text).toBe(
      "api needs it. It may fail meanwhile.",
    );
    expect(asksFirst(needed, "restart")).toBe("asks first: 2 services use it");
  });

  test("one that is down interrupts nobody", () => {
    expect(questionFor({ ...needed, state: "failed" }, "restart", nameOf)).toBeNull();
  });

  test("kill always asks, and says whether it comes back", () => {
    expect(questionFor(base, "kill", nameOf)?.text).toMatch(/Docker starts it again\.$/);
    const policy = { ...base.restartPolicy, policy: "no" as const };
    expect(questionFor({ ...base, restartPolicy: policy }, "kill", nameOf)?.text).toMatch(/will not start it again/);
  });

  test("a protected service is asked about by the server, but for a restart others feel", () => {
    const guarded = { ...needed, protected: true };
    expect(questionFor(guarded, "stop", nameOf)).toBeNull();
    expect(asksFirst(guarded, "stop")).toBe("asks first: it is protected");
    expect(questionFor(guarded, "restart", nameOf)?.verb).toBe("Restart");
    expect(protectedWords(guarded, "stop")).toBe(
      "It is protected. 2 services need it. Docker will not start it again until you do.",
    );
  });
});
