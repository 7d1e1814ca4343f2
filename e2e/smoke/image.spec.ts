import { expect, test } from "@playwright/test";
import { docker, IMAGE, NAME } from "./image-setup.ts";

const MEGABYTE = 1_000_000;

test("the board is walked without one error of the page", async ({ page }) => {
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  page.on("response", (answer) => answer.status() >= 400 && errors.push(`${answer.status()} ${answer.url()}`));
  await page.goto("/");
  const board = page.getByRole("region", { name: "Docker", exact: true });
  const self = board.getByRole("link", { name: NAME, exact: true });
  await expect(self).toBeVisible();
  await expect(page.getByRole("region", { name: "systemd", exact: true })).toContainText("systemd is not here");
  await expect(page.getByRole("region", { name: "PM2", exact: true })).toContainText("is not here");
  await page.getByRole("button", { name: "By app" }).click();
  await page.getByRole("button", { name: "By supervisor" }).click();
  await page.getByRole("searchbox", { name: "Filter services" }).fill(NAME);
  await self.click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText(NAME);
  await page.goto("/api/v1/docs");
  await expect(page.getByRole("heading", { name: "Trihelm API" })).toBeVisible();
  expect(errors).toEqual([]);
});

test("who is not signed in is let in nowhere", async ({ playwright, baseURL }) => {
  const nobody = await playwright.request.newContext({ baseURL: baseURL!, storageState: { cookies: [], origins: [] } });
  expect((await nobody.get("/api/v1/services")).status()).toBe(401);
  const page = await nobody.get("/", { maxRedirects: 0 });
  expect([page.status(), page.headers().location]).toEqual([307, "/sign-in"]);
  await nobody.dispose();
  expect(docker("exec", NAME, "node", "scripts/trihelm.ts", "audit", "verify")).toMatch(/unbroken/);
});

test("it runs as an ordinary user on a disk that it cannot write", () => {
  expect(docker("exec", NAME, "id", "-u")).toBe("1000");
  expect(docker("inspect", "--format", "{{.HostConfig.ReadonlyRootfs}}", NAME)).toBe("true");
  expect(() => docker("exec", NAME, "touch", "/app/x")).toThrow(/Read-only/);
  expect(docker("exec", NAME, "ls", "/data")).toContain("trihelm.db");
});

test("the engine calls it healthy, and the command line works inside", async () => {
  await expect
    .poll(() => docker("inspect", "--format", "{{.State.Health.Status}}", NAME), { timeout: 40_000 })
    .toBe("healthy");
  expect(docker("exec", NAME, "node", "scripts/trihelm.ts", "doctor")).toContain("local/docker: ready");
  expect(docker("exec", NAME, "node", "scripts/trihelm.ts", "openapi")).toContain('"openapi": "3.1.0"');
  expect(docker("exec", NAME, "sh", "-c", "journalctl --version | head -1")).toContain("systemd");
});

test("it carries no build tools and is at most 250 MB beyond its base", () => {
  for (const tool of ["npm", "npx", "gcc", "make", "git"])
    expect(docker("exec", NAME, "sh", "-c", `command -v ${tool} || echo none`)).toBe("none");
  const size = (image: string) => Number(docker("image", "inspect", "--format", "{{.Size}}", image));
  const beyond = size(IMAGE) - size(process.env.TRIHELM_SMOKE_BASE as string);
  console.log(`the image is ${Math.round(beyond / MEGABYTE)} MB beyond its base`);
  expect(beyond).toBeLessThanOrEqual(250 * MEGABYTE);
});

test("told to stop, it ends by itself with success", () => {
  const before = Date.now();
  docker("stop", "-t", "10", NAME);
  expect(Date.now() - before).toBeLessThan(10_000);
  expect(docker("inspect", "--format", "{{.State.ExitCode}}", NAME)).toBe("0");
});
