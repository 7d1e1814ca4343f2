export interface Signs<Sign> {
  /** stands for any number of letters */
  isStar: (sign: Sign) => boolean;
  fits: (sign: Sign, letter: string) => boolean;
}

/**
 * Does the text fit a pattern with stars? By hand and not by an expression: a pattern like `a*a*a*b` comes from outside, and an
 * expression would try every way to divide a long text between its stars. This goes back to the last star only.
 */
export function fitsStars<Sign>(
  pattern: ArrayLike<Sign>,
  text: ArrayLike<string>,
  { isStar, fits }: Signs<Sign>,
): boolean {
  let [at, inText, star, taken] = [0, 0, -1, 0];
  const isStarAt = (place: number) => place < pattern.length && isStar(pattern[place]!);
  while (inText < text.length) {
    if (isStarAt(at)) {
      star = at;
      taken = inText;
      at += 1;
    } else if (at < pattern.length && fits(pattern[at]!, text[inText]!)) {
      at += 1;
      inText += 1;
    } else if (star >= 0) {
      taken += 1;
      inText = taken;
      at = star + 1;
    } else return false;
  }
  while (isStarAt(at)) at += 1;
  return at === pattern.length;
}
