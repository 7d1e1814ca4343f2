"use client";

import { useEffect, useState } from "react";
import type { FileEntry } from "#lib/volumes/shapes.ts";
import { ApiProblem, readProblem } from "@/components/shell/api-client.ts";
import { asText, IMAGE_LIMIT, imageType, type Preview, TEXT_LIMIT } from "./file-preview.ts";

export interface Previewing {
  /** null while it is read */
  preview: Preview | null;
  problem: ApiProblem | null;
}

/** What can be shown of a file; no more of it is read than is shown. */
export function usePreview(url: string, { size }: Pick<FileEntry, "size">): Previewing {
  const [state, setState] = useState<Previewing>({ preview: null, problem: null });
  useEffect(() => {
    const stop = new AbortController();
    let blob: string | null = null;
    setState({ preview: null, problem: null });
    read(url, size, stop.signal)
      .then((preview) => {
        if (stop.signal.aborted) return;
        blob = preview.kind === "image" ? preview.url : null;
        setState({ preview, problem: null });
      })
      .catch((error: unknown) => {
        if (stop.signal.aborted) return;
        if (!(error instanceof ApiProblem)) throw error;
        setState({ preview: null, problem: error });
      });
    return () => {
      stop.abort();
      if (blob) URL.revokeObjectURL(blob);
    };
  }, [url, size]);
  return state;
}

async function read(url: string, size: number, signal: AbortSignal): Promise<Preview> {
  if (size === 0) return { kind: "empty" };
  const response = await fetch(url, { signal }).catch((cause: unknown) => {
    throw new ApiProblem(0, { code: "network", title: "The connection broke before the file came" }, { cause });
  });
  if (!response.ok) throw await readProblem(response);
  const reader = response.body?.getReader();
  if (!reader) return { kind: "empty" };
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  let type: string | null = null;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    length += value.length;
    type ??= imageType(joined(chunks, 32));
    if (type !== null && size > IMAGE_LIMIT) break;
    if (type === null && length >= TEXT_LIMIT) break;
  }
  await reader.cancel();
  if (type !== null) {
    if (size > IMAGE_LIMIT) return { kind: "binary" };
    return { kind: "image", url: URL.createObjectURL(new Blob(chunks, { type })) };
  }
  const text = asText(joined(chunks, TEXT_LIMIT));
  return text === null ? { kind: "binary" } : { kind: "text", text, cut: size > TEXT_LIMIT };
}

function joined(chunks: readonly Uint8Array[], limit: number): Uint8Array {
  const all = new Uint8Array(
    Math.min(
      limit,
      chunks.reduce((sum, { length }) => sum + length, 0),
    ),
  );
  let at = 0;
  for (const chunk of chunks) {
    if (at >= all.length) break;
    all.set(chunk.subarray(0, all.length - at), at);
    at += chunk.length;
  }
  return all;
}
