import { expect, test } from "vitest";
import { engineAge } from "./engine-age.ts";

test.each([
  [0, "Less than a second"],
  [1, "1 second"],
  [59.9, "59 seconds"],
  [60, "About a minute"],
  [119, "About a minute"],
  [180, "3 minutes"],
  [3600, "About an hour"],
  [5400, "2 hours"],
  [47 * 3600, "47 hours"],
  [3 * 86_400, "3 days"],
  [15 * 86_400, "2 weeks"],
  [70 * 86_400, "2 months"],
  [900 * 86_400, "2 years"],
])("%d s is %s", (seconds, words) => expect(engineAge(seconds)).toBe(words));
