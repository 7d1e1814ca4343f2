import { describe, expect, test } from "vitest";
import { pieces, readQuery, search } from "./palette-search.ts";

const labels = (items: { label: string }[]) => items.map((item) => item.label);

describe("palette search", () => {
  const items = [
    { label: "Stop wa-scheduler-api", hint: "Docker" },
    { label: "Restart wa-scheduler-api", hint: "Docker" },
    { label: "Restart umami", hint: "Docker" },
    { label: "Restart caddy.service", hint: "systemd" },
  ];

  test("every word must be found, the start of a word first", () => {
    expect(labels(search(items, ["rest", "wa"], 9))).toEqual(["Restart wa-scheduler-api"]);
    expect(labels(search(items, ["restart"], 9))).toHaveLength(3);
    expect(labels(search(items, ["restart", "nothing"], 9))).toEqual([]);
  });

  test("the hint is searched too, after the label", () => {
    const both = [{ label: "Restart x", hint: "Docker" }, { label: "docker.service" }];
    expect(labels(search(both, ["docker"], 9))).toEqual(["docker.service", "Restart x"]);
  });

  test("letters left out are forgiven, single letters are not scattered", () => {
    expect(labels(search(items, ["rstrt", "umami"], 9))).toEqual(["Restart umami"]);
    expect(search([{ label: "Restart caddy" }], ["rc"], 9)).toEqual([]);
  });

  test("without words the weight decides", () => {
    const weighted = [{ label: "a" }, { label: "b", weight: 3 }];
    expect(labels(search(weighted, [], 1))).toEqual(["b"]);
  });

  test("prefixes choose a part", () => {
    expect(readQuery("> Rest  WA")).toEqual({ only: "actions", words: ["rest", "wa"] });
    expect(readQuery("@umami")).toEqual({ only: "services", words: ["umami"] });
    expect(readQuery("  ")).toEqual({ only: null, words: [] });
  });

  test("marks what matched, at the start of a word where there is one", () => {
    expect(pieces("Restart wa-db", ["rest", "wa"])).toEqual([
      { text: "Rest", hit: true, at: 0 },
      { text: "art ", hit: false, at: 4 },
      { text: "wa", hit: true, at: 8 },
      { text: "-db", hit: false, at: 10 },
    ]);
  });
});
