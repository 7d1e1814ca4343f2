import { spawnSync } from "node:child_process";
import { expect, type Locator, type Page } from "@playwright/test";
import { docker } from "../host/containers.ts";
import { ask } from "../stage/stage.ts";

export const WORKER = "wa-scheduler-worker";
export const ID = `local/docker/${WORKER}`;
/** what the worker's two codes say, by turns */
export const CODES = [
  "2@Zk9vQ3hXb2J0bGVyU3RhbmRJbkZvclRyaWhlbG1UZXN0cw==,c3RhbmQtaW4gcHVibGljIGtleSBvbmUsIDMyIGJ5dGVz,c3RhbmQtaW4gaWRlbnRpdHkga2V5IHR3byAzMmI=,c3RhbmQtaW4gYWR2IHNlY3JldCBrZXkgdGhyZWU=",
  "2@dGhlIG5leHQgb25lLCBvZiBubyBwaG9uZSBhdCBhbGw=,c3RhbmQtaW4gcHVibGljIG5vaXNlIGtleSwgbmV4dCE=,c3RhbmQtaW4gaWRlbnRpdHkga2V5LCB0aGUgbmV4dCE=,c3RhbmQtaW4gYWR2IGtleSwgbmV4dA==",
];

/** The worker prints its next code. */
export function askForScan(): void {
  docker("kill", "--signal", "USR2", WORKER);
}

/** A phone has scanned it: the worker says that it is logged in. */
export function phoneLinks(): void {
  docker("kill", "--signal", "HUP", WORKER);
}

interface Asking {
  state: string;
  payload: string | null;
  firstSeenAt: string;
}

/** What the server holds of the worker's last code; null: nothing. One without a payload is over. */
export async function asking(): Promise<Asking | null> {
  const { items } = (await (await ask("/api/v1/relay/codes")).json()) as { items: (Asking & { service: string })[] };
  return items.find(({ service }) => service === ID) ?? null;
}

/** The text of the code that waits now. */
export async function codeNow(): Promise<string | null> {
  return (await asking())?.payload ?? null;
}

/** Nobody waits for a scan, and no link is alive: whatever was before. */
export async function nothingWaits(): Promise<void> {
  phoneLinks();
  await expect.poll(codeNow).toBe(null);
  for (const { id, endedAs } of await links()) if (endedAs === null) await revoke(id);
}

interface OneLink {
  id: string;
  service: string;
  opens: number;
  endedAs: string | null;
}

/** Links to the worker's code, as the server tells of them. */
export async function links(): Promise<OneLink[]> {
  const { items } = (await (await ask("/api/v1/relay/links")).json()) as { items: OneLink[] };
  return items.filter(({ service }) => service === ID);
}

export async function revoke(id: string): Promise<void> {
  await ask(`/api/v1/relay/links/${id}`, { method: "DELETE" });
}

/** What the trail holds of one link, without the family's name: `create`, `open`… */
export async function trailOf(id: string): Promise<string[]> {
  const answer = await ask("/api/v1/audit?action=relay.link.&limit=200");
  const { items } = (await answer.json()) as { items: { action: string; intent: { link?: string } }[] };
  return items.filter(({ intent }) => intent.link === id).map(({ action }) => action.replace("relay.link.", ""));
}

/** The relay, by what a reader sees on it. */
export class RelayPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async open(search = ""): Promise<void> {
    await this.page.goto(`/relay${search}`);
    await expect(this.page.getByRole("heading", { name: "QR relay" }).or(this.pane).first()).toBeVisible();
  }

  /** The row of the worker's code that waits. */
  get waiting(): Locator {
    return this.page
      .getByRole("region", { name: "Codes" })
      .getByRole("listitem")
      .filter({ hasText: WORKER })
      .filter({ hasText: "Waiting for scan" });
  }

  get pane(): Locator {
    return this.page.getByRole("complementary", { name: `Code from ${WORKER}` });
  }

  get picture(): Locator {
    return this.page.getByRole("img", { name: /^QR code/ });
  }

  /** Makes a link to the worker's code and gives its address. */
  async makeLink(fields: Record<string, string> = {}): Promise<string> {
    const known = await this.pane.getByLabel("Address of the link").count();
    await this.pane.getByRole("button", { name: /^Make (a link|another)/ }).click();
    const dialog = this.page.getByRole("dialog");
    for (const [label, value] of Object.entries(fields)) await dialog.getByLabel(label).fill(value);
    await dialog.getByRole("button", { name: "Make link" }).click();
    await expect(this.pane.getByLabel("Address of the link")).toHaveCount(known + 1);
    return this.pane.getByLabel("Address of the link").first().inputValue();
  }
}

/** What a camera reads off the screen now; "" where it finds nothing. */
export async function photographed(page: Page): Promise<string> {
  const input = await page.screenshot();
  const read = spawnSync("zbarimg", ["--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", "-"], { input });
  if (read.error)
    throw new Error("zbarimg is what reads codes off screenshots: install zbar-tools", { cause: read.error });
  return read.stdout.toString("utf8").trim();
}
