import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openScratch } from "#lib/db/scratch-rig.ts";
import { bus } from "#lib/events/bus.ts";
import { AppError } from "#lib/platform/errors.ts";
import { failInterrupted } from "./interrupted.ts";
import type { Job } from "./job.ts";
import { jobAbout, readJob, readJobs } from "./read.ts";
import { cancelJob, ended, type JobHandle, startJob } from "./run.ts";
import { createJob, forgetOld } from "./store.ts";
import { viewJob } from "./view.ts";

let scratch: Awaited<ReturnType<typeof openScratch>>;
beforeAll(async () => {
  scratch = await openScratch();
});
afterAll(() => scratch.close());

const wanted = { kind: "backup", subject: "local/docker/wa-db", title: "wa-db", actor: "mara", locks: [] } as const;
type Work = (job: JobHandle) => Promise<Record<string, unknown> | null>;
const run = async (work: Work, more: { locks?: string[]; subject?: string } = {}) => {
  const { id } = await startJob({ ...wanted, ...more }, work);
  await ended(id);
  return (await readJob(id))!;
};
const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));

describe("a job", () => {
  test("tells its steps, what each took, its result and how it ended", async () => {
    const job = await run(async (handle) => {
      handle.plan(["Pause", "Snapshot", "Verify"]);
      await handle.step("Pause", async (say) => say("wa-worker"));
      await handle.step("Snapshot", async () => handle.say("read 3 files"));
      handle.concludes("3 files");
      return { backup: "b" };
    });
    expect(job).toMatchObject({ state: "succeeded", message: "3 files", result: { backup: "b" }, error: null });
    expect(job.steps.map(({ name, state, note }) => [name, state, note])).toEqual([
      ["Pause", "done", "wa-worker"],
      ["Snapshot", "done", null],
      ["Verify", "skipped", null],
    ]);
    expect(job.log.map(({ text }) => text)).toEqual(["read 3 files"]);
    expect(job.startedAt).not.toBeNull();
  });

  test("that fails says why, with its code, and which step it was", async () => {
    const job = await run((handle) =>
      handle.step("Upload", async () => Promise.reject(new AppError("timeout", "no answer"))),
    );
    expect(job).toMatchObject({
      state: "failed",
      message: "no answer",
      error: { code: "timeout", detail: "no answer" },
    });
    expect(job.steps[0]?.state).toBe("failed");
  });

  test("that fails later still tells what it had kept until then", async () => {
    const job = await run(async (handle) => {
      handle.keeps({ safety: "s" });
      throw new AppError("action_failed", "it did not start");
    });
    expect(job).toMatchObject({ state: "failed", result: { safety: "s" } });
  });

  test("keeps the newest 500 lines of its log", async () => {
    const job = await run(async (handle) => {
      for (let at = 0; at < 700; at += 1) handle.say(`line ${at}`);
      return null;
    });
    expect(job.log).toHaveLength(500);
    expect(job.log.at(-1)?.text).toBe("line 699");
  });

  test("waits for one that holds the same name, in order, and for no other", async () => {
    const order: string[] = [];
    const gate = Promise.withResolvers<void>();
    const start = (name: string, locks: string[], work: Work) =>
      startJob({ ...wanted, locks }, async (job) => {
        order.push(name);
        return work(job);
      });
    const first = await start("first", ["a"], () => gate.promise.then(() => null));
    const second = await start("second", ["a", "b"], async () => null);
    const third = await start("third", ["b"], async () => null);
    const other = await start("other", ["c"], async () => null);
    await ended(other.id);
    expect(order).toEqual(["first", "other"]);
    expect((await readJob(second.id))?.state).toBe("queued");
    expect(jobAbout(wanted.subject)?.id).toBe(first.id);
    gate.resolve();
    await ended(third.id);
    expect(order).toEqual(["first", "other", "second", "third"]);
  });

  test("about a folder waits for one about a folder above it, and for none beside it", async () => {
    const order: string[] = [];
    const gate = Promise.withResolvers<void>();
    const start = (folder: string, work: () => Promise<unknown>) =>
      startJob({ ...wanted, kind: "restore", locks: [`source local/path/${folder}`] }, async () => {
        order.push(folder);
        await work();
        return null;
      });
    const now = async () => undefined;
    const jobs = [await start("/srv/a", () => gate.promise)];
    for (const folder of ["/srv/a/b", "/srv/ab", "/srv", "/srv/c"]) jobs.push(await start(folder, now));
    await ended(jobs[2]!.id);
    expect(order).toEqual(["/srv/a", "/srv/ab"]);
    gate.resolve();
    for (const { id } of jobs) await ended(id);
    expect(order).toEqual(["/srv/a", "/srv/ab", "/srv/a/b", "/srv", "/srv/c"]);
  });

  test("that is heavy waits while two others are, until one of them has ended or lightens", async () => {
    const order: string[] = [];
    const [light, over] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const start = (name: string, kind: Job["kind"], work: Work) =>
      startJob({ ...wanted, kind }, (job) => {
        order.push(name);
        return work(job);
      });
    const lightening: Work = async (job) => {
      await light.promise;
      job.lightens();
      await over.promise;
      return null;
    };
    const heavy: Work = () => over.promise.then(() => null);
    const begun = [await start("one", "backup", lightening), await start("two", "verify", heavy)];
    const waiting = await start("waiting", "backup", async () => null);
    const third = await start("third", "drill", async () => null);
    await ended((await start("restore", "restore", async () => null)).id);
    await cancelJob(waiting.id);
    await ended(waiting.id);
    expect(order).toEqual(["one", "two", "restore"]);
    light.resolve();
    await ended(third.id);
    expect(order).toEqual(["one", "two", "restore", "third"]);
    over.resolve();
    for (const { id } of begun) await ended(id);
  });

  test("is cancelled while it waits and while it runs, unless it says that it cannot be", async () => {
    const gate = Promise.withResolvers<void>();
    const first = await startJob({ ...wanted, locks: ["x"] }, (job) =>
      Promise.race([gate.promise, untilAborted(job.signal)]).then(() => null),
    );
    const waiting = await startJob({ ...wanted, locks: ["x"] }, async () => null);
    await cancelJob(waiting.id);
    await ended(waiting.id);
    expect((await readJob(waiting.id))?.state).toBe("cancelled");
    await cancelJob(first.id);
    await ended(first.id);
    expect(await readJob(first.id)).toMatchObject({ state: "cancelled", error: null });
    await expect(cancelJob(first.id)).rejects.toMatchObject({ code: "conflict" });
    await expect(cancelJob("none")).rejects.toMatchObject({ code: "not_found" });
    const stubborn = await startJob(wanted, async (job) => {
      job.cancelDoes(null);
      await gate.promise;
      return null;
    });
    await new Promise(setImmediate);
    await expect(cancelJob(stubborn.id)).rejects.toMatchObject({ code: "conflict" });
    gate.resolve();
    await ended(stubborn.id);
  });

  test("that fails on its way out of a cancellation has failed", async () => {
    const { id } = await startJob(wanted, async (job) => {
      await untilAborted(job.signal).catch(() => undefined);
      throw new AppError("internal", "the copy could not be put back");
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    await cancelJob(id);
    await ended(id);
    expect(await readJob(id)).toMatchObject({ state: "failed", message: "the copy could not be put back" });
  });

  test("is told on the bus at most four times a second, and its end always", async () => {
    const told: Job[] = [];
    const leave = bus().subscribe(({ name, data }) => name === "job" && told.push(data as Job));
    const job = await run(async (handle) => {
      for (let at = 0; at < 1000; at += 1) handle.progress({ done: at, total: 1000, unit: "bytes" });
      return null;
    });
    leave();
    const own = told.filter(({ id }) => id === job.id);
    expect(own.length).toBeLessThanOrEqual(2);
    expect(own.at(-1)?.state).toBe("succeeded");
  });
});

test("what an earlier run has left under way is failed, with what became of it", async () => {
  const before = await startJob(wanted, async () => null);
  await ended(before.id);
  const { log: _, ...plain } = (await readJob(before.id))!;
  const step = { name: "Snapshot", state: "running", startedAt: null, seconds: null, note: null } as const;
  await createJob({ ...plain, id: "left", state: "running", steps: [step], finishedAt: null });
  expect(await failInterrupted(() => "2 services run again.")).toBe(1);
  expect(await readJob("left")).toMatchObject({
    state: "failed",
    error: { code: "interrupted" },
    steps: [{ state: "failed" }],
  });
  expect((await readJob("left"))?.message).toContain("2 services run again.");
  expect(await failInterrupted()).toBe(0);
});

test("lists go on where they ended, and are cut to the caller's", async () => {
  const all = await readJobs({}, { limit: 200, cursor: null });
  const first = await readJobs({}, { limit: 3, cursor: null });
  const second = await readJobs({}, { limit: 200, cursor: first.nextCursor ?? null });
  expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(all.items.map(({ id }) => id));
  const job = { ...all.items[0]!, quiesced: ["local/docker/wa-api", "local/docker/umami"] };
  const access = {
    role: "viewer",
    verbs: new Set(["read"] as const),
    services: [["local/docker/wa-*"]],
    key: "",
  } as const;
  expect(viewJob(job, access)?.quiesced).toEqual(["local/docker/wa-api"]);
  expect(viewJob({ ...job, subject: "local/path//etc" }, access)).toBeNull();
});

test("old jobs are forgotten, but none that can still be undone", async () => {
  const at = (days: number) => ({ undoUntil: new Date(Date.now() + days * 86_400_000).toISOString() });
  const [undoable, over, plain] = [
    await run(async () => at(3)),
    await run(async () => at(-1)),
    await run(async () => null),
  ];
  await run(async () => null);
  await forgetOld(1);
  expect(await Promise.all([undoable, over, plain].map(({ id }) => readJob(id)))).toEqual([undoable, null, null]);
});
