/** The two forms of the setup code: 8 signs to type, or the long one of the printed link. */
const LENGTH = 8;
export const CODE_BOXES: readonly number[] = Array.from({ length: LENGTH }, (_, index) => index);
const EMPTY: readonly string[] = CODE_BOXES.map(() => "");

export type Boxes = readonly string[];

/** What a pasted or typed text holds: the long form whole (of a link, or by itself), else signs for the boxes. */
export function readPasted(text: string): { token: string } | { signs: string } {
  const link = /#token=([\w.~-]+)/.exec(text)?.[1];
  if (link) return { token: link };
  const bare = text.trim();
  if (/^[\w-]{20,200}$/.test(bare)) return { token: bare };
  return { signs: signsOf(text).slice(0, LENGTH) };
}

/** The boxes after `text` was put in at box `at`: each sign takes the next box. */
export function typeInto(boxes: Boxes, at: number, text: string): { boxes: Boxes; at: number } {
  const signs = [...signsOf(text)].slice(0, LENGTH - at);
  const next = boxes.map((sign, index) => signs[index - at] ?? sign);
  return { boxes: next, at: Math.min(at + signs.length, LENGTH - 1) };
}

/** Backspace at box `at`: empties it, or the one before when there is nothing in it. */
export function eraseAt(boxes: Boxes, at: number): { boxes: Boxes; at: number } {
  const from = boxes[at] === "" ? Math.max(0, at - 1) : at;
  return { boxes: boxes.map((sign, index) => (index === from ? "" : sign)), at: from };
}

export function emptyBoxes(): Boxes {
  return EMPTY;
}

/** The code when every box is filled, else null. */
export function codeOf(boxes: Boxes): string | null {
  return boxes.every((sign) => sign !== "") ? `${boxes.slice(0, 4).join("")}-${boxes.slice(4).join("")}` : null;
}

function signsOf(text: string): string {
  return text.toUpperCase().replace(/[^A-Z0-9]/g, "");
}
