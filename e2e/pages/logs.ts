import { expect, type Locator, type Page } from "@playwright/test";

/** The merged log, by what a reader sees on it. */
export class LogsPage {
  readonly page: Page;
  readonly log: Locator;
  readonly search: Locator;
  /** says how the search stands */
  readonly hits: Locator;

  constructor(page: Page) {
    this.page = page;
    this.log = page.getByRole("log");
    this.search = page.getByRole("searchbox", { name: "Search", exact: true });
    this.hits = page.locator("span[role=status]");
  }

  /** Opens the log of these services, everything that there is of it, and waits for its first line. */
  async open(services: readonly string[], more = ""): Promise<void> {
    const query = services.map((id) => `service=${encodeURIComponent(id)}`).join("&");
    await this.page.goto(`/logs?${query}&range=all${more}`);
    await expect(this.rows().first()).toBeVisible();
  }

  /** Goes to the newest line that holds a text, wherever it is. */
  async find(text: string): Promise<Locator> {
    await this.search.fill(text);
    await expect(this.hits.filter({ hasText: /^[1-9]\d*\+?$/ })).toBeVisible();
    await this.search.press("Enter");
    await expect(this.selected()).toBeVisible();
    await this.search.blur();
    return this.selected();
  }

  /** Waits until lines come by themselves. */
  async live(): Promise<void> {
    await expect(this.page.getByRole("button", { name: /^Live/ })).toBeVisible();
  }

  rows(): Locator {
    return this.log.locator("[data-line]");
  }

  row(text: string | RegExp): Locator {
    return this.rows().filter({ hasText: text });
  }

  /** The row that was gone to. */
  selected(): Locator {
    return this.rows().filter({ has: this.page.locator(".bg-accent") });
  }

  status(word: string): Locator {
    return this.page.getByRole("contentinfo").getByText(word, { exact: true });
  }
}
