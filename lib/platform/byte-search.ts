/**
 * Looks through bytes for words as fast as they can be read: making text of them first, and an expression over it, takes
 * several times as long. The work is done by `byte-search.wat`, sixteen bytes at a time.
 */

/** the module that `byte-search.wat` is; its test makes it anew and compares */
export const MODULE =
  "AGFzbQEAAAABEAJgAn9/AX9gBX9/f39/AX8DAwIAAQUDAQADBxICBm1lbW9yeQIABWhvbGRzAAEKlAMCMgEBfwNAIAAgAmotAAAgAi0AgAJyIAItAABHBEBBAA8LIAJBAWohAiACIAFJDQALQQEL3gIDBHsEfwR7IAP9BwAAIQUgA/0HAIACIQYgBP0HAAAhByAE/QcAgAIhCAJAA0AgACACaiABSw0BIAAgA2ohCSAAIARqIQogCf0ABAAgBv1QIAX9IyAK/QAEACAI/VAgB/0j/U4hDSAJ/QAEECAG/VAgBf0jIAr9AAQQIAj9UCAH/SP9TiEOIAn9AAQgIAb9UCAF/SMgCv0ABCAgCP1QIAf9I/1OIQ8gCf0ABDAgBv1QIAX9IyAK/QAEMCAI/VAgB/0j/U4hECANIA79UCAPIBD9UP1Q/VMEQCAAQcAAaiEMA0AgACADav0ABAAgBv1QIAX9IyAAIARq/QAEACAI/VAgB/0j/U79ZCELAkADQCALRQ0BIAAgC2hqIQkgCSACaiABSw0BIAkgAhAABEBBAQ8LIAsgC0EBa3EhCwwACwsgAEEQaiEAIAAgDEkNAAsFIABBwABqIQALDAALC0EACw==";

/** bytes that the module is given at once */
const PIECE = 64 * 1024;
/** of a longer word only its beginning is looked for */
const LONGEST = 255;
/** where in the module's memory the text stands: before it are the word and its mask */
const TEXT = 512;
/** the module looks so far beyond the end */
const BEYOND = 80;
/** bytes of a log, the most frequent first; what is not among them is rarer still */
const FREQUENT = 'e tanoirsl0d1c2hu:-"mp.3f4g5/w6y78b9k,v_=[]xjzq';

/** A word as the module wants it: its bytes folded, what folds them, and the two places that fit least often. */
export interface ByteWord {
  table: Uint8Array;
  length: number;
  first: number;
  second: number;
}

/** Of ASCII; not empty. The case of letters does not count. */
export function byteWord(word: string): ByteWord {
  const folded = Buffer.from(word.toLowerCase().slice(0, LONGEST), "latin1");
  const table = new Uint8Array(TEXT);
  table.set(folded);
  folded.forEach((byte, at) => {
    table[TEXT / 2 + at] = byte >= 0x61 && byte <= 0x7a ? 0x20 : 0;
  });
  const places = [...folded.keys()].sort((a, b) => rarity(folded[b]!) - rarity(folded[a]!));
  const first = places[0]!;
  const second = places.find((at) => folded[at] !== folded[first]) ?? places.at(-1)!;
  return { table, length: folded.length, first, second };
}

/** Is it there, in letters of any case? Of a word beyond 255 characters the first 255 are looked for. */
export function hasBytes(data: Uint8Array, word: ByteWord): boolean {
  const { memory, holds } = loaded();
  const { table, length, first, second } = word;
  memory.set(table, 0);
  for (let at = 0; at < data.length; at += PIECE) {
    const piece = data.subarray(at, at + PIECE + length - 1);
    const end = TEXT + piece.length;
    memory.set(piece, TEXT);
    memory.fill(0, end, end + BEYOND);
    if (holds(TEXT, end, length, first, second) !== 0) return true;
  }
  return false;
}

function rarity(byte: number): number {
  const at = FREQUENT.indexOf(String.fromCharCode(byte));
  return at < 0 ? FREQUENT.length : at;
}

interface Loaded {
  memory: Uint8Array;
  holds(at: number, end: number, length: number, first: number, second: number): number;
}

let module: Loaded | null = null;

/** Nothing waits between what is put into its memory and what is read there: all searches share it. */
function loaded(): Loaded {
  if (module) return module;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(MODULE, "base64")));
  const { memory, holds } = exports as { memory: WebAssembly.Memory; holds: Loaded["holds"] };
  module = { memory: new Uint8Array(memory.buffer), holds };
  return module;
}
