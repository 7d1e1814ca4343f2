/** Codes as a bot prints them, for tests. */
import terminal from "qrcode-terminal";
import type { SeenCode } from "./detector.ts";
import { kindOf } from "./kind.ts";
import type { Matrix } from "./matrix.ts";

/** A WhatsApp login like Baileys gives; another for every number. */
export function whatsapp(n: number): string {
  const part = (length: number, salt: number) =>
    Array.from({ length }, (_, at) => "ABCDEFGHabcdefgh01234567"[(n * 7 + at * salt) % 24]).join("");
  return `2@${part(80, 5)},${part(43, 7)}=,${part(43, 11)}=,${part(43, 13)}=`;
}

/** The lines that `qrcode-terminal` draws. */
export function drawn(payload: string): string[] {
  let text = "";
  terminal.generate(payload, { small: true }, (art) => {
    text = art;
  });
  return text.split("\n");
}

/** A matrix of nothing. */
export function blank(side: number): Matrix {
  return Array.from({ length: side }, () => Array<boolean>(side).fill(false));
}

export function seen(payload: string | null, side = 25): SeenCode {
  return {
    payload,
    kind: payload === null ? "text" : kindOf(payload),
    matrix: blank(side),
    firstLine: 1,
    lastLine: 1,
  };
}
