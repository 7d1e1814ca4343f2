/** Expressions by the engine that the server has: what is marked here is what is found there, in linear time. */
import { RE2JS } from "re2js";
import { type CompileRegex, type Hit, MOST_HITS } from "./matching.ts";

/** An expression costs its size for each character: of an endless line only so much is looked at. */
const REACH = 16_384;

export const compileRegex: CompileRegex = (pattern, matchCase) => {
  const compiled = RE2JS.compile(pattern, matchCase ? 0 : RE2JS.CASE_INSENSITIVE);
  return {
    test: (text) => compiled.test(text.slice(0, REACH)),
    find: (text) => {
      const hits: Hit[] = [];
      const matcher = compiled.matcher(text.slice(0, REACH));
      while (hits.length < MOST_HITS && matcher.find()) {
        // an expression that can match nothing does so everywhere
        if (matcher.end() > matcher.start()) hits.push([matcher.start(), matcher.end()]);
      }
      return hits;
    },
  };
};
