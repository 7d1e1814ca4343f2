import { expect, test } from "vitest";
import { restartWords, serviceFacts } from "./service-facts.ts";
import { aService } from "./testing.ts";

const detail = {
  facts: [
    { label: "Image", value: "umami:2" },
    { label: "Restart policy", value: "always" },
    { label: "Main PID", value: "77" },
  ],
  command: [],
  workingDirectory: null,
  user: null,
  environment: [
    { name: "A", value: "1", masked: false },
    { name: "B_TOKEN", value: null, masked: true },
  ],
  mounts: [],
  networks: [],
  files: [],
  native: {},
};

test("what the tool says comes first and is not said twice", () => {
  const service = aService("umami", {
    supervisor: "docker",
    nativeState: "Up 3 minutes",
    source: "umami:2",
    ports: [{ protocol: "tcp", address: "127.0.0.1", port: 3000, target: 3000 }],
  });
  expect(serviceFacts(service, detail)).toEqual([
    { label: "Status", value: "Up 3 minutes", mono: false },
    { label: "Image", value: "umami:2", mono: true },
    { label: "Restart policy", value: "always", mono: false },
    { label: "Main PID", value: "77", mono: false },
    { label: "Restarts", value: "none", mono: false },
    { label: "Starts at boot", value: "yes", mono: false },
    { label: "Ports", value: "127.0.0.1:3000", mono: true },
    { label: "Environment", value: "2 variables, 1 hidden", mono: false },
  ]);
});

test("without detail the facts of every service remain", () => {
  const labels = serviceFacts(aService("a.service", { startsAtBoot: null }), null).map((fact) => fact.label);
  expect(labels).toEqual(["Status", "Unit file", "Restart policy", "Restarts"]);
});

test.each([
  [{ policy: "no", delay: 5, limit: 3, window: 10 }, "no"],
  [{ policy: "always", delay: null, limit: null, window: null }, "always"],
  [{ policy: "on-failure", delay: 5, limit: 3, window: 60 }, "on-failure after 5 s, at most 3 in 1 min"],
  [{ policy: "always", delay: 0.1, limit: 16, window: null }, "always after 0.1 s, at most 16"],
] as const)("%j is %s", (policy, words) => {
  expect(restartWords(policy)).toBe(words);
});
