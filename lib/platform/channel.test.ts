import { expect, test } from "vitest";
import { channel } from "./channel.ts";

test("what was pushed before and while reading comes in order, then the end", async () => {
  const numbers = channel<number>(new AbortController().signal);
  numbers.push(1);
  setTimeout(() => {
    numbers.push(2);
    numbers.push(3);
    numbers.close();
    numbers.push(4);
  }, 5);
  expect(await collect(numbers)).toEqual([1, 2, 3]);
});

test("an abort ends a waiting reader quietly, also one that aborted before", async () => {
  const ending = new AbortController();
  const reading = collect(channel<number>(ending.signal));
  setTimeout(() => ending.abort(), 5);
  expect(await reading).toEqual([]);
  expect(await collect(channel<number>(ending.signal))).toEqual([]);
});

test("a failure comes after what was queued", async () => {
  const numbers = channel<number>(new AbortController().signal);
  numbers.push(1);
  numbers.fail(new Error("lost"));
  const seen: number[] = [];
  await expect(
    (async () => {
      for await (const number of numbers) seen.push(number);
    })(),
  ).rejects.toThrow("lost");
  expect(seen).toEqual([1]);
});

async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const value of values) collected.push(value);
  return collected;
}
