/** Terminal colours as spans. Everything else a terminal would obey (links, titles, clipboard, movement) is dropped. */
import Anser from "anser";

/** The sixteen named colours, in the order of their numbers. */
const ANSI_COLORS = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"] as const;
export type AnsiColor = (typeof ANSI_COLORS)[number];

export interface AnsiLook {
  /** one of the theme's own colours, or `rgb(…)` */
  color?: AnsiColor | `rgb(${string})`;
  background?: AnsiColor | `rgb(${string})`;
  bold?: boolean;
  dim?: boolean;
  italic?: boolean;
  underline?: boolean;
  strike?: boolean;
}

export interface AnsiSpan extends AnsiLook {
  text: string;
}

/** A line of thousands of colour changes is drawn plain from here on: each is an element. */
const MOST_SPANS = 400;

const ESC = "\u001b";
/** strings up to their terminator (OSC, DCS, SOS, PM, APC), CSI sequences other than colours, and two-character escapes */
const INERT = new RegExp(
  `${ESC}[\\]PX^_][^\\u0007${ESC}]*(?:\\u0007|${ESC}\\\\)?|${ESC}\\[[0-?]*[ -/]*[@-ln-~]|${ESC}\\[[0-?]*[ -/]*$|${ESC}(?!\\[)[ -/]*[0-~]?`,
  "g",
);
const COLOURS = new RegExp(`${ESC}\\[[0-9;:]*m`, "g");
const NO_COLOUR = new RegExp(`${ESC}(?!\\[[0-9;:]*m)`, "g");

/** The text without any escape sequence: what a person reads, copies and searches. */
export function plainText(text: string): string {
  if (!text.includes(ESC)) return text;
  return text.replace(INERT, "").replace(NO_COLOUR, "").replace(COLOURS, "");
}

/** The text in pieces of one look each; joined, they are `plainText`. */
export function ansiSpans(text: string, most = MOST_SPANS): AnsiSpan[] {
  if (!text.includes(ESC)) return text === "" ? [] : [{ text }];
  // colon-separated colours are the same in the words that the parser knows
  const known = text
    .replace(INERT, "")
    .replace(NO_COLOUR, "")
    .replace(COLOURS, (sequence) => sequence.replaceAll(":", ";"));
  const spans: AnsiSpan[] = [];
  let rest = "";
  for (const entry of Anser.ansiToJson(known, { json: true, use_classes: true })) {
    const { content } = entry;
    if (content === "") continue;
    if (spans.length < most) spans.push({ text: content, ...lookOf(entry) });
    else rest += content;
  }
  if (rest !== "") spans.push({ text: rest });
  return spans;
}

function lookOf(entry: Anser.AnserJsonEntry): AnsiLook {
  const look: AnsiLook = {};
  const front = colourOf(entry.fg, entry.fg_truecolor);
  const back = colourOf(entry.bg, entry.bg_truecolor);
  if (front) look.color = front;
  if (back) look.background = back;
  if (entry.decorations.includes("bold")) look.bold = true;
  if (entry.decorations.includes("dim")) look.dim = true;
  if (entry.decorations.includes("italic")) look.italic = true;
  if (entry.decorations.includes("underline")) look.underline = true;
  if (entry.decorations.includes("strikethrough")) look.strike = true;
  return look;
}

function colourOf(name: string | null, rgb: string | null): AnsiLook["color"] {
  if (name === null) return undefined;
  if (name === "ansi-truecolor") return rgb === null ? undefined : `rgb(${rgb})`;
  const palette = /^ansi-palette-(\d+)$/.exec(name);
  if (palette) return fromPalette(Number(palette[1]));
  return ANSI_COLORS.find((color) => name.endsWith(`-${color}`));
}

/** xterm's 256: the sixteen, a cube of six steps, then greys. */
function fromPalette(index: number): AnsiLook["color"] {
  if (index < 16) return ANSI_COLORS[index % 8];
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10;
    return `rgb(${grey}, ${grey}, ${grey})`;
  }
  const step = (value: number) => (value === 0 ? 0 : 55 + value * 40);
  const cube = index - 16;
  return `rgb(${step(Math.floor(cube / 36))}, ${step(Math.floor(cube / 6) % 6)}, ${step(cube % 6)})`;
}
