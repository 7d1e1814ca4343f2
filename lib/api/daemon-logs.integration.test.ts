/** The oracle while the engine itself is stopped, killed and started again, and its containers print on. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { watchSupervisor } from "#lib/services/watch.ts";
import { createDocker } from "#lib/supervisors/docker/adapter.ts";
import { makeImage, openEngine } from "#lib/supervisors/docker/contract-rig.ts";
import { openFarEngine } from "#lib/supervisors/docker/far-engine-rig.ts";
import type { Supervisor } from "#lib/supervisors/supervisor.ts";
import {
  counting,
  expectAccounted,
  expectSame,
  known,
  LINES,
  NIGHTLY,
  numbers,
  PATIENCE,
  readWithLosses,
} from "./oracle-rig.ts";

process.env.TRIHELM_LOG_LEVEL = "silent";
const IMAGE = "trihelm-daemon-logs:base";
const ending = new AbortController();
const sources: Supervisor[] = [];
let engine: Awaited<ReturnType<typeof openEngine>>;
let far: Awaited<ReturnType<typeof openFarEngine>>;

beforeAll(async () => {
  engine = await openEngine({ liveRestore: true });
  await makeImage(engine.docker, IMAGE);
  far = await openFarEngine(engine.endpoint.replace("unix://", ""));
  sources.push(createDocker({ host: "own", endpoint: engine.endpoint }));
  sources.push(createDocker({ host: "far", endpoint: far.endpoint }));
  for (const source of sources) watchSupervisor(source, ending.signal);
}, 60_000);
afterAll(async () => {
  ending.abort();
  for (const source of sources) source.close();
  far.close();
  await engine.docker("rm", "--force", "file", "api");
  await engine.close();
}, 60_000);

const { stop, kill, start } = {
  stop: () => engine.daemon.stop(),
  kill: () => engine.daemon.kill(),
  start: () => engine.daemon.start(),
};

test.each([
  ["its file", "own", "file"],
  ["its API", "far", "api"],
])("once and in order by %s", { timeout: PATIENCE }, async (_, host, name) => {
  await engine.docker("run", "--detach", "--network=none", "--name", name, IMAGE, "sh", "-c", counting());
  const id = await known(`${host}/docker/${name}`);
  const again = (end: () => Promise<void>) => async () => {
    await end();
    await start();
  };
  const seen = await readWithLosses(`/services/${id}/logs`, {
    at: { 4: again(stop), 9: again(kill), 14: again(kill) },
  });
  const gaps = seen.filter(({ gap }) => gap);
  // what a killed engine had taken and not yet written is there for nobody
  const kept = (await engine.docker("logs", name)).split("\n");
  expectAccounted(seen, kept);
  // a million lines on a busy machine may be more than one reader takes
  if (!NIGHTLY) expect(gaps).toEqual([]);
  const order = kept.map((text) => text.split(" ")[0]!);
  expect(order.at(-1)).toBe("over");
  expect(kept.length).toBeGreaterThan(LINES * 0.99);
  if (kept.length === LINES + 1) expectSame(order, [...numbers(LINES), "over"]);
});
