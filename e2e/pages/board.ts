import { expect, type Locator, type Page } from "@playwright/test";

export type ColumnName = "systemd" | "PM2" | "Docker";

/** The overview, by what a reader sees on it. */
export class BoardPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Opens the board and waits until its stream is live: buttons answer from then on. */
  async open(search = ""): Promise<void> {
    await this.page.goto(`/${search}`);
    await this.live();
  }

  async live(options: { timeout?: number } = {}): Promise<void> {
    await expect(this.page.getByRole("contentinfo").getByText("Live", { exact: true })).toBeVisible(options);
  }

  column(name: ColumnName): Locator {
    return this.page.getByRole("region", { name, exact: true });
  }

  /** A service's row on the board, not in the list of what needs somebody. */
  row(name: string): Locator {
    return this.page
      .locator("[data-column]")
      .getByRole("listitem")
      .filter({ has: this.link(name) });
  }

  need(name: string): Locator {
    return this.page
      .getByRole("region", { name: /needs you/i })
      .getByRole("listitem")
      .filter({ has: this.link(name) });
  }

  link(name: string): Locator {
    return this.page.getByRole("link", { name, exact: true });
  }

  /** A row's button. They are there for the row that somebody is at: the keyboard's place does not move with the rows. */
  async button(verb: string, name: string): Promise<Locator> {
    const row = this.row(name);
    const link = row.getByRole("link", { name, exact: true });
    await this.page.mouse.move(0, 0);
    await link.blur();
    await link.focus();
    return row.getByRole("button", { name: `${verb} ${name}`, exact: true });
  }

  get filter(): Locator {
    return this.page.getByRole("searchbox", { name: "Filter services" });
  }

  get messages(): Locator {
    return this.page.getByRole("region", { name: /^Messages/ });
  }
}
