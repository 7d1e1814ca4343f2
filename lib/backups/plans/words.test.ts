import { expect, test } from "vitest";
import { wordsOf } from "./words.ts";

test.each([
  ["0 3 * * *", "Daily 03:00"],
  ["0 */6 * * *", "Every 6 h"],
  ["5 */6 * * *", "Every 6 h at :05"],
  ["*/15 * * * *", "Every 15 min"],
  ["* * * * *", "Every min"],
  ["0 * * * *", "Every h"],
  ["5 * * * *", "Every h at :05"],
  ["15 2,14 * * *", "Daily 02:15 and 14:15"],
  ["30 3,9,15 * * *", "Daily 03:30, 09:30 and 15:30"],
  ["0 3 * * 0", "Sun 03:00"],
  ["0 3 * * MON,THU", "Mon, Thu 03:00"],
  ["0 3 * * 1,3,5", "Mon, Wed, Fri 03:00"],
  ["0 3 * * 1-5", "Mon–Fri 03:00"],
  ["0 4 1 * *", "Monthly on day 1, 04:00"],
  ["0 3 L * *", "Monthly on the last day, 03:00"],
  ["0 3 1 1 *", "At 03:00, on day 1 of the month, in January"],
  ["0 3 * 6 0", "At 03:00, on Sunday, in June"],
])("%s is told as %s", (cron, words) => {
  expect(wordsOf(cron)).toBe(words);
});
