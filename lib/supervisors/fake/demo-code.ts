/** The demo's worker wants a phone: it prints a login code every 20 seconds, as block art between its other lines. */
import { randomBytes } from "node:crypto";
import { encodeQR } from "qr";
import type { FakeSupervisor } from "./adapter.ts";

const EVERY = 20_000;
/** how many it has printed when somebody first looks */
const PAST = 3;

/** Prints the last few codes and goes on with it while the service runs; call what is returned to stop. */
export function printDemoCodes(fake: FakeSupervisor, name: string): () => void {
  const start = Date.now() - PAST * EVERY + EVERY / 2;
  for (let index = 0; index < PAST; index += 1) printCode(fake, name, start + index * EVERY);
  const next = async () => {
    const worker = (await fake.list()).find((record) => record.name === name);
    if (worker?.state === "running") printCode(fake, name, Date.now());
  };
  let repeated: NodeJS.Timeout | undefined;
  const first = setTimeout(() => {
    void next();
    repeated = setInterval(() => void next(), EVERY);
    repeated.unref();
  }, EVERY / 2);
  first.unref();
  return () => {
    clearTimeout(first);
    clearInterval(repeated);
  };
}

/** What WhatsApp's own codes are made of: a reference, two keys and a secret, all of them made up here. */
function printCode(fake: FakeSupervisor, name: string, at: number): void {
  const part = (bytes: number) => randomBytes(bytes).toString("base64");
  const payload = `2@${part(60)},${part(32)},${part(32)},${part(16)}`;
  fake.print(name, '{"level":"info","msg":"login code ready, scan with WhatsApp, Linked devices"}', { at });
  fake.print(name, encodeQR(payload, "ascii", { ecc: "low", border: 2 }).trimEnd(), { at });
  fake.print(name, '{"level":"info","msg":"waiting for the phone"}', { at });
}
