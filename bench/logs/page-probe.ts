/** What is counted inside the page while it shows a log. Runs in the browser: nothing here knows anything outside of itself. */

export interface Probe {
  frames: number;
  /** milliseconds of the longest time without a frame, and of the longest task */
  longestFrame: number;
  longestTask: number;
  /** tasks over 50 ms, and how long they were together */
  longTasks: number;
  blocked: number;
  /** lines that the page was given, and those that were told to be missing */
  lines: number;
  missing: number;
  /** places where the numbers of a service's lines do not follow each other */
  breaks: number;
  /** ages in milliseconds: from a line's own time to the frame that shows it, or what came after it */
  ages: number[];
}

/** Puts the probe into `window.probe`; call it before the page's own scripts run. */
export function install(): void {
  const probe: Probe = {
    ...{ frames: 0, longestFrame: 0, longestTask: 0, longTasks: 0, blocked: 0 },
    ...{ lines: 0, missing: 0, breaks: 0, ages: [] },
  };
  Object.assign(window, { probe });
  const last = new Map<string, number>();
  const parse = JSON.parse;
  JSON.parse = (text, reviver) => {
    const value = parse(text, reviver);
    if (typeof value?.text !== "string" || typeof value.cursor !== "string") return value;
    if (value.gap) {
      probe.missing += value.gap.lines ?? 1;
      last.delete(value.service);
      return value;
    }
    probe.lines += 1;
    const number = Number.parseInt(value.text, 10);
    if (Number.isNaN(number)) return value;
    const before = last.get(value.service);
    if (before !== undefined && number !== before + 1) probe.breaks += 1;
    last.set(value.service, number);
    return value;
  };
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) {
      probe.longTasks += 1;
      probe.blocked += duration;
      probe.longestTask = Math.max(probe.longestTask, duration);
    }
  }).observe({ entryTypes: ["longtask"] });
  let shown = Number.NaN;
  let at = performance.now();
  const frame = (now: number) => {
    probe.frames += 1;
    probe.longestFrame = Math.max(probe.longestFrame, now - at);
    at = now;
    const times = document.querySelectorAll<HTMLTimeElement>("[role=log] [data-line] time");
    const newest = Date.parse(times[times.length - 1]?.dateTime ?? "");
    // every line between the newest of two frames is there with the second one: they came evenly
    if (newest > shown) {
      const until = Date.now();
      for (let n = 1; n <= 20; n++) probe.ages.push(until - (shown + ((newest - shown) * n) / 20));
    }
    if (!Number.isNaN(newest)) shown = newest;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}
