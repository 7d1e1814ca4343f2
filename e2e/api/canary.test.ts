/** Planted secrets, looked for in everything that a viewer can get and in everything that the server writes. */
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { CANARIES, plantCanaries, removeCanaries } from "../host/canaries.ts";
import { ask, stageHost, trihelm } from "../stage/stage.ts";
import { PAGES } from "./allowed.ts";

const host = stageHost();
const PLANTED = ["local/systemd/canary.service", "local/pm2/canary-app", "local/docker/canary-box"];
const TABS = ["", "?tab=logs", "?tab=environment", "?tab=mounts", "?tab=config", "?tab=instances", "?tab=events"];
const WORDS = Object.entries(CANARIES);

let ids: string[] = [];

beforeAll(async () => {
  plantCanaries(host);
  await vi.waitFor(
    async () => {
      ids = await all();
      expect(ids).toEqual(expect.arrayContaining(PLANTED));
    },
    { timeout: 20_000, interval: 500 },
  );
}, 60_000);
afterAll(() => removeCanaries(host), 30_000);

async function all(): Promise<string[]> {
  const { items } = (await (await ask("/api/v1/services?all=1", { as: "viewer" })).json()) as {
    items: { id: string }[];
  };
  return items.map(({ id }) => id);
}

/** Where which secret was found, as words. */
function found(where: string, text: string): string[] {
  return WORDS.filter(([, word]) => text.includes(word)).map(([place]) => `${where}: ${place}`);
}

/** What comes within a moment; a stream is left then. */
async function read(path: string, headers: Record<string, string> = {}, milliseconds = 1500): Promise<string> {
  const leaving = AbortSignal.timeout(milliseconds + 15_000);
  const answer = await ask(path, { as: "viewer", headers, signal: leaving });
  const isEndless = /follow=1|\/events$/.test(path);
  if (!isEndless) return answer.text();
  let text = "";
  const reader = answer.body?.getReader();
  const over = setTimeout(() => void reader?.cancel(), milliseconds);
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read())
    text += new TextDecoder().decode(part.value);
  clearTimeout(over);
  return text;
}

test("the services are there, and so are the names under which they keep their secrets", async () => {
  const told = (await Promise.all(PLANTED.map((id) => read(`/api/v1/services/${id}`)))).join();
  for (const name of [
    "DB_PASSWORD",
    "API_TOKEN",
    "SMTP_PASS",
    "STRIPE_API_KEY",
    "POSTGRES_PASSWORD",
    "requirepass",
    "compose.yaml",
    "BACKUP_PASSPHRASE",
    "api-key",
  ])
    expect(told, name).toContain(name);
  for (const tab of TABS) expect((await ask(`/services/${PLANTED[0]}${tab}`, { as: "viewer" })).status).toBe(200);
});

test("no answer of the API holds one: every route that reads, for every service", { timeout: 240_000 }, async () => {
  const document = (await (await ask("/api/v1/openapi.json")).json()) as {
    paths: Record<string, Record<string, unknown>>;
  };
  const routes = Object.keys(document.paths).filter((path) => document.paths[path]?.get);
  const paths = routes.flatMap((path) => {
    if (path.includes("{id}")) return [path.replace("{id}", "mara")];
    if (path.includes("{host}")) return ids.map((id) => path.replace("{host}/{scope}/{name}", id));
    return /\/v1\/logs/.test(path)
      ? [`${path}?${PLANTED.map((id) => `service=${encodeURIComponent(id)}`).join("&")}`]
      : [path];
  });
  const more = PLANTED.flatMap((id) => [
    `/api/v1/services/${id}/logs?tail=all&follow=1`,
    `/api/v1/services/${id}/logs/download?tail=all`,
  ]);
  const leaks: string[] = [];
  for (const path of [...paths, ...more]) leaks.push(...found(path, await read(path)));
  expect(routes.length).toBeGreaterThan(10);
  expect(leaks).toEqual([]);
});

test("no page does, drawn by the server or sent to the router of an open one", { timeout: 240_000 }, async () => {
  const pages = Object.values(PAGES).map(({ path }) => path);
  const services = PLANTED.flatMap((id) => TABS.map((tab) => `/services/${id}${tab}`));
  const leaks: string[] = [];
  for (const path of [...pages, `/logs?service=${encodeURIComponent(PLANTED[0] ?? "")}`, ...services])
    for (const headers of [{}, { rsc: "1" }] as Record<string, string>[])
      leaks.push(...found(path, await read(path, headers)));
  expect(leaks).toEqual([]);
});

test("no refusal does, nor what the stream tells while something happens", { timeout: 60_000 }, async () => {
  const watching = read("/api/v1/events", {}, 8000);
  const answers: string[] = [];
  const post = async (path: string, body: unknown) => {
    const answer = await ask(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    answers.push(await answer.text());
  };
  for (const id of PLANTED) {
    for (const [action, body] of [
      ["restart", {}],
      ["pause", {}],
      ["unpause", {}],
      ["reload", {}],
      ["kill", { signal: "SIGNOPE" }],
      ["explode", {}],
    ] as const)
      await post(`/api/v1/services/${id}/${action}`, body);
    await post(`/api/v1/services/${id}/reveal`, { name: "NEVER_THERE" });
  }
  expect(found("a refusal", answers.join())).toEqual([]);
  expect(found("/events", await watching)).toEqual([]);
});

test("the server's own log does not, nor what its command line says", { timeout: 30_000 }, () => {
  const journal = host.run(["journalctl", "-u", "trihelm.service", "--all", "-o", "cat", "--no-pager"]);
  expect(journal.length).toBeGreaterThan(100);
  expect(found("the server's log", journal)).toEqual([]);
  expect(found("doctor", trihelm(["doctor"]))).toEqual([]);
});
