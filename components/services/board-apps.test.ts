import { expect, test } from "vitest";
import { boardApps, dealApps } from "./board-apps.ts";
import { DEFAULT_VIEW } from "./board-view.ts";
import { aService } from "./testing.ts";

const none = new Set<string>();

function apps(services: ReturnType<typeof aService>[], view = {}) {
  return boardApps(services, none, { ...DEFAULT_VIEW, ...view });
}

function members(services: ReturnType<typeof aService>[]): Record<string, string[]> {
  return Object.fromEntries(apps(services).map((app) => [app.name, app.ids.map((id) => id.split("/")[2]!)]));
}

test("a declared group is the app, over all supervisors", () => {
  expect(
    members([
      aService("web", { supervisor: "docker", group: "shop" }),
      aService("shop-mailer.service"),
      aService("jobs", { supervisor: "pm2", group: "shop" }),
    ]),
  ).toEqual({ shop: ["jobs", "shop-mailer.service", "web"] });
});

test("a first word shared by two makes an app, one alone keeps its own name", () => {
  expect(
    members([
      aService("fondation-worker", { supervisor: "pm2" }),
      aService("fondation-digest", { supervisor: "pm2" }),
      aService("clawdis-gateway.service"),
    ]),
  ).toEqual({ "clawdis-gateway": ["clawdis-gateway.service"], fondation: ["fondation-digest", "fondation-worker"] });
});

test("a short first word proves nothing", () => {
  expect(Object.keys(members([aService("api-a"), aService("api-b")]))).toEqual(["api-a", "api-b"]);
});

test("what one app is told to need belongs to it", () => {
  const app = aService("cosyworld", { supervisor: "pm2" });
  const mongod = aService("mongod.service", { source: "/lib/systemd/system/mongod.service", dependents: [app.id] });
  expect(members([app, mongod])).toEqual({ cosyworld: ["cosyworld", "mongod.service"] });
});

test("what several apps need, and the distribution's units, are the platform, last of those without trouble", () => {
  const [a, b] = [aService("alpha"), aService("zulu")];
  const shared = aService("postgres.service", {
    source: "/usr/lib/systemd/system/postgres.service",
    dependents: [a.id, b.id],
  });
  const names = apps([shared, a, b, aService("pm2-deploy.service")]).map((app) => app.name);
  expect(names).toEqual(["alpha", "zulu", "Platform"]);
});

test("the worst service speaks for its app, and trouble comes first", () => {
  const [first, second] = apps([
    aService("good"),
    aService("bad-web", { supervisor: "docker", group: "bad", state: "failed" }),
    aService("bad-db", { supervisor: "docker", group: "bad", state: "restarting" }),
  ]);
  expect(first).toMatchObject({ name: "bad", total: 2, noneUp: true });
  expect(first!.troubles.map((count) => `${count.count} ${count.word}`)).toEqual(["1 failed", "1 restarting"]);
  expect(second).toMatchObject({ name: "good", troubles: [], noneUp: false });
});

test("a filter leaves out apps without a match, and keeps what the header says", () => {
  const list = apps([aService("fondation-a"), aService("fondation-b"), aService("other")], { q: "ation-a" });
  expect(list.map((app) => [app.name, app.ids.length, app.total])).toEqual([["fondation", 1, 2]]);
});

test("apps are dealt to the shortest column", () => {
  const app = (name: string, size: number) => ({ ...apps([aService(name)])[0]!, ids: Array(size).fill(name) });
  const dealt = dealApps([app("a", 2), app("b", 5), app("c", 1), app("d", 1)], 3);
  expect(dealt.map((column) => column.map((a) => a.name))).toEqual([["a"], ["b"], ["c", "d"]]);
});
