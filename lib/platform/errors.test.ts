import { expect, test, vi } from "vitest";
import { AppError } from "./errors.ts";

test("an error of another copy of this module is the same kind of error", async () => {
  vi.resetModules();
  const other = await import("./errors.ts");
  expect(other.AppError).not.toBe(AppError);
  expect(new other.AppError("conflict", "busy")).toBeInstanceOf(AppError);
  expect(new Error("plain")).not.toBeInstanceOf(AppError);
  expect({ code: "conflict" }).not.toBeInstanceOf(AppError);
});

test("a class below is told from its parent, across copies too", async () => {
  class Own extends AppError {
    static override readonly brand = "Own";
  }
  vi.resetModules();
  const other = await import("./errors.ts");
  class Same extends other.AppError {
    static override readonly brand = "Own";
  }
  expect(new Same("conflict", "busy")).toBeInstanceOf(Own);
  expect(new Same("conflict", "busy")).toBeInstanceOf(AppError);
  expect(new AppError("conflict", "busy")).not.toBeInstanceOf(Own);
});
