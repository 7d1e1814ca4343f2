import type { CSSProperties } from "react";
import { cn } from "#lib/format/cn.ts";
import type { AnsiColor, AnsiLook } from "./ansi.ts";
import type { LinePiece } from "./line-look.ts";

/** A line's pieces, each in its look. Whatever they hold, it is text. */
export function LineText({ pieces, current }: { pieces: readonly LinePiece[]; current: boolean }) {
  let at = 0;
  return pieces.map((piece) => {
    const key = at;
    at += piece.text.length;
    const look = lookClass(piece);
    if (piece.hit) {
      return (
        <mark
          key={key}
          className={cn(
            "rounded-[2px] bg-[var(--match)] text-foreground",
            current && "bg-[var(--match-current)] text-[var(--match-current-foreground)]",
          )}
        >
          {piece.text}
        </mark>
      );
    }
    if (look === "") return piece.text;
    return (
      <span key={key} className={look} style={lookStyle(piece)}>
        {piece.text}
      </span>
    );
  });
}

/** The theme's own colours stand for the terminal's: those are made for black. */
const INK: Record<AnsiColor, string> = {
  black: "text-subtle-foreground",
  red: "text-fail",
  green: "text-ok",
  yellow: "text-warn",
  blue: "text-docker",
  magenta: "text-pm2",
  cyan: "text-systemd",
  white: "text-foreground",
};
const GROUND: Record<AnsiColor, string> = {
  black: "bg-card",
  red: "bg-fail-wash",
  green: "bg-ok-wash",
  yellow: "bg-warn-wash",
  blue: "bg-human-wash",
  magenta: "bg-human-wash",
  cyan: "bg-human-wash",
  white: "bg-human-wash",
};

function lookClass({ color, background, quiet, strong, ...weight }: LinePiece): string {
  // on a ground of its own only the ink of the page can always be read
  const ink = background ? "text-foreground" : inkClass(color);
  return cn(
    ink,
    background && (isNamed(background) ? GROUND[background] : "ansi-ground"),
    quiet && "text-muted-foreground",
    (weight.bold || strong) && "font-medium",
    weight.dim && "text-muted-foreground",
    weight.italic && "italic",
    weight.underline && "underline",
    weight.strike && "line-through",
  );
}

function inkClass(color: AnsiLook["color"]): string {
  if (color === undefined) return "";
  return isNamed(color) ? INK[color] : "ansi-ink";
}

function lookStyle({ color, background }: LinePiece): CSSProperties | undefined {
  const style: Record<string, string> = {};
  if (color && !isNamed(color)) style["--ansi"] = color;
  if (background && !isNamed(background)) style["--ansi-under"] = background;
  return Object.keys(style).length === 0 ? undefined : style;
}

function isNamed(color: NonNullable<AnsiLook["color"]>): color is AnsiColor {
  return !color.startsWith("rgb(");
}
