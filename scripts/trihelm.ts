/** `npm run -s trihelm -- <command>`: what a shell on the server can ask without the pages. */
import { doctor } from "./doctor.ts";

const COMMANDS: Record<string, { says: string; run: () => Promise<number> }> = {
  doctor: { says: "what each supervisor needs, and whether it has it", run: doctor },
  openapi: { says: "the OpenAPI document of this version's API", run: openapi },
};

const name = process.argv[2] ?? "";
const command = COMMANDS[name];
if (command) process.exitCode = await command.run();
else {
  const listed = Object.entries(COMMANDS).map(([one, { says }]) => `  ${one.padEnd(10)}${says}`);
  const lines = ["usage: npm run -s trihelm -- <command>", ...listed];
  if (name === "--help" || name === "help") console.log(lines.join("\n"));
  else {
    console.error([...(name ? [`There is no command ${name}.`] : []), ...lines].join("\n"));
    process.exitCode = 2;
  }
}

async function openapi(): Promise<number> {
  const { createApp } = await import("#lib/api/app.ts");
  const { openApiDocument } = await import("#lib/api/openapi.ts");
  console.log(JSON.stringify(openApiDocument(createApp()), null, 2));
  return 0;
}
