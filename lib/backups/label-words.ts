/** The words of a label's command, as a shell would cut them; nothing in them is replaced, and no shell runs. */

/** Quotes keep what they hold, a backslash keeps the sign behind it. A quote that never ends holds the rest. */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  let word = "";
  let isOpen = false;
  let quote = "";
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at] as string;
    if (quote === "" && /\s/.test(sign)) {
      if (isOpen) words.push(word);
      word = "";
      isOpen = false;
      continue;
    }
    isOpen = true;
    if (sign === quote) quote = "";
    else if (quote === "" && (sign === '"' || sign === "'")) quote = sign;
    else if (sign === "\\" && quote !== "'" && at + 1 < text.length && keepsNext(quote, text[at + 1] as string)) {
      at += 1;
      word += text[at];
    } else word += sign;
  }
  if (isOpen) words.push(word);
  return words;
}

/** Within double quotes a backslash means itself before most signs, as in a shell. */
function keepsNext(quote: string, next: string): boolean {
  return quote === "" || '"\\$`'.includes(next);
}
