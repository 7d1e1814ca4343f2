"use client";

import { say } from "@/components/shell/toast.tsx";
import { copyText } from "@/components/ui/copy-button.tsx";
import { plainText } from "./ansi.ts";
import { lineCount, type Message } from "./message.ts";

/** Copies lines as they were said, without their colours. */
export async function copyLines(lines: readonly Message[]): Promise<void> {
  const copied = await copyText(lines.map(plainLine).join("\n"));
  const count = lines.reduce((sum, line) => sum + lineCount(line), 0);
  const what = count === 1 ? "Line" : `${count} lines`;
  say(copied ? { tone: "ok", title: `${what} copied` } : { tone: "fail", title: "The browser refused to copy" });
}

export async function copyLink(): Promise<void> {
  const copied = await copyText(window.location.href);
  say(copied ? { tone: "ok", title: "Link copied" } : { tone: "fail", title: "The browser refused to copy" });
}

/** Lines as a file: with their times, and whose they are where they are of several. */
export function saveLines(lines: readonly Message[]): void {
  const isMixed = new Set(lines.map(({ service }) => service)).size > 1;
  const text = lines.map((line) => `${line.time} ${isMixed ? `${line.service} ` : ""}${plainLine(line)}\n`).join("");
  const address = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = `lines-${(lines[0]?.time ?? "").slice(0, 19).replace(/[-:]/g, "")}Z.log`;
  link.click();
  // the browser reads it after the click has been handled
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

function plainLine({ text }: Message): string {
  return plainText(text);
}
