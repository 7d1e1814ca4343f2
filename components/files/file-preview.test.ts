import { describe, expect, test } from "vitest";
import { asText, imageType } from "./file-preview.ts";

const bytes = (...values: number[]) => Uint8Array.from(values);

describe("a picture", () => {
  test("is known by its first bytes", () => {
    expect(imageType(bytes(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1))).toBe("image/png");
    expect(imageType(bytes(0x52, 0x49, 0x46, 0x46, 1, 2, 3, 4, 0x57, 0x45, 0x42, 0x50))).toBe("image/webp");
  });

  test("is never a document that could hold a script", () => {
    expect(imageType(new TextEncoder().encode("<svg xmlns='http://www.w3.org/2000/svg'>"))).toBeNull();
    expect(imageType(bytes())).toBeNull();
  });
});

describe("text", () => {
  test("is read, with a last sign that is cut left out", () => {
    expect(asText(bytes(0x61, 0xc3, 0xa4, 0xe2, 0x82))).toBe("aä");
  });

  test("is none where there are zeros or bytes that are no UTF-8", () => {
    expect(asText(bytes(0x61, 0, 0x62))).toBeNull();
    expect(asText(bytes(0x61, 0xff, 0x62))).toBeNull();
  });
});
