import type { APIResponse, Locator, Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";
import { policyReports } from "./pages/policy-reports.ts";
import { PASSWORD } from "./stage/accounts.ts";

const UNIT = "/services/local/systemd/clawdis-gateway.service";
const CONTAINER = "/services/local/docker/wa-scheduler-api";
const APP = "/services/local/pm2/cosyworld";
const START = [
  "/",
  "/?group=app",
  "/logs",
  "/relay",
  "/relay/decode",
  UNIT,
  APP,
  CONTAINER,
  `${UNIT}?tab=environment`,
  "/nothing/here",
];
/** links are followed from page to page until there is no other kind of page, or this many were seen */
const MOST_PAGES = 60;

const DATA = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const EVERYWHERE = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": expect.stringContaining("camera=()"),
};

test("no page that a link leads to needs what the policy refuses", async ({ page }) => {
  test.setTimeout(360_000);
  const reports = await policyReports(page);
  const seen = new Set<string>();
  const waiting = [...START];
  for (let path = waiting.shift(); path !== undefined && seen.size < MOST_PAGES; path = waiting.shift()) {
    if (seen.has(path) || (!START.includes(path) && isSeen(seen, path))) continue;
    seen.add(path);
    await page.goto(path);
    await expect(page.getByRole("main").first()).toBeVisible();
    // again where the page leads on to another one by itself
    await expect(async () => void waiting.push(...(await linksOf(page)))).toPass();
  }
  expect(reports).toEqual([]);
  for (const path of [...START, "/settings/people", "/settings/audit"]) expect(seen).toContain(path);
});

test("nor do the pages for whoever is not signed in", async ({ pageAs }) => {
  const page = await pageAs(null);
  const reports = await policyReports(page);
  for (const path of ["/sign-in", "/sign-in/done", "/setup", "/nothing/here"]) {
    await page.goto(path);
    await expect(page.getByRole("main").first()).toBeVisible();
  }
  await page.goto("/sign-in");
  await page.getByLabel("User name").fill("nobody-at-all");
  await page.getByLabel("Password", { exact: true }).fill("not a password of anybody");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("alert").first()).toBeVisible();
  expect(reports).toEqual([]);
});

test("nor does anything on the overview: palette, keys, menus, theme, messages", async ({ board, page }) => {
  const reports = await policyReports(page);
  await board.open();
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").fill("logs");
  await page.keyboard.press("ArrowDown");
  await closed(page, page.getByRole("dialog"));
  await page.keyboard.press("?");
  await closed(page, page.getByRole("dialog"));
  await page.getByRole("button", { name: /^Sort/ }).click();
  await closed(page, page.getByRole("menu"));
  for (const theme of ["Light", "Dark"]) {
    await page.getByRole("button", { name: "Theme" }).click();
    await page.getByRole("menuitemradio", { name: theme }).click();
    await expect(page.locator("html")).toHaveAttribute("data-theme", theme.toLowerCase());
    await expect(page.getByRole("menu")).toBeHidden();
  }
  await page.route("**/restart", (route) =>
    route.fulfill({
      status: 502,
      contentType: "application/problem+json",
      body: JSON.stringify({ status: 502, code: "action_failed", title: "Refused", detail: "it would not" }),
    }),
  );
  await (await board.button("Restart", "cosyworld")).click();
  await expect(board.messages).toContainText("it would not");
  expect(reports).toEqual([]);
});

test("nor does a service's page: its tabs, a tooltip", async ({ page }) => {
  const reports = await policyReports(page);
  await page.goto("/services/local/systemd/nightly-report.service");
  // the card names when in its first line; its lines of the log have times of their own
  const time = page.getByRole("region", { name: "Last exit" }).locator("time").first();
  // a pointer that was there before the page could hear it has to come again
  await expect(async () => {
    await page.mouse.move(0, 0);
    await time.hover();
    await expect(page.locator("[data-open][data-side]").first()).toBeVisible({ timeout: 1500 });
  }).toPass();
  const tabs = page.getByRole("navigation", { name: "Service", exact: true }).getByRole("link");
  for (const tab of await tabs.all()) {
    await tab.click();
    await expect(tab).toHaveAttribute("aria-current", "page");
  }
  expect(reports).toEqual([]);
});

