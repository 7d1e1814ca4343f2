// C0, C1 and the characters that turn the direction of what follows: in a name they only deceive
const UNSEEN = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** A name as it is, with control and direction characters written out: `evil\u202egnp.exe` cannot look like another name. */
export function visible(text: string): string {
  return text.replace(UNSEEN, (character) => `\\u${character.codePointAt(0)!.toString(16).padStart(4, "0")}`);
}
