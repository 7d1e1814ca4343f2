import { AxeBuilder } from "@axe-core/playwright";
import { type BrowserContext, test as base, expect, type Page } from "@playwright/test";
import type { TestHost } from "./host/host.ts";
import { AccountPage } from "./pages/account.ts";
import { BoardPage } from "./pages/board.ts";
import { settling } from "./pages/settled.ts";
import { PASSWORD, type Role } from "./stage/accounts.ts";
import { signedIn, stageHost } from "./stage/stage.ts";

interface Fixtures {
  host: TestHost;
  /** the overview; the browser is signed in as the admin */
  board: BoardPage;
  /** a page of another browser, signed in as somebody else, or as nobody */
  pageAs: (role: Role | null) => Promise<Page>;
  /** what the page threw or could not load; checked to be nothing after each test */
  pageErrors: string[];
}

export const test = base.extend<Fixtures>({
  page: async ({ page }, use) => use(settling(page)),
  // biome-ignore lint/correctness/noEmptyPattern: the runner reads the names of what a fixture needs from here
  host: async ({}, use) => use(stageHost()),
  board: async ({ page }, use) => use(new BoardPage(page)),
  pageAs: async ({ browser }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async (role) => {
      const nobody = { cookies: [], origins: [] };
      const context = await browser.newContext({ storageState: role === null ? nobody : signedIn(role) });
      contexts.push(context);
      return settling(await context.newPage());
    });
    for (const context of contexts) await context.close();
  },
  pageErrors: [
    async ({ page }, use) => {
      const errors: string[] = [];
      page.on("pageerror", (error) => errors.push(String(error)));
      await use(errors);
      expect(errors).toEqual([]);
    },
    { auto: true },
  ],
});

/**
 * For a spec that may be asked who it is: proving that gives a session a new id, and the one that the browser begins with is
 * everybody's.
 */
export function haveOwnSession(): void {
  test.use({ storageState: { cookies: [], origins: [] } });
  test.beforeEach(async ({ page }) => {
    await new AccountPage(page).signIn("mara", { password: PASSWORD });
  });
}

/** Fails with every breach of WCAG 2.1 A and AA on the page. */
export async function expectAccessible(page: Page): Promise<void> {
  // what is fading in has the colours of neither before nor after
  await page.emulateMedia({ reducedMotion: "reduce" });
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"])
    .analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join("\n  ")}`);
  expect(found).toEqual([]);
}

export { expect };
