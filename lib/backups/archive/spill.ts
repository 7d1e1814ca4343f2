/**
 * What a fast reader has read and a slow taker has not taken yet: in memory as long as that lasts, then in files of a bounded
 * size without a name, each of which is gone as soon as it has been taken. So services that are held while they are read
 * wait no longer than reading takes, and what a crash interrupts leaves nothing behind.
 */
import { open, rm, statfs } from "node:fs/promises";

type Handle = Awaited<ReturnType<typeof open>>;

const SEGMENT = 64 * 1024 * 1024;
/** bytes that go to the disk as one: in smaller pieces the system takes three times as long to put them there */
const BLOCK = 1024 * 1024;
const READ = 512 * 1024;

/** What several spills take together. */
export class SpillBudget {
  memory: number;
  /** bytes of the disk; at its end the reader goes as fast as the taker */
  disk: number;
  /** somebody is held until reading is done: whoever takes leaves processors and disk to the reader, as long as there is room */
  isHurried = false;
  #waiting: (() => void)[] = [];
  #free: Buffer[] = [];

  constructor(memory: number, disk: number) {
    this.memory = memory;
    this.disk = disk;
  }

  changed(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  change(what: { memory?: number; disk?: number } = {}): void {
    this.memory += what.memory ?? 0;
    this.disk += what.disk ?? 0;
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** One to fill, of memory that is taken with it; null where there is none left. */
  block(): Block | null {
    if (this.memory < BLOCK) return null;
    this.memory -= BLOCK;
    return { bytes: this.#free.pop() ?? Buffer.allocUnsafeSlow(BLOCK), used: 0 };
  }

  /** Nobody looks into these any more: the next ones are made of them. */
  free(blocks: readonly Block[]): void {
    for (const { bytes } of blocks) this.#free.push(bytes);
    this.change({ memory: blocks.length * BLOCK });
  }
}

interface Block {
  bytes: Buffer;
  used: number;
}

/** 8 MiB of memory, and half of what is free where the archive is made. */
export async function spillBudget(folder: string): Promise<SpillBudget> {
  const { bavail, bsize } = await statfs(folder);
  return new SpillBudget(8 * BLOCK, Math.floor((bavail * bsize) / 2));
}

interface Segment {
  handle: Handle;
  size: number;
}

/** One writer, one taker, in order: full segments, then the one that is being filled, then memory. */
export class Spill implements AsyncIterable<Buffer> {
  #stem: string;
  #budget: SpillBudget;
  #full: Segment[] = [];
  #filling: Segment | null = null;
  #isWriting = false;
  #memory: Block[] = [];
  /** what is being filled, after all of these */
  #block: Block | null = null;
  #ended = false;
  #isOver = false;
  #error: unknown = null;
  /** what kept it from the disk, other than that this is full */
  #failure: unknown = null;

  /** @param stem absolute: in its folder the files are made */
  constructor(stem: string, budget: SpillBudget) {
    this.#stem = stem;
    this.#budget = budget;
  }

  /** Resolves as soon as there is room for the next one. Throws where nobody takes any more. */
  async write(chunk: Buffer): Promise<void> {
    for (let at = 0; at < chunk.length; ) {
      const block = this.#block ?? (await this.#nextBlock());
      this.#block = block;
      const length = chunk.copy(block.bytes, block.used, at);
      at += length;
      block.used += length;
      if (block.used < BLOCK) continue;
      this.#memory.push(block);
      this.#block = null;
      this.#spillSoon();
      this.#budget.change();
    }
    if (!this.#budget.isHurried) this.#budget.change();
    this.#check();
  }

  /**
   * All that comes, from somebody who writes it into a file himself: `fill` is given the file and the bytes that it may become
   * at most. False where that is too little, or there is no disk for it: then nothing has been written.
   */
  async writeBy(fill: (file: number, most: number) => Promise<boolean>): Promise<boolean> {
    // all of it stays until it has been taken, beside the archive that is made of it
    const most = Math.floor(this.#budget.disk / 2);
    if (most < SEGMENT) return false;
    const handle = await openNameless(`${this.#stem}.spill.part`);
    let isKept = false;
    try {
      if (!(await fill(handle.fd, most))) return false;
      const { size } = await handle.stat();
      this.#check();
      isKept = true;
      this.#full.push({ handle, size });
      this.#budget.change({ disk: -size });
      return true;
    } finally {
      if (!isKept) await handle.close();
    }
  }

  /** Nothing more comes. With an error the taker meets it where the rest would stand. */
  end(error: unknown = null): void {
    this.#ended = true;
    this.#error = error;
    this.#budget.change();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    try {
      for (;;) {
        if (this.#budget.isHurried && this.#budget.disk > SEGMENT) await this.#budget.changed();
        else if (this.#full.length > 0) yield* this.#take(this.#full[0]!);
        else if (this.#filling && !this.#isWriting) this.#fill();
        else if (!this.#isWriting && this.#memory.length > 0) {
          const { bytes, used } = this.#memory.shift()!;
          this.#budget.change({ memory: BLOCK });
          yield bytes.subarray(0, used);
        } else if (!this.#isWriting && this.#block && this.#block.used > 0) {
          const { bytes, used } = this.#block;
          this.#block.used = 0;
          yield Buffer.from(bytes.subarray(0, used));
        } else if (this.#ended && !this.#isWriting) {
          if (this.#error) throw this.#error;
          return;
        } else await this.#budget.changed();
      }
    } finally {
      await this.remove();
    }
  }

  /** Whatever is left of it; who writes is told. */
  async remove(): Promise<void> {
    this.#isOver = true;
    while (this.#isWriting) await this.#budget.changed();
    if (this.#filling) this.#fill();
    for (const segment of this.#full.splice(0)) await this.#drop(segment);
    const left = this.#block ? [...this.#memory, this.#block] : this.#memory;
    this.#memory = [];
    this.#block = null;
    this.#budget.change({ memory: left.length * BLOCK });
  }

  async #nextBlock(): Promise<Block> {
    for (;;) {
      this.#check();
      const block = this.#budget.block();
      if (block) return block;
      this.#spillSoon();
      await this.#budget.changed();
    }
  }

  #check(): void {
    if (this.#failure) throw this.#failure;
    if (this.#isOver) throw new DOMException("what was read is not wanted any more", "AbortError");
  }

  /** While some of it goes to the disk the next is read. */
  #spillSoon(): void {
    const isMuch = this.#memory.length > 0 && this.#budget.memory < BLOCK * 8;
    if (isMuch && !this.#isWriting && this.#budget.disk >= this.#memory.length * BLOCK) void this.#spill();
  }

  async *#take(segment: Segment): AsyncGenerator<Buffer> {
    for (let at = 0; at < segment.size; ) {
      const buffer = Buffer.allocUnsafeSlow(Math.min(READ, segment.size - at));
      const { bytesRead } = await segment.handle.read(buffer, 0, buffer.length, at);
      if (bytesRead === 0) throw new Error("what was read before is not there any more");
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
    this.#full.shift();
    await this.#drop(segment);
  }

  async #drop({ handle, size }: Segment): Promise<void> {
    await handle.close();
    this.#budget.change({ disk: size });
  }

  #fill(): void {
    if (this.#filling) this.#full.push(this.#filling);
    this.#filling = null;
  }

  /** Takes what memory holds to the disk; where that has no room left it stays. Never throws. */
  async #spill(): Promise<void> {
    const blocks = this.#memory;
    const bytes = blocks.reduce((sum, { used }) => sum + used, 0);
    this.#isWriting = true;
    this.#memory = [];
    try {
      this.#filling ??= { handle: await openNameless(`${this.#stem}.spill.part`), size: 0 };
      await writeAll(
        this.#filling,
        blocks.map((block) => block.bytes.subarray(0, block.used)),
      );
      this.#filling.size += bytes;
      if (this.#filling.size >= SEGMENT) this.#fill();
      this.#isWriting = false;
      this.#budget.disk -= bytes;
      this.#budget.free(blocks);
    } catch (error) {
      if (["ENOSPC", "EDQUOT"].includes((error as NodeJS.ErrnoException).code ?? "")) this.#budget.disk = 0;
      else this.#failure = error;
      this.#memory = [...blocks, ...this.#memory];
      this.#isWriting = false;
      this.#budget.change();
    }
  }
}

async function openNameless(file: string): Promise<Handle> {
  const handle = await open(file, "wx+", 0o600);
  await rm(file);
  return handle;
}

async function writeAll({ handle, size }: Segment, chunks: readonly Buffer[]): Promise<void> {
  let at = size;
  for (let left = chunks; left.length > 0; ) {
    // as many as the system takes at once
    const some = left.slice(0, 1000);
    const wanted = some.reduce((sum, chunk) => sum + chunk.length, 0);
    const { bytesWritten } = await handle.writev(some, at);
    at += bytesWritten;
    left = bytesWritten === wanted ? left.slice(1000) : after(left, bytesWritten);
  }
}

/** What is left of them when so many bytes are written. */
function after(chunks: readonly Buffer[], bytes: number): readonly Buffer[] {
  let skip = bytes;
  for (const [n, chunk] of chunks.entries()) {
    if (skip < chunk.length) return [chunk.subarray(skip), ...chunks.slice(n + 1)];
    skip -= chunk.length;
  }
  return [];
}
