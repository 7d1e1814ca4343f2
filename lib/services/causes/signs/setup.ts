/** It never ran: systemd could not set up its process, or an engine its container. */
import { explainProgram } from "./interpreter.ts";
import { type End, type Explained, lastMatch, quoted, type Sign, shellWord, told } from "./sign.ts";

/** `web.service: Failed at step EXEC spawning /srv/web: No such file or directory` */
const STEP = [/\.service: Failed at step ([A-Z_]{2,40}) spawning (\/[^:]{1,300}): ([^:]{1,100})$/];
const PATH = [/\.service: Changing to the requested working directory failed: ([^:]{1,100})$/];
const CODES: Record<number, string> = {
  200: "CHDIR",
  203: "EXEC",
  216: "GROUP",
  217: "USER",
  226: "NAMESPACE",
  209: "STDOUT",
  238: "STATE_DIRECTORY",
};

export function notSetUp(end: End): Sign | null {
  return end.supervisor === "systemd" ? bySystemd(end) : byEngine(end);
}

function bySystemd({ lines, code, name, signal, program: named }: End): Sign | null {
  const match = lastMatch(lines, STEP);
  const word = code === null ? undefined : CODES[code];
  const step = match?.found[1] ?? word;
  if (signal !== null || step === undefined || (code !== null && code < 200)) return null;
  // what the child process says of itself may not reach the unit's log before it ends
  const path = match?.found[2] ?? (named?.startsWith("/") ? named : null);
  const why = match?.found[3]?.trim() ?? lastMatch(lines, PATH)?.found[1] ?? null;
  return {
    signature: `setup-${step.toLowerCase().replaceAll("_", "-")}`,
    line: match?.line ?? null,
    ask: step === "EXEC" && path !== null ? { about: "program", path } : null,
    explain: ({ program }) => {
      if (step === "EXEC" && path !== null && program) return explainProgram(path, program) ?? exec(path, why);
      return bySteps(step, { name, path, why });
    },
  };
}

function bySteps(
  step: string,
  { name, path, why }: { name: string; path: string | null; why: string | null },
): Explained {
  const command = `systemctl cat ${shellWord(name)}`;
  const said = why === null ? "" : ` The system said \`${why}\`.`;
  if (step === "EXEC") return exec(path, why);
  if (step === "CHDIR")
    return told(
      "Its working directory cannot be entered",
      `The folder of \`WorkingDirectory=\` is not there, or its user may not enter it.${said}`,
      {
        next: "Make the folder, or correct the path.",
        command,
      },
    );
  if (step === "USER" || step === "GROUP") {
    const what = step === "USER" ? "user" : "group";
    return told(
      `Its ${what} does not exist`,
      `There is no ${what} of the name in \`${step === "USER" ? "User" : "Group"}=\`.${said}`,
      {
        next: `Make the ${what}, or correct the name.`,
        command,
      },
    );
  }
  if (step === "NAMESPACE")
    return told(
      "Its sandbox cannot be set up",
      `A path that its unit file names for its sandbox is not there.${said}`,
      {
        next: "Look at `ReadWritePaths=`, `BindPaths=` and their like.",
        command,
      },
    );
  return told(
    `systemd could not set it up (${step})`,
    `It failed before its program ran, at the step \`${step}\`.${said}`,
    {
      next: "Look at the settings of that step in its unit file.",
      command,
    },
  );
}

function exec(path: string | null, why: string | null): Explained {
  const what = path === null ? "Its program" : quoted(path);
  const isDenied = why !== null && /permission denied/i.test(why);
  return told("Its program cannot be run", `${what} could not be started${why === null ? "" : `: \`${why}\``}.`, {
    next: isDenied
      ? "Give it the right to be run, by the service's user too."
      : "See whether the file is there and its first line names a program that is.",
    command: path === null ? null : `ls -l ${shellWord(path)}`,
  });
}

const MISSING =
  /exec: "([^"]{1,200})": (?:executable file not found in \$PATH|stat [^:]{1,200}: no such file or directory)|exec (\S{1,200}): no such file or directory/;
const DENIED = /exec: "([^"]{1,200})": permission denied|exec (\S{1,200}): permission denied/;
const MOUNT = /(?:error mounting|bind source path does not exist:) {0,2}"?(\/[^\s":]{1,200})/;
const ENGINE_WORDS = /\bOCI runtime\b|\bfailed to create (?:shim|task|endpoint)\b|\bfailed to start\b/;

/** What an engine says of a container that it could not start stands in its reason. */
function byEngine({ reason, isContainer }: End): Sign | null {
  if (!isContainer || reason === null) return null;
  const engine = (signature: string, explained: Explained): Sign => ({
    signature,
    line: null,
    explain: () => explained,
  });
  const missing = MISSING.exec(reason);
  if (missing) {
    const what = missing[1] ?? missing[2]!;
    return engine(
      "missing-command",
      told(
        `There is no program ${what} in the image`,
        `The container is told to run ${quoted(what)}, and its image has no such program, or none of its interpreter.`,
        {
          next: "Correct the command or the entry point, or build the image with it.",
        },
      ),
    );
  }
  const denied = DENIED.exec(reason);
  if (denied) {
    const what = denied[1] ?? denied[2]!;
    return engine(
      "permission",
      told(`${what} is not executable`, `The image has ${quoted(what)}, and nobody has the right to run it.`, {
        next: "Give it the right to be run when the image is built.",
      }),
    );
  }
  const mount = MOUNT.exec(reason);
  if (mount)
    return engine(
      "missing-file",
      told("Something that it mounts is missing", `The engine could not mount ${quoted(mount[1]!)}.`, {
        next: "See whether the path is there and is what it should be, a file or a folder.",
      }),
    );
  if (!ENGINE_WORDS.test(reason)) return null;
  return engine("not-created", told("The engine could not start it", `It said ${quoted(reason)}.`));
}
