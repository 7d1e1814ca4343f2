/** A script whose first line names an interpreter that is not there, or a program made for another machine. */
import { type End, type Explained, lastMatch, type Program, quoted, type Sign, shellWord, told } from "./sign.ts";

const BAD = [
  // older bash: `/srv/x.sh: /usr/bin/python9: bad interpreter: No such file or directory`
  /(?:^|: )([^\s:]{1,200}): (\S{1,200}): bad interpreter\b/,
  // bash from 5.2 on
  /(?:^|: )([^\s:]{1,200}): cannot execute: required file not found$/,
  // `/usr/bin/env: ‘bash\r’: No such file or directory`
  /\benv: ['‘]([^'’\s]{1,100})\\r['’]: No such file or directory$/,
];
const FORMAT = [
  /(?:^|[\s"'])([^\s:"']{1,200})["']?: (?:cannot execute binary file: )?[Ee]xec format error/,
  /\bexec format error\b/,
];

export function badInterpreter({ lines, reason }: End): Sign | null {
  const bad = lastMatch(lines, BAD);
  if (bad) {
    const [, script = "", interpreter] = bad.found;
    const ask = script.startsWith("/") ? ({ about: "program", path: script } as const) : null;
    return {
      signature: "bad-interpreter",
      line: bad.line,
      ask,
      explain: ({ program }) =>
        program ? (explainProgram(script, program) ?? plain(script, interpreter)) : plain(script, interpreter),
    };
  }
  const said = reason !== null && /exec format error/i.test(reason) ? [{ time: null, text: reason }] : null;
  const format = lastMatch(said ?? lines, FORMAT);
  if (!format) return null;
  const what = format.found[1];
  return { signature: "wrong-format", line: said ? null : format.line, explain: () => wrongFormat(what ?? null) };
}

/** null: nothing is wrong with the file itself. */
export function explainProgram(path: string, program: Program): Explained | null {
  const { exists, isFolder, executable, interpreter, interpreterExists, carriageReturn } = program;
  if (!exists)
    return told(`There is no program ${path}`, `It is told to run ${quoted(path)}, and there is no such file.`, {
      next: "Put it there, or correct the path.",
    });
  if (isFolder)
    return told(`${path} is a folder`, `It is told to run ${quoted(path)}, which is a folder.`, {
      next: "Name the program in it.",
    });
  if (interpreter !== null && carriageReturn)
    return told(
      `${path} has line ends of Windows`,
      `Its first line asks for ${quoted(`${interpreter}\\r`)}: the line end has become part of the name.`,
      {
        next: "Write the file with line ends of Unix.",
        command: `sed -i 's/\\r$//' ${shellWord(path)}`,
      },
    );
  if (interpreter !== null && !interpreterExists)
    return told(
      `There is no interpreter ${interpreter}`,
      `The first line of ${quoted(path)} names ${quoted(interpreter)}, and there is no such program.`,
      {
        next: "Install it, or correct the first line.",
      },
    );
  if (!executable)
    return told(`${path} is not executable`, `The file is there, and nobody has the right to run it.`, {
      next: "Give it the right to be run.",
      command: `chmod +x ${shellWord(path)}`,
    });
  if (interpreter === null) return wrongFormat(path);
  return null;
}

function plain(script: string, interpreter: string | undefined): Explained {
  if (interpreter)
    return told(
      `There is no interpreter ${interpreter}`,
      `The first line of ${quoted(script)} names ${quoted(interpreter)}, and there is no such program.`,
      {
        next: "Install it, or correct the first line.",
      },
    );
  return told(
    `The interpreter of ${script} is missing`,
    `The file is there, and the program that its first line names is not.`,
    {
      next: "Look at its first line: a misspelt path and a line end of Windows both do this.",
      command: `head -1 ${shellWord(script)} | cat -A`,
    },
  );
}

function wrongFormat(path: string | null): Explained {
  return told(
    "The program is in a format that cannot be run",
    `${path === null ? "It" : quoted(path)} is made for another processor, or is a script whose first line names no interpreter.`,
    {
      next: "Begin a script with `#!`, or take the build for this machine's processor.",
      command: path?.startsWith("/") ? `file ${shellWord(path)}; uname -m` : null,
    },
  );
}
