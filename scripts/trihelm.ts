/** `npm run -s trihelm -- <command>`: what a shell on the server can do without the pages. */
import { z } from "zod";
import { AppError, messageOf } from "#lib/platform/errors.ts";

interface Command {
  says: string;
  run: (argv: string[]) => Promise<unknown>;
}

const accounts = () => import("./accounts.ts");

const COMMANDS: Record<string, Command> = {
  "user create": {
    says: "--name NAME --role viewer|operator|admin, password on standard input",
    run: async (argv) => (await accounts()).createUser(argv),
  },
  "user set-password": {
    says: "--name NAME, password on standard input",
    run: async (argv) => (await accounts()).setPassword(argv),
  },
  "user reset": {
    says: "--name NAME: a new password, no second factor, enabled",
    run: async (argv) => (await accounts()).resetUser(argv),
  },
  "user disable": { says: "--name NAME", run: async (argv) => (await accounts()).disableUser(argv) },
  "user enable": { says: "--name NAME", run: async (argv) => (await accounts()).enableUser(argv) },
  "token create": {
    says: "--user NAME --name NAME [--role R] [--services P,P] [--verbs V,V] [--expires 90d]",
    run: async (argv) => (await accounts()).createToken(argv),
  },
  "setup-code": {
    says: "the code that makes the first account",
    run: async (argv) => (await accounts()).showSetupCode(argv),
  },
  "audit verify": {
    says: "whether the trail of what was done is unbroken",
    run: async (argv) => (await accounts()).verifyAudit(argv),
  },
  doctor: {
    says: "what each supervisor needs, and whether it has it",
    run: async () => (await import("./doctor.ts")).doctor(),
  },
  openapi: { says: "the OpenAPI document of this version's API", run: openapi },
};

const argv = process.argv.slice(2);
const name = [argv.slice(0, 2).join(" "), argv[0] ?? ""].find((one) => one in COMMANDS);
if (name === undefined) usage();
else
  try {
    const ended = await COMMANDS[name]!.run(argv.slice(name.split(" ").length));
    process.exitCode = typeof ended === "number" ? ended : 0;
  } catch (error) {
    if (error instanceof z.ZodError)
      console.error(error.issues.map(({ message }) => `The password ${message}`).join("\n"));
    else if (error instanceof AppError || isPlain(error as NodeJS.ErrnoException)) console.error(messageOf(error));
    else throw error;
    process.exitCode = 2;
  }

/** What the system or the words that were typed are to blame for: its message says it all. */
function isPlain({ code, syscall }: NodeJS.ErrnoException): boolean {
  return syscall !== undefined || code?.startsWith("ERR_PARSE_ARGS") === true;
}

function usage(): void {
  const listed = Object.entries(COMMANDS).map(([one, { says }]) => `  ${one.padEnd(18)}${says}`);
  const text = ["usage: npm run -s trihelm -- <command>", ...listed].join("\n");
  const said = argv.join(" ");
  if (said === "--help" || said === "help") console.log(text);
  else {
    console.error(said ? `There is no command ${said}.\n${text}` : text);
    process.exitCode = 2;
  }
}

async function openapi(): Promise<void> {
  const { createApp } = await import("#lib/api/app.ts");
  const { openApiDocument } = await import("#lib/api/openapi.ts");
  console.log(JSON.stringify(openApiDocument(createApp()), null, 2));
}
