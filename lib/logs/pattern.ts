/** Expressions that people send, run by an engine whose time grows with the text and never explodes with the expression. */
import { RE2JS, RE2JSException } from "re2js";
import { AppError } from "#lib/platform/errors.ts";

export interface Pattern {
  source: string;
  test(text: string): boolean;
}

const LONGEST = 1000;
/** instructions that an expression may compile to */
const LARGEST = 2000;
/** an expression of so few instructions has so few states that the engine keeps them all */
const SMALL = 16;
/** instructions times characters that one line may cost: 30 ms where the engine can cache nothing. A longer line is matched so far */
const STEPS = 2_000_000;

/** RE2 syntax. Throws AppError `validation` with the engine's words. */
export function compilePattern(source: string): Pattern {
  if (source.length > LONGEST) throw refused(`an expression has ${LONGEST} characters at most`);
  const compiled = compile(source);
  const size = compiled.programSize();
  if (size > LARGEST) throw refused("the expression is too large: write smaller repetitions");
  const reach = size <= SMALL ? Number.POSITIVE_INFINITY : Math.max(1024, Math.floor(STEPS / size));
  return { source, test: (text) => compiled.test(text.length > reach ? text.slice(0, reach) : text) };
}

function compile(source: string): RE2JS {
  try {
    return RE2JS.compile(source);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    throw refused(error.message.replace(/^error parsing regexp: /, ""));
  }
}

function refused(message: string): AppError {
  return new AppError("validation", `regex: ${message}`, { problems: [{ path: "regex", message }] });
}
