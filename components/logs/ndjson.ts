/** Takes newline-delimited JSON apart as it arrives. */

/** A parser that takes text in any pieces and gives the values of the lines that are complete. */
export function createLineParser(): (chunk: string) => unknown[] {
  let rest: string[] = [];
  return (chunk) => {
    const end = chunk.lastIndexOf("\n");
    if (end < 0) {
      // a long line comes in many pieces: they are joined once
      if (chunk !== "") rest.push(chunk);
      return [];
    }
    const complete = rest.join("") + chunk.slice(0, end);
    rest = end + 1 < chunk.length ? [chunk.slice(end + 1)] : [];
    return complete.split("\n").flatMap(parse);
  };
}

/** A blank line is a heartbeat; what is no JSON was put there by something between the server and here. */
function parse(line: string): unknown[] {
  if (line.trim() === "") return [];
  try {
    return [JSON.parse(line)];
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return [];
  }
}
