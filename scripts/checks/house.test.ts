import { expect, test } from "vitest";
import { checkHouse } from "./house.ts";

const check = (file: string, text: string) => checkHouse(new Map([[file, text]]), ["/builds/x1/"]);

test("what is in order passes", () => {
  const text = `// any file may say this\nconst words = "as any";\ntry {} catch (error) { throw error; }\n`;
  expect(check("lib/format/bytes.ts", text)).toEqual([]);
  expect(check("app/services/[...id]/page.tsx", "")).toEqual([]);
  expect(check("README.md", "")).toEqual([]);
  expect(check("scripts/build.mjs", "console.error(1);\n")).toEqual([]);
  expect(check("components/ui/dialog.tsx", "\n".repeat(900))).toEqual([]);
});

test.each([
  ["attracts everything", "lib/format/utils.ts", ""],
  ["attracts everything", "components/services/row-helpers.tsx", ""],
  ["attracts everything", "lib/services/index.ts", ""],
  ["kebab-case", "components/Board.tsx", ""],
  ["400 is the limit", "lib/services/act.ts", "\n".repeat(401)],
  ["switches checking off", "lib/services/act.ts", "const x: any = 1;"],
  ["switches checking off", "lib/services/act.ts", "f(x as any);"],
  ["switches checking off", "lib/services/act.ts", "const x: Map<string, any> = y;"],
  ["ignored type error", "lib/services/act.ts", "// @ts-ignore"],
  ["ignored type error", "lib/services/act.ts", "// @ts-expect-error because"],
  ["lib/platform/logger.ts", "lib/services/act.ts", "console.log(1);"],
  ["hides its cause", "lib/services/act.ts", "try { f(); } catch {}"],
  ["a test that does not run", "lib/services/act.test.ts", "test.skip(1);"],
  ["this machine alone", "docs/operations.md", "cd /builds/x1/trihelm"],
])("%s: %s %s", (says, file, text) => {
  const found = check(file, text);
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(says);
});
