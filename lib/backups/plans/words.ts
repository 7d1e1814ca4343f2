/** A cron expression as the pages say it: `Daily 03:00`, `Every 6 h`, `Mon–Fri 03:00`. */
import cronstrue from "cronstrue";

const TIMES = String.raw`(\d\d:\d\d(?:(?:, | and )\d\d:\d\d)*)`;
const SHORTER: readonly [RegExp, (...found: string[]) => string][] = [
  [/^Every minute$/, () => "Every min"],
  [/^Every (\d+) minutes$/, (n) => `Every ${n} min`],
  [/^Every hour$/, () => "Every h"],
  [/^On the hour, every (\d+) hours$/, (n) => `Every ${n} h`],
  [/^At (\d+) minutes past the hour$/, (minute) => `Every h at :${minute!.padStart(2, "0")}`],
  [/^At (\d+) minutes past the hour, every (\d+) hours$/, (m, n) => `Every ${n} h at :${m!.padStart(2, "0")}`],
  [new RegExp(`^At ${TIMES}$`), (times) => `Daily ${times}`],
  [new RegExp(`^At ${TIMES}, only on ([A-Za-z, ]+)$`), (times, days) => `${shortDays(days!)} ${times}`],
  [new RegExp(`^At ${TIMES}, (\\w+day) through (\\w+day)$`), (times, a, b) => `${day(a!)}–${day(b!)} ${times}`],
  [new RegExp(`^At ${TIMES}, on day (\\d+) of the month$`), (times, n) => `Monthly on day ${n}, ${times}`],
  [new RegExp(`^At ${TIMES}, on the last day of the month$`), (times) => `Monthly on the last day, ${times}`],
];
const DAYS = /^(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day$/;

/** For an expression that was checked; what has no short form is told as the library tells it. */
export function wordsOf(cron: string): string {
  const told = cronstrue.toString(cron, { use24HourTimeFormat: true });
  for (const [pattern, shorter] of SHORTER) {
    const found = told.match(pattern);
    const isDays = found?.[2] === undefined || !told.includes("only on") || shortDays(found[2]) !== "";
    if (found && isDays) return shorter(...found.slice(1));
  }
  return told.replaceAll(", only ", ", ");
}

/** Empty where one of them is no day of the week alone: a month stands with it. */
function shortDays(text: string): string {
  const days = text.split(/, and | and |, /);
  return days.every((one) => DAYS.test(one)) ? days.map(day).join(", ") : "";
}

const day = (name: string) => name.slice(0, 3);
