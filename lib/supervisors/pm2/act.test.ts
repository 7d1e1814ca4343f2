import { expect, test } from "vitest";
import { SupervisorError } from "../supervisor.ts";
import { act } from "./act.ts";
import { parseProcesses } from "./parse.ts";

const PLAIN = { timeout: null, signal: null, force: false, detached: false };

/** what PM2 calls `stopped` while it is about to start it again */
const BETWEEN = "between two runs";

/** A daemon of given statuses that does as it is told, but for what `break` says. */
function daemon(statuses: string[], faults: Record<string, (id: number) => void> = {}) {
  const apps = statuses.map((told, id) => ({
    status: told.replace(BETWEEN, "stopped"),
    id,
    pid: told === "online" || told === "waiting restart" || told === BETWEEN ? 100 + id : 0,
  }));
  const calls: string[] = [];
  const effect: Record<string, [string, number]> = {
    stopProcessId: ["stopped", 0],
    restartProcessId: ["online", 200],
    reloadProcessId: ["online", 200],
  };
  return {
    apps,
    calls,
    rpc: {
      close: () => undefined,
      async call(method: string, argument: unknown) {
        const given = argument as number | { id?: number; process_id?: number; signal?: string };
        const id = typeof given === "number" ? given : (given.id ?? given.process_id)!;
        calls.push(`${method} ${id}${typeof given === "object" && given.signal ? ` ${given.signal}` : ""}`);
        faults[method]?.(id);
        const [status, pid] = effect[method] ?? [apps[id]!.status, apps[id]!.pid];
        Object.assign(apps[id]!, { status, pid });
        return {};
      },
    },
    pid: () => null,
    async find() {
      return parseProcesses(apps.map(({ status, id, pid }) => ({ pid, name: "app", pm_id: id, pm2_env: { status } })));
    },
  };
}
const request = (action: Parameters<typeof act>[1]["action"], options = {}) => ({
  name: "app",
  action,
  options: { ...PLAIN, ...options },
});

test("each action calls for the processes that it is for, by their numbers", async () => {
  const calls = async (action: Parameters<typeof act>[1]["action"], options = {}) => {
    const fake = daemon(["online", "stopped", "waiting restart", "errored"]);
    await act(fake, request(action, options));
    return fake.calls.toSorted();
  };
  expect(await calls("start")).toEqual([
    "restartProcessId 1",
    "restartProcessId 2",
    "restartProcessId 3",
    "stopProcessId 2",
    "stopProcessId 2",
  ]);
  const twice = ["stopProcessId 2", "stopProcessId 2"];
  expect(await calls("stop")).toEqual(["stopProcessId 0", ...twice, "stopProcessId 3"]);
  expect(await calls("reload")).toEqual(["reloadProcessId 0"]);
  expect(await calls("kill")).toEqual(["sendSignalToProcessId 0 SIGKILL"]);
  expect(await calls("kill", { signal: "SIGHUP" })).toEqual(["sendSignalToProcessId 0 SIGHUP"]);
  expect((await calls("restart")).filter((call) => call.startsWith("restart"))).toHaveLength(4);
});

test("what PM2 calls stopped between two runs is stopped, whichever of them it is by then", async () => {
  const fake = daemon([BETWEEN, "stopped"], {
    // the start had begun: it comes after the first word, and the second ends it
    stopProcessId: () =>
      setTimeout(() => fake.calls.length === 1 && Object.assign(fake.apps[0]!, { status: "online", pid: 7 })),
  });
  await act(fake, request("stop"));
  expect(fake.calls).toEqual(["stopProcessId 0", "stopProcessId 0"]);
  expect(fake.apps.map(({ status }) => status)).toEqual(["stopped", "stopped"]);

  const again = daemon([BETWEEN]);
  await act(again, request("restart"));
  expect(again.calls).toEqual(["stopProcessId 0", "stopProcessId 0", "restartProcessId 0"]);
});

test("a signal never goes where there is no process, and must exist", async () => {
  const fake = daemon(["stopped", "waiting restart", "errored"]);
  await expect(act(fake, request("kill"))).rejects.toMatchObject({ reason: "unsupported" });
  await expect(act(daemon(["online"]), request("kill", { signal: "SIGNOPE" }))).rejects.toMatchObject({
    reason: "refused",
  });
  await expect(act(daemon(["online"]), request("kill", { signal: "toString" }))).rejects.toMatchObject({
    reason: "refused",
  });
  expect(fake.calls).toEqual([]);
});

test("one process that failed is named with PM2's words; the others were still done", async () => {
  const fake = daemon(["online", "online", "online"], {
    restartProcessId: (id) => {
      if (id === 1) throw new SupervisorError("refused", "PM2: script not found");
    },
  });
  await expect(act(fake, request("restart"))).rejects.toMatchObject({
    reason: "refused",
    message: "PM2 did not restart every process of app: 1: PM2: script not found.",
  });
  expect(fake.calls).toHaveLength(3);
});

test("an answer is not believed: the list must agree", async () => {
  const fake = daemon(["online"]);
  const { call } = fake.rpc;
  fake.rpc.call = async (method, argument) => {
    await call(method, argument);
    Object.assign(fake.apps[0]!, { status: "errored", pid: 0 });
    return {};
  };
  await expect(act(fake, request("restart"))).rejects.toThrow("0 is errored");
});

test("somebody was faster: already online is what was wanted", async () => {
  const fake = daemon(["stopped"], {
    restartProcessId: () => {
      Object.assign(fake.apps[0]!, { status: "online", pid: 5 });
      throw new SupervisorError("refused", "PM2: process already online");
    },
  });
  await expect(act(fake, request("start"))).resolves.toBeUndefined();
});

test("detached tells all at once and waits for none; an abort ends quietly", async () => {
  const fake = daemon(["online", "online", "online"]);
  const never = new Promise<never>(() => undefined);
  fake.rpc.call = async (method) => {
    fake.calls.push(method);
    return never;
  };
  await act(fake, request("restart", { detached: true }));
  expect(fake.calls).toHaveLength(3);
  const ending = new AbortController();
  const acting = act(fake, request("restart"), ending.signal);
  ending.abort();
  await expect(acting).resolves.toBeUndefined();
});
