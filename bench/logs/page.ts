/** A log in an open page: how soon a line is there, whether a torrent leaves it alive, and how a million lines scroll. */
import { execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type BrowserContext, chromium, type Page } from "@playwright/test";
import { findBrowser } from "../../e2e/browser.ts";
import { makeAccounts, saveSignIn } from "../../e2e/stage/accounts.ts";
import type { Figure } from "../figure.ts";
import { asStarted } from "../processes.ts";
import { install, type Probe } from "./page-probe.ts";
import { closeWriters, openWriters, printed, startWriters, stopWriters } from "./page-writers.ts";

const PORT = 7438;
const URL = `http://127.0.0.1:${PORT}`;
const SECONDS = Number(process.env.BENCH_SECONDS ?? 60);
const MILLION = 1_000_000;

/** Needs root, Docker, a browser and a build (`npm run build`); takes about five minutes. */
export async function page(): Promise<Figure[]> {
  const state = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-bench-"));
  openWriters(state);
  const data = { TRIHELM_DATA_DIR: path.join(state, "data"), TRIHELM_LOG_LEVEL: "warn" };
  const env = { ...process.env, ...data, TRIHELM_PORT: String(PORT) };
  makeAccounts((argv, input = "") =>
    execFileSync(process.execPath, ["scripts/trihelm.ts", ...argv], { env, input, encoding: "utf8" }),
  );
  const server = spawn(process.execPath, [...asStarted(), "scripts/serve.ts"], { env, stdio: "inherit" });
  const browser = await chromium.launch({
    executablePath: findBrowser() ?? "",
    args: ["--disable-gpu", "--disable-background-networking", "--no-sandbox", "--enable-precise-memory-info"],
  });
  try {
    while (!(await isReady())) await sleep(100);
    const storageState = path.join(state, "signed-in.json");
    await saveSignIn(URL, "admin", storageState);
    const signedIn = await browser.newContext({ storageState, viewport: { width: 1440, height: 900 } });
    const wanted = process.env.BENCH_ONLY ?? "merged torrent scroll";
    return [
      ...(wanted.includes("merged") ? await merged(signedIn) : []),
      ...(wanted.includes("torrent") ? await torrent(signedIn) : []),
      ...(wanted.includes("scroll") ? await scrolled(signedIn) : []),
    ];
  } finally {
    await browser.close();
    server.kill();
    closeWriters();
    fs.rmSync(state, { recursive: true, force: true });
  }
}

/** Fifty services of 200 lines a second each, on one timeline. */
async function merged(browser: BrowserContext): Promise<Figure[]> {
  const tab = await showing(browser, startWriters(50, 200));
  const { ages, ...seen } = await watched(tab, Math.min(SECONDS, 30));
  await tab.close();
  stopWriters();
  ages.sort((one, other) => one - other);
  return [
    {
      what: "written until it is in the page, 50 merged, 99 of 100",
      value: ages[Math.floor(ages.length * 0.99)] ?? Number.NaN,
      unit: "ms",
      bound: 250,
      against: `median ${Math.round(ages[ages.length >> 1] ?? Number.NaN)} ms, ${told(seen)}`,
    },
  ];
}

/** One service of 10,000 lines a second. */
async function torrent(browser: BrowserContext): Promise<Figure[]> {
  const tab = await showing(browser, startWriters(1, 10_000));
  const seen = await watched(tab, SECONDS);
  await tab.close();
  stopWriters();
  const against = told(seen);
  return [
    { what: "a torrent: time of a frame, mean", value: seen.took / seen.frames, unit: "ms", bound: 33.3, against },
    {
      what: "the same: lines missing that nobody counted",
      value: seen.breaks,
      unit: "",
      bound: 0,
      against: `${seen.missing} counted as missing`,
    },
  ];
}

/** From the newest of a million lines to the oldest, a screen a frame and more. */
async function scrolled(browser: BrowserContext): Promise<Figure[]> {
  const name = await printed(MILLION);
  const tab = await showing(browser, [name]);
  const log = tab.getByRole("log");
  await log.hover();
  await tab.evaluate(() => Object.assign((window as unknown as Probed).probe, { longestTask: 0, longestFrame: 0 }));
  const from = performance.now();
  let oldest = MILLION;
  while (oldest > 0 && performance.now() - from < SECONDS * 4000) {
    await tab.mouse.wheel(0, -60_000);
    await tab.waitForTimeout(30);
    const text = await tab.locator("[data-line]").first().innerText();
    oldest = Number(/INFO (\d+) /.exec(text)?.[1] ?? oldest);
  }
  const { longestTask, longestFrame, longTasks } = await probeOf(tab);
  const took = (performance.now() - from) / 1000;
  await tab.close();
  stopWriters();
  const against = `${MILLION - oldest} lines scrolled over in ${took.toFixed(0)} s, ${longTasks} tasks over 50 ms, longest frame ${Math.round(longestFrame)} ms`;
  return [
    { what: "scrolling back over a million lines, longest task", value: longestTask, unit: "ms", bound: 200, against },
  ];
}

type Probed = { probe: Probe };

/** A page that shows these containers' lines, a moment after the first of them are there. */
async function showing(browser: BrowserContext, names: readonly string[]): Promise<Page> {
  const tab = await browser.newPage();
  await tab.addInitScript(install);
  const query = names.map((name) => `service=local/docker/${name}`).join("&");
  while ((await browser.request.get(`${URL}/api/v1/logs?${query}&tail=0`)).status() !== 200) await sleep(500);
  await tab.goto(`${URL}/logs?${query}&range=all`);
  await tab.locator("[data-line]").first().waitFor();
  await sleep(3000);
  return tab;
}

async function watched(tab: Page, seconds: number): Promise<Probe & { took: number }> {
  await tab.evaluate(() => {
    const { probe } = window as unknown as Probed;
    const counts = { frames: 0, longestFrame: 0, longestTask: 0, longTasks: 0, blocked: 0, lines: 0, missing: 0 };
    Object.assign(probe, { ...counts, breaks: 0, ages: [] });
  });
  const from = performance.now();
  await sleep(seconds * 1000);
  const probe = await probeOf(tab);
  return { ...probe, took: performance.now() - from };
}

function probeOf(tab: Page): Promise<Probe> {
  return tab.evaluate(() => (window as unknown as Probed).probe);
}

function told({
  took,
  lines,
  frames,
  longestTask,
  longestFrame,
  blocked,
  missing,
}: Omit<Probe, "ages"> & { took: number }): string {
  const seconds = took / 1000;
  return [
    `${Math.round(lines / seconds)} lines a second for ${seconds.toFixed(0)} s`,
    `${(frames / seconds).toFixed(1)} frames a second`,
    `longest frame ${Math.round(longestFrame)} ms, task ${Math.round(longestTask)} ms`,
    `blocked ${((blocked / took) * 100).toFixed(1)} %`,
    `${missing} missing`,
  ].join(", ");
}

async function isReady(): Promise<boolean> {
  try {
    return (await fetch(`${URL}/api/health/ready`)).ok;
  } catch {
    // it is still starting
    return false;
  }
}
