/** What can be shown of a file without trusting it: text as text, pictures that only are pictures. */

export type Preview =
  | { kind: "text"; text: string; cut: boolean }
  | { kind: "image"; url: string }
  | { kind: "binary" }
  | { kind: "empty" };

/** as much of a text as anybody reads on a page */
export const TEXT_LIMIT = 256 * 1024;
export const IMAGE_LIMIT = 8 * 1024 * 1024;

const IMAGES: readonly { type: string; starts: readonly number[]; at?: number }[] = [
  { type: "image/png", starts: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] },
  { type: "image/jpeg", starts: [0xff, 0xd8, 0xff] },
  { type: "image/gif", starts: [0x47, 0x49, 0x46, 0x38] },
  { type: "image/webp", starts: [0x57, 0x45, 0x42, 0x50], at: 8 },
  { type: "image/avif", starts: [0x66, 0x74, 0x79, 0x70, 0x61, 0x76, 0x69, 0x66], at: 4 },
];

/** The type of a picture by its first bytes, whatever its name says; null for anything else, SVG too: that is a document. */
export function imageType(bytes: Uint8Array): string | null {
  const found = IMAGES.find(({ starts, at = 0 }) => starts.every((byte, index) => bytes[at + index] === byte));
  return found?.type ?? null;
}

/** The bytes as text; null where they are none. A sign that the end cuts in half is left out. */
export function asText(bytes: Uint8Array): string | null {
  if (bytes.includes(0)) return null;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return null;
  }
}