test("nor do the dialogs of the settings, the QR code among them", async ({ pageAs }) => {
  // as the viewer: the secret is made and never confirmed, which changes nothing for anybody
  const page = await pageAs("viewer");
  const reports = await policyReports(page);
  await page.goto("/settings/tokens");
  await page.getByRole("button", { name: /^Make a token/ }).click();
  await closed(page, page.getByRole("dialog"));
  await page.goto("/settings/sign-in");
  await page
    .getByRole("button", { name: /^Set up/ })
    .first()
    .click();
  await page.getByRole("dialog").getByLabel("Your password").fill(PASSWORD);
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByRole("dialog").getByRole("img")).toBeVisible();
  await closed(page, page.getByRole("dialog"));
  expect(reports).toEqual([]);
});

test("nor do live logs, their search by text and expression, and their menus", async ({ page }) => {
  const reports = await policyReports(page);
  await page.goto(`/logs?service=${encodeURIComponent("local/systemd/clawdis-gateway.service")}`);
  const log = page.getByRole("log");
  await expect(log.locator("[data-line]").first()).toBeVisible();
  const search = page.getByRole("searchbox", { name: "Search" });
  await search.fill("handled");
  await page.getByRole("button", { name: "Regular expression" }).click();
  await search.fill("hand(l)ed|[0-9]+");
  await expect(log.locator("mark").first()).toBeVisible();
  for (const name of ["Times", "Download"]) {
    await page.getByRole("button", { name }).first().click();
    await closed(page, page.getByRole("menu"));
  }
  await page.getByRole("button", { name: "Wrap long lines" }).click();
  await log.locator("[data-line]").first().click();
  expect(reports).toEqual([]);
});

test("the policy refuses what it should, and the reports above would have told", async ({ page, board }) => {
  const reports = await policyReports(page);
  await board.open();
  const ran = await page.evaluate(async () => {
    const tries: Record<string, () => unknown> = {
      markup: () => {
        document.body.innerHTML = "<img src=x onerror='window.ran=1'>";
      },
      "inserted markup": () => document.body.insertAdjacentHTML("beforeend", "<b>x</b>"),
      "a script from elsewhere": () => {
        document.createElement("script").src = "https://evil.example/x.js";
      },
      "a script from the API": () => {
        document.createElement("script").src = "/api/v1/services";
      },
      "a function of text": () => Reflect.construct(Function, ["window.ran=1"])(),
      "a timer of text": () => Reflect.apply(setTimeout, null, ["window.ran=1"]),
      "a handler in an attribute": () => document.body.setAttribute("onclick", "window.ran=1"),
    };
    // out of the debugger's own call, to which it allows everything
    await new Promise((resolve) => setTimeout(resolve, 0));
    const passed = Object.entries(tries).flatMap(([name, attempt]) => {
      try {
        attempt();
        return [name];
      } catch {
        return [];
      }
    });
    const inline = document.createElement("style");
    inline.append("body { outline: 3px solid red }");
    document.head.append(inline);
    document.body.setAttribute("style", "outline: 3px solid red");
    const outlined = getComputedStyle(document.body).outlineStyle !== "none";
    await new Promise((resolve) => setTimeout(resolve, 50));
    return { passed, outlined, marked: "ran" in window };
  });
  expect(ran).toEqual({ passed: [], outlined: false, marked: false });
  await expect.poll(() => reports.join("\n")).toMatch(/style-src-attr/);
  expect(reports.join("\n")).toMatch(/require-trusted-types-for/);
});

