import { expect, type Page } from "@playwright/test";

/**
 * A page streams its parts hidden and moves each to its place: for a moment a text may stand in both. Resolves when every
 * part is where it belongs.
 */
export async function settled(page: Page): Promise<void> {
  await expect(page.locator('div[hidden][id^="S:"]')).toHaveCount(0);
}

/** The same page, whose `goto` ends when it has settled. */
export function settling(page: Page): Page {
  const go = page.goto.bind(page);
  page.goto = async (...args) => {
    const answer = await go(...args);
    await settled(page);
    return answer;
  };
  return page;
}
