import { base32 } from "@better-auth/utils/base32";
import { createOTP } from "@better-auth/utils/otp";
import { expect, type Page } from "@playwright/test";
import { settled } from "./settled.ts";

export const PASSWORD = "correct horse battery";

/** Signing in and out, by what a reader sees. */
export class AccountPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Fills the form and sends it; where it leads is the caller's to expect. */
  async give(name: string, password: string): Promise<void> {
    await expect(this.page.getByRole("button", { name: "Sign in", exact: true })).toBeEnabled();
    await this.page.getByLabel("User name").fill(name);
    await this.page.getByLabel("Password", { exact: true }).fill(password);
    await this.page.getByRole("button", { name: "Sign in", exact: true }).click();
  }

  /** Signs in and waits until `path` is there and live. */
  async signIn(name: string, { path = "/", password = PASSWORD } = {}): Promise<void> {
    await this.page.goto(path === "/" ? "/sign-in" : `/sign-in?next=${encodeURIComponent(path)}`);
    await this.give(name, password);
    await this.page.waitForURL((url) => url.pathname === new URL(path, url).pathname);
    await this.live();
  }

  async signOut(name: string): Promise<void> {
    await this.page.getByRole("button", { name: `Account: ${name}` }).click();
    await this.page.getByRole("menuitem", { name: "Sign out" }).click();
    await this.page.waitForURL("**/sign-in");
  }

  /** Opens a page of the panel and waits until its buttons answer. */
  async open(path: string): Promise<void> {
    await this.page.goto(path);
    await this.live();
  }

  /** Below the phone's width the status bar is not there, and nothing says that it is live. */
  async live(): Promise<void> {
    await expect(this.page.getByRole("contentinfo").getByText("Live", { exact: true })).toBeVisible();
    await settled(this.page);
  }

  /** A device with a fingerprint reader that always says yes. */
  async addAuthenticator(): Promise<void> {
    const session = await this.page.context().newCDPSession(this.page);
    await session.send("WebAuthn.enable");
    const options = {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    } as const;
    await session.send("WebAuthn.addVirtualAuthenticator", { options });
  }
}

/** The code that an app shows now for a key as the page prints it. */
export async function codeOf(key: string): Promise<string> {
  const secret = new TextDecoder().decode(base32.decode(key.replace(/\s/g, "")));
  return createOTP(secret).totp();
}
