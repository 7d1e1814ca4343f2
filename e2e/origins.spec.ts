import type { Page } from "@playwright/test";
import { browserTests } from "./browser.ts";
import { expect, test } from "./fixtures.ts";
import { type HostileSite, openHostileSite, plunder } from "./pages/hostile-site.ts";

const ACT = "/api/v1/services/local/systemd/clawdis-gateway.service/restart";
const FOREIGN = "evil.example";
const { launchOptions } = browserTests.use;

// a name of theirs that leads to this machine, as after DNS rebinding
test.use({
  launchOptions: { ...launchOptions, args: [...launchOptions.args, `--host-resolver-rules=MAP ${FOREIGN} 127.0.0.1`] },
});

let site: HostileSite;
test.beforeAll(async () => {
  site = await openHostileSite();
});
test.afterAll(() => site.close());

for (const kind of ["sameSite", "crossSite"] as const)
  test(`a page of another origin, ${kind}, reads nothing, changes nothing, opens no stream`, async ({
    page,
    request,
    baseURL,
  }) => {
    const runs = async () => {
      const { since, instances } = await (await request.get(ACT.replace("/restart", ""))).json();
      return [since, ...instances.map(({ pid }: { pid: number }) => pid)];
    };
    const before = await runs();
    const answers = await answersOf(page, baseURL!);
    await page.goto(site.origins[kind]);
    const loot = await plunder(page, baseURL!, `${baseURL}${ACT}`);
    expect(loot.read).toEqual([]);
    expect(loot.refused.length).toBeGreaterThanOrEqual(20);
    expect(answers.filter(({ status }) => status !== 403)).toEqual([]);
    expect(answers.length).toBeGreaterThan(10);
    expect(await runs()).toEqual(before);
  });

test("the same tries from a page of its own do get through", async ({ page, baseURL }) => {
  await page.goto("/");
  const loot = await plunder(page, baseURL!, `${baseURL}/api/v1/nothing`);
  expect(loot.read).toEqual(
    expect.arrayContaining(["fetch", "fetch of a page", "XMLHttpRequest", "EventSource", "image"]),
  );
});

test("another site's form changes nothing, however it is encoded", async ({ page, baseURL }) => {
  for (const encoding of ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"]) {
    await page.goto(site.origins.crossSite);
    const answered = page.waitForResponse((response) => response.url().startsWith(baseURL!));
    const arrived = page.waitForURL(`${baseURL}/**`);
    await page.evaluate(
      ({ action, encoding }) => {
        const form = document.createElement("form");
        Object.assign(form, { action, method: "post", enctype: encoding });
        const field = document.createElement("input");
        Object.assign(field, { name: '{"timeout":', value: "1}" });
        form.append(field);
        document.body.append(form);
        form.submit();
      },
      { action: `${baseURL}${ACT}`, encoding },
    );
    expect((await answered).status(), encoding).toBe(403);
    await arrived;
  }
});

test("no page can be put into a frame", async ({ page, baseURL }) => {
  for (const origin of Object.values(site.origins)) {
    await page.goto(origin);
    for (const path of ["/", "/sign-in", "/api/v1/docs", "/nothing"]) {
      await page.evaluate(
        (src) =>
          new Promise<void>((done) => {
            const frame = document.createElement("iframe");
            frame.onload = () => done();
            frame.src = src;
            document.body.replaceChildren(frame);
          }),
        `${baseURL}${path}`,
      );
      const frame = page.frames().at(-1)!;
      expect(frame).not.toBe(page.mainFrame());
      expect((await frame.content()).includes("Trihelm"), `${origin} ${path}`).toBe(false);
    }
  }
});

test("a window that another site opened is out of its reach", async ({ page, context, baseURL }) => {
  await page.goto(site.origins.sameSite);
  const opened = context.waitForEvent("page");
  await page.evaluate((address) => {
    (window as { theirs?: Window | null }).theirs = window.open(address);
  }, `${baseURL}/`);
  const theirs = await opened;
  await theirs.waitForLoadState();
  expect(await page.evaluate(() => (window as { theirs?: Window | null }).theirs?.closed)).toBe(true);
  expect(await theirs.evaluate(() => window.opener)).toBeNull();
});

test("a link on another site leads to a page, and not to data", async ({ page, baseURL }) => {
  await page.goto(site.origins.crossSite);
  const follow = async (path: string) => {
    const answered = page.waitForResponse((response) => response.url() === `${baseURL}${path}`);
    await page.evaluate((address) => location.assign(address), `${baseURL}${path}`);
    await page.waitForURL(`${baseURL}/**`);
    return (await answered).status();
  };
  expect(await follow("/api/v1/services")).toBe(403);
  await page.goto(site.origins.crossSite);
  expect(await follow("/")).toBeLessThan(400);
  // it has arrived: a tab that is closed on its way may keep the browser waiting
  await expect(page.getByRole("contentinfo").getByText("Live", { exact: true })).toBeVisible();
});

test("whoever is signed in arrives by such a link where it leads", async ({ page, baseURL }) => {
  await page.goto(site.origins.crossSite);
  await page.evaluate((address) => location.assign(address), `${baseURL}/logs`);
  await page.waitForURL(`${baseURL}/logs`);
  await expect(page.getByRole("contentinfo").getByText("Live", { exact: true })).toBeVisible();
});

test("whoever is not signed in gets the form by such a link, and no loop", async ({ pageAs, baseURL }) => {
  const page = await pageAs(null);
  await page.goto(site.origins.crossSite);
  await page.evaluate((address) => location.assign(address), `${baseURL}/logs`);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  const answers = await answersOf(page, baseURL!);
  await expect(page).toHaveURL(`${baseURL}/sign-in?next=%2Flogs`);
  await page.getByLabel("Password", { exact: true }).fill("a page that goes on would forget this");
  await expect(page.getByLabel("Password", { exact: true })).toHaveValue("a page that goes on would forget this");
  expect(answers.filter(({ path }) => path === "/logs" || path === "/sign-in")).toEqual([]);
});

test("a foreign name that leads to this machine gets nothing: no page, no data, no stream", async ({
  page,
  baseURL,
}) => {
  const rebound = `http://${FOREIGN}:${new URL(baseURL!).port}`;
  for (const path of ["/", "/api/v1/services", "/api/v1/events", "/api/v1/setup", "/sign-in"]) {
    const answer = await page.goto(`${rebound}${path}`);
    expect(answer?.status(), path).toBe(403);
    expect(await answer?.text()).not.toContain("clawdis");
  }
  const answers = await answersOf(page, rebound);
  await plunder(page, rebound, `${rebound}${ACT}`);
  expect(answers.length).toBeGreaterThan(10);
  expect(answers.filter(({ status }) => status !== 403)).toEqual([]);
});

/** Every answer that the server gives to this page from now on, also those that the browser keeps from it. */
async function answersOf(page: Page, origin: string): Promise<{ status: number; path: string }[]> {
  const answers: { status: number; path: string }[] = [];
  const asked = new Map<string, URL>();
  const tools = await page.context().newCDPSession(page);
  tools.on("Network.requestWillBeSent", ({ requestId, request }) => asked.set(requestId, new URL(request.url)));
  tools.on("Network.responseReceivedExtraInfo", ({ requestId, statusCode }) => {
    const url = asked.get(requestId);
    if (url?.origin === origin) answers.push({ status: statusCode, path: url.pathname });
  });
  await tools.send("Network.enable");
  return answers;
}
