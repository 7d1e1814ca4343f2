import { expect, type Locator, type Page } from "@playwright/test";
import { PASSWORD } from "../stage/accounts.ts";

/** Volumes and backups, by what a reader sees. */
export class VolumesPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Opens the page and waits until its stream is live: buttons answer from then on. */
  async open(path = "/volumes"): Promise<void> {
    await this.page.goto(path);
    await expect(this.page.getByRole("contentinfo").getByText("Live", { exact: true })).toBeVisible();
  }

  /** Gives the password whenever the server wants to be sure who it is. */
  async proveWhenAsked(): Promise<void> {
    const asked = this.page.getByRole("dialog", { name: "Confirm that it is you" });
    await this.page.addLocatorHandler(asked, async (dialog) => {
      await dialog.getByLabel("Password", { exact: true }).fill(PASSWORD);
      await dialog.getByRole("button", { name: "Confirm" }).click();
    });
  }

  row(name: string): Locator {
    return this.page
      .getByRole("region", { name: "Volumes", exact: true })
      .getByRole("listitem")
      .filter({ has: this.page.getByRole("link", { name, exact: true }) });
  }

  /** Opens a volume beside the list. */
  async choose(name: string): Promise<Locator> {
    await this.row(name).getByRole("link", { name, exact: true }).click();
    const pane = this.pane(name);
    await expect(pane).toBeVisible();
    return pane;
  }

  pane(name: string): Locator {
    return this.page.getByRole("complementary", { name: `Volume ${name}` });
  }

  get jobs(): Locator {
    return this.page.getByRole("region", { name: "Jobs" });
  }

  /** A job that has ended, newest first. */
  ended(text: string): Locator {
    return this.jobs.getByRole("list", { name: "Ended jobs" }).getByRole("listitem").filter({ hasText: text });
  }

  dialog(name: string | RegExp): Locator {
    return this.page.getByRole("dialog", { name });
  }

  /** An item of what else can be done with a volume. */
  async more(name: string, item: string): Promise<void> {
    await this.page.getByRole("button", { name: `More for ${name}` }).click();
    await this.page.getByRole("menuitem", { name: item }).click();
  }
}
