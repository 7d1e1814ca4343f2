import vm from "node:vm";
import { describe, expect, test } from "vitest";
import { guestHtml } from "./guest-html.ts";

const page = guestHtml("a-nonce");
const script = /<script nonce="a-nonce">(.*)<\/script>/s.exec(page)?.[1] ?? "";

describe("the page behind a one-time link", () => {
  test("its script stands alone: it compiles, and what it names is on the page", () => {
    expect(() => new vm.Script(script)).not.toThrow();
    const named = [...script.matchAll(/\b(?:part|say)\("([\w-]+)"/g)].map(([, id]) => id);
    expect(named.length).toBeGreaterThan(20);
    expect([...new Set(named)].filter((id) => !page.includes(`id="${id}"`))).toEqual([]);
  });

  test("nothing ends the script or the style before their end", () => {
    expect(script).not.toMatch(/<\/script|<!--/i);
    expect(page.match(/<\/(?:script|style)>/g)).toHaveLength(2);
  });

  test("nothing runs or is styled without the nonce of its own request", () => {
    for (const [tag] of page.matchAll(/<(?:script|style)\b[^>]*>/g)) expect(tag).toContain('nonce="a-nonce"');
    for (const [tag] of page.matchAll(/<[a-z][^<>]*>/g)) expect(tag).not.toMatch(/\s(?:style|on\w+)=/);
    expect(page).not.toMatch(/https?:\/\//);
  });

  test("it is small enough for a slow line", () => {
    expect(page.length).toBeLessThan(24_000);
  });
});