test("a page as it is sent: one nonce of its own, and nothing inline without it", async ({ request }) => {
  const first = await request.get("/");
  const nonce = nonceOf(first);
  expect(first.headers()).toMatchObject({
    ...EVERYWHERE,
    "content-security-policy": [
      "default-src 'none'",
      `script-src 'nonce-${nonce}' 'strict-dynamic'`,
      `style-src 'self' 'nonce-${nonce}' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' 'sha256-StEaX+se6YS7pqjzrzMIA0KaX9zF/8zAhvQXZAe5epY='`,
      "style-src-attr 'none'",
      "img-src 'self' data: blob:",
      "font-src 'self'",
      "connect-src 'self'",
      "manifest-src 'self'",
      "worker-src 'self'",
      "form-action 'self'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types nextjs default",
    ].join("; "),
    "cache-control": expect.stringContaining("no-store"),
  });
  expect(nonceOf(await request.get("/"))).not.toBe(nonce);
  expect(first.headers()).not.toHaveProperty("x-powered-by");
  for (const path of START) {
    const answer = await request.get(path);
    const text = await answer.text();
    for (const [tag] of text.matchAll(/<(?:script|style)\b[^>]*>/g))
      expect(tag).toContain(`nonce="${nonceOf(answer)}"`);
    for (const [tag] of text.matchAll(/<[a-z][^<>]*\s(?:style|on\w+)=[^<>]*>/g)) expect(tag, path).toBe("");
  }
});

test("whatever else is sent says what a browser may do with it", async ({ request }) => {
  for (const path of ["/api/v1/services", "/api/v1/nothing", "/api/v1/openapi.json", "/api/health/live"]) {
    const { "content-security-policy": policy, ...headers } = (await request.get(path)).headers();
    expect(policy, path).toBe(DATA);
    expect(headers, path).toMatchObject({ ...EVERYWHERE, "cache-control": "no-store" });
  }
  const refused = await request.get("/", { headers: { origin: "https://evil.example" } });
  expect(refused.status()).toBe(403);
  const page = await (await request.get("/")).text();
  const file = /\/_next\/static\/[^"]+\.js/.exec(page)?.[0] ?? "";
  for (const answer of [
    refused,
    await request.get(file),
    await request.get("/icon.svg"),
    await request.get("/_next/static/no.js"),
    await request.post("/"),
  ])
    expect(answer.headers(), answer.url()).toMatchObject({
      ...EVERYWHERE,
      "content-security-policy": expect.stringMatching(/^default-src 'none'; script-src 'nonce-/),
    });
});

/** Something that opened is there, and is closed again. */
async function closed(page: Page, opened: Locator): Promise<void> {
  await expect(opened).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(opened).toBeHidden();
}

function nonceOf(answer: APIResponse): string {
  return /'nonce-([^']+)'/.exec(answer.headers()["content-security-policy"] ?? "")?.[1] ?? "none";
}

/** Where the page's own links lead, without what only chooses a part of a page. */
async function linksOf(page: Page): Promise<string[]> {
  const links = await page.getByRole("link").evaluateAll((all) => all.map((link) => (link as HTMLAnchorElement).href));
  return links
    .map((link) => new URL(link))
    .filter(
      ({ origin, pathname }) => origin === new URL(page.url()).origin && /^\/(?!api\/(?!v1\/docs$))/.test(pathname),
    )
    .map(({ pathname, search }) => `${pathname}${search}`);
}

/** One page of a kind is enough: a tab is looked at for one service of each supervisor, whatever else is asked of a page. */
function isSeen(seen: ReadonlySet<string>, link: string): boolean {
  const kind = (path: string) => {
    const { pathname, searchParams } = new URL(path, "http://here");
    const page = pathname.replace(/^\/services\/([^/]+\/[^/]+)\/[^/]+/, "/services/$1/one");
    return `${page} ${searchParams.get("tab")} ${[...searchParams.keys()].sort()}`;
  };
  return [...seen].some((path) => kind(path) === kind(link));
}
