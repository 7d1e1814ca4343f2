/** For tests and benchmarks: figures of a service as noisy as they come, in the blocks that the server keeps. */
import { type Block, blockStart, emptyBlock, meanOf, put, RINGS } from "./rings.ts";

type Figure = (at: number, noise: () => number) => number;

/** of each kind of series, hardly two readings alike; containers alone have a network of their own, half of the services here */
export const FIGURES = {
  cpu: (_, noise) => Math.round(noise() * 3000) / 10_000,
  memory: (at, noise) => 400e6 + (at % 7200) * 1e4 + Math.round(noise() * 1000) * 4096,
  memoryLimit: () => 2 ** 30,
  restarts: (at) => Math.floor(at / 3600) % 5000,
  networkIn: (_, noise) => Math.round(noise() * 1e5),
  networkOut: (_, noise) => Math.round(noise() * 1e6),
  diskRead: (_, noise) => (noise() < 0.2 ? Math.round(noise() * 1e6) : 0),
  diskWrite: (_, noise) => Math.round(noise() * 1e5),
} satisfies Record<string, Figure>;

/** All blocks of all paces of the seconds before `now`, as far as each keeps them. */
export function noisyBlocks(
  value: Figure,
  { span, now }: { span: number; now: number },
): { ring: number; block: Block }[] {
  let seed = 1;
  const noise = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  return RINGS.flatMap((ring, index) => {
    const blocks = new Map<number, Block>();
    for (let at = now - Math.min(ring.kept, span); at < now; at += ring.step) {
      const start = blockStart(ring, at);
      const block = blocks.get(start) ?? emptyBlock(ring, at);
      blocks.set(start, block);
      // as the coarser paces are made: the mean of what varies
      const samples = { start: at, values: Float32Array.from([value(at, noise), value(at, noise)]) };
      put(
        ring,
        block,
        at,
        index === 0 ? samples.values[0]! : meanOf({ ...ring, points: 2 }, [samples], at, at + 2 * ring.step),
      );
    }
    return [...blocks.values()].map((block) => ({ ring: index, block }));
  });
}
