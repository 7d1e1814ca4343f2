/** The API's time for an answer beside a tool's for the same, turn by turn. */
import { execFileSync } from "node:child_process";
import { type Figure, median } from "../figure.ts";

const ROUNDS = 3;

/** `lines`: how many the answer has to have; null: whatever there is. */
export async function ratio(
  url: string,
  argv: string[],
  lines: number | null,
): Promise<Omit<Figure, "what" | "bound">> {
  const [own, theirs]: [number[], number[]] = [[], []];
  for (let n = 0; n < ROUNDS; n += 1) {
    const answer = await timed(url);
    if (lines !== null && answer.lines !== lines) throw new Error(`${url} gave ${answer.lines} lines, not ${lines}`);
    own.push(answer.whole);
    const from = performance.now();
    execFileSync(argv[0]!, argv.slice(1), { stdio: ["ignore", "ignore", "ignore"] });
    theirs.push(performance.now() - from);
  }
  const [mine, reference] = [median(own), median(theirs)];
  const against = `${Math.round(mine)} ms against ${Math.round(reference)} ms of ${argv.join(" ").slice(0, 60)}`;
  return { value: mine / reference, unit: "x", against };
}

/** Milliseconds to the first byte and to the last. */
export async function timed(url: string): Promise<{ first: number; whole: number; lines: number }> {
  const from = performance.now();
  const answer = await fetch(url);
  let first = 0;
  let lines = 0;
  for await (const chunk of answer.body!) {
    first ||= performance.now() - from;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines += 1;
  }
  return { first, whole: performance.now() - from, lines };
}
