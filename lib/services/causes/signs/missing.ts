/** Something that is not there: a module, a library, a command, a file. */
import { type End, type Explained, lastMatch, quoted, type Sign, told } from "./sign.ts";

interface Kind {
  signature: string;
  patterns: RegExp[];
  explain(what: string, end: End): Explained;
}

const KINDS: Kind[] = [
  {
    signature: "missing-module",
    patterns: [
      // Node: a package, or the script itself
      /\bCannot find (?:module|package) '([^']{1,200})'/,
      /\bModuleNotFoundError: No module named '([^']{1,200})'/,
      /\bImportError: cannot import name '([^']{1,200})'/,
      // Ruby, Perl, PHP
      /\bcannot load such file -- (\S{1,200}) \(LoadError\)/,
      /\bCan't locate (\S{1,200}) in @INC\b/,
    ],
    explain: missingModule,
  },
  {
    signature: "missing-library",
    patterns: [/\berror while loading shared libraries: ([^\s:]{1,200}): cannot open shared object file/],
    explain: (what) =>
      told(
        `The library ${what} is missing`,
        `The program was built against ${quoted(what)}, which is not on this system.`,
        {
          next: "Install the package that has it, or a program built for this system.",
        },
      ),
  },
  {
    signature: "missing-command",
    patterns: [
      /(?:^|: )([\w./+@-]{1,100}): command not found$/,
      /^(?:\/\S{1,60}\/)?(?:sh|dash|ash|bash): (?:line )?\d{1,6}: ([^\s:]{1,200}): not found$/,
      /\bspawn (\S{1,200}) ENOENT\b/,
      /exec: "([^"]{1,200})": executable file not found in \$PATH/,
      /\benv: ['‘]?([^'’\s:]{1,100})['’]?: No such file or directory$/,
    ],
    explain: (what) =>
      told(
        `There is no program ${what}`,
        what.includes("/")
          ? `${quoted(what)} is not there, or the interpreter that its first line names is not.`
          : `${quoted(what)} is in no folder of its \`PATH\`.`,
        {
          next: "Install it, or name it by its full path: services have a shorter `PATH` than a shell.",
        },
      ),
  },
  {
    signature: "missing-file",
    patterns: [
      // Node: `ENOENT: no such file or directory, open '/srv/x'`
      /\bENOENT: no such file or directory, \w{1,20} '([^']{1,300})'/,
      // Python: `[Errno 2] No such file or directory: '/srv/x'`, `can't open file '/srv/x.py': [Errno 2]`
      /\[Errno 2\] No such file or directory: '([^']{1,300})'/,
      /\bcan't open file '([^']{1,300})': \[Errno 2\]/,
      // Java: `java.io.FileNotFoundException: /srv/x (No such file or directory)`
      /\bFileNotFoundException: (\S{1,300}) \(No such file or directory\)/,
      // Go: `open /srv/x: no such file or directory`; shells: `line 2: ./x: No such file or directory`
      /\b(?:open|stat|lstat|fork\/exec|chdir) (\/[^\s:]{1,300}): no such file or directory/,
      /\bline \d{1,6}: ([^\s:]{1,300}): No such file or directory$/,
      /\bopen\(\) "([^"]{1,300})" failed \(2: No such file or directory\)/,
      /(?:^|[\s'"])(\/[^\s:'"]{1,300})['"]?: No such file or directory$/i,
    ],
    explain: (what) =>
      told(`${what} does not exist`, `It wanted to read ${quoted(what)}, and there is no such file or folder.`, {
        next: "Put it there, or correct the path in its settings.",
        command: what.startsWith("/") ? `ls -ld ${parentOf(what)}` : null,
      }),
  },
];

export function missing(end: End): Sign | null {
  let best: Sign | null = null;
  for (const { signature, patterns, explain } of KINDS) {
    const match = lastMatch(end.lines, patterns);
    if (!match || (best && match.line <= best.line!)) continue;
    const what = match.found[1]!;
    best = { signature, line: match.line, explain: () => explain(what, end) };
  }
  return best;
}

function missingModule(what: string, { lines }: End): Explained {
  const isPath = what.startsWith("/") || what.startsWith(".") || what.startsWith("file:");
  if (isPath)
    return told(`${what} does not exist`, `It was to load ${quoted(what)}, and there is no such file.`, {
      next: "Build or deploy it, or correct the path.",
    });
  const isPython = lines.some(({ text }) => /\b(?:ModuleNotFoundError|ImportError):/.test(text));
  return told(`The module ${what} is missing`, `It loads ${quoted(what)}, which is not installed where it looks.`, {
    next: isPython
      ? "Install it into the environment that this service runs with."
      : "Install its dependencies where it runs, and deploy them with it.",
    command: isPython ? `python3 -m pip install ${bare(what)}` : "npm ci",
  });
}

/** `flask.views` is part of `flask`. */
function bare(module: string): string {
  return /^[\w-]+/.exec(module)?.[0] ?? "-r requirements.txt";
}

function parentOf(path: string): string {
  const parent = path.slice(0, path.lastIndexOf("/")) || "/";
  return /^[\w./@+-]+$/.test(parent) ? parent : "/";
}
