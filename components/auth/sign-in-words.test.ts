import { describe, expect, test } from "vitest";
import { refusalWords, returnedWords } from "./sign-in-words.ts";

const refusal = (status: number, retryAfter: number | null = null) => ({ status, retryAfter, words: "its own words" });

describe("refusalWords", () => {
  test("a wrong name and a wrong password read the same", () => {
    for (const status of [400, 401, 403]) expect(refusalWords(refusal(status), "Wrong.")).toBe("Wrong.");
  });

  test("too many tries say when it works again, never too early", () => {
    expect(refusalWords(refusal(429, 12), "")).toBe("Too many tries. Try again in 12 s.");
    expect(refusalWords(refusal(429, 841), "")).toBe("Too many tries. Try again in 15 min.");
    expect(refusalWords(refusal(429), "")).toBe("Too many tries. Try again in 15 min.");
  });

  test("anything else has the server's reason", () => {
    expect(refusalWords(refusal(500), "Wrong.")).toBe("its own words");
    expect(refusalWords(refusal(0), "Wrong.")).toBe("its own words");
  });
});

describe("returnedWords", () => {
  test("known reasons are explained", () => {
    expect(returnedWords("access_denied")).toMatch(/did not let you in/);
  });

  test("words of the address are not repeated", () => {
    for (const reason of ["Call +1 555 0100", "<b>x</b>", "constructor", "__proto__"])
      expect(returnedWords(reason)).toBe("Signing in there did not work. The log of Trihelm has the reason.");
  });

  test("no reason, nothing to say", () => {
    expect(returnedWords(null)).toBeNull();
  });
});
