/** Points of several series as JSON. Written by hand: the times are the same in each, and half of the text. */
import type { Point } from "./rings.ts";

/** `{"cpu":[[1780000000000,0.5],…],…}` */
export function seriesText(series: Readonly<Record<string, readonly Point[]>>): string {
  const times = new Map<number, string>();
  const one = (points: readonly Point[]) => {
    let text = "";
    for (const [at, value] of points) {
      let time = times.get(at);
      if (time === undefined) {
        time = `[${at},`;
        times.set(at, time);
      }
      text += `${text === "" ? "" : ","}${time}${value}]`;
    }
    return `[${text}]`;
  };
  return `{${Object.entries(series)
    .map(([name, points]) => `${JSON.stringify(name)}:${one(points)}`)
    .join(",")}}`;
}
