/** Gives memory of streams back as it passes. */
import v8 from "node:v8";
import vm from "node:vm";
import { singleton } from "./singleton.ts";

const EVERY = 16 * 1024 * 1024;

/**
 * To be told of bytes that have gone through. The platform makes a buffer for each chunk, and its collector, which sees small
 * objects only, lets a hundred megabytes of them gather before it looks. Asked every 16 MiB it needs a millisecond each time,
 * and less in all.
 */
export function passingBytes(): (bytes: number) => void {
  let passed = 0;
  return (bytes) => {
    passed += bytes;
    if (passed < EVERY) return;
    passed = 0;
    collector()?.({ type: "minor" });
  };
}

type Collector = (options: { type: "minor" }) => void;

function collector(): Collector | null {
  return singleton("collector", () => {
    // by itself it marks the whole heap again and again once less is left to grow by than young objects may take, which a small
    // heap always has: on a stream of a gigabyte that took more of the processors than the stream
    v8.setFlagsFromString("--incremental-marking-soft-trigger=60");
    v8.setFlagsFromString("--incremental-marking-hard-trigger=80");
    v8.setFlagsFromString("--expose-gc");
    const collect: unknown = vm.runInNewContext("globalThis.gc");
    v8.setFlagsFromString("--no-expose-gc");
    return typeof collect === "function" ? (collect as Collector) : null;
  });
}
