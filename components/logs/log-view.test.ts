import { expect, test } from "vitest";
import { type LogView, NO_FILTER, parseField, parseLogView, writeLogView } from "./log-view.ts";

const USUAL = { last: "30m" } as const;
const BARE: LogView = { ...NO_FILTER, services: [], range: USUAL };

test("a bare address is the usual view, and the usual view a bare address", () => {
  expect(parseLogView(new URLSearchParams(), USUAL)).toEqual(BARE);
  expect(writeLogView(BARE, USUAL)).toBe("");
});

test("whatever is set comes back", () => {
  const views: LogView[] = [
    { ...BARE, services: ["local/systemd/mongod.service", "local/pm2%40deploy/a%2Fb"], q: "a&b=ü", only: true },
    { ...BARE, regex: true, matchCase: true, q: "^(GET|POST)", levels: ["error", "warn"], line: "abc/+=" },
    { ...BARE, range: null, fields: [{ path: "req.id", value: "x:y z" }] },
    { ...BARE, range: { since: "2025-11-14T14:19:00.000Z", until: "2025-11-14T14:20:00.000Z" } },
    { ...BARE, range: { last: "7d" }, levels: [] },
  ];
  for (const view of views) {
    expect(parseLogView(new URLSearchParams(writeLogView(view, USUAL)), USUAL)).toEqual(view);
  }
});

test("ids stay readable in the address", () => {
  expect(writeLogView({ ...BARE, services: ["local/docker/umami"] }, USUAL)).toBe("?service=local/docker/umami");
});

test("nonsense is left out", () => {
  const query = new URLSearchParams(
    "service=&service=a&service=a&levels=error,loud&range=9y&since=now&until=then&field=x",
  );
  expect(parseLogView(query, null)).toEqual({ ...BARE, services: ["a"], levels: ["error"], range: null });
});

test("a field is a name, a colon and a value; an address is none", () => {
  expect(parseField("req.id:c81f-0e2a")).toEqual({ path: "req.id", value: "c81f-0e2a" });
  expect(parseField('msg:"send failed"')).toEqual({ path: "msg", value: "send failed" });
  expect(parseField("mongodb://127.0.0.1:27017")).toBeNull();
  expect(parseField("27017")).toBeNull();
  expect(parseField("127.0.0.1:80")).toBeNull();
});
