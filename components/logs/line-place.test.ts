import { expect, test } from "vitest";
import { linePlace } from "./line-place.ts";

const TIME = "2025-11-14T14:19:20.914206118Z";

test("a line of a merged stream is known by its time and its own mark, however far the others were", () => {
  const place = linePlace(`${TIME}~1a2b3~1_k3x_0~0_9zz_5~2_7q_-3`, 3);
  expect(place.time).toBe(TIME);
  expect(linePlace(`${TIME}~1a2b3~1_k3x_0~2_7q_-3~0_9zz_5`, 3)).toEqual(place);
  expect(linePlace(`${TIME}~1a2b3~1_k3x_0~2_8r_1`, 3)).toEqual(place);
  expect(linePlace(`${TIME}~1a2b3~1_k3y_0~2_7q_-3~0_9zz_5`, 3).key).not.toBe(place.key);
});

test("a line of one service by its cursor", () => {
  expect(linePlace(`${TIME}~x~0_a_0`, 1)).toEqual({ time: null, key: `${TIME}~x~0_a_0` });
  expect(linePlace("s=1;i=2", 2)).toEqual({ time: null, key: "s=1;i=2" });
});
