/** People and tokens of a server under test, made by its own command line as an administrator would. */
import fs from "node:fs";

export const PASSWORD = "a staple of horses";
/** one person a role */
export const PEOPLE = { admin: "mara", operator: "otto", viewer: "vera" } as const;
export type Role = keyof typeof PEOPLE;

/** Runs `scripts/trihelm.ts` where the server's data is, and gives what it prints. */
export type CommandLine = (argv: string[], input?: string) => string;

/** Makes one account a role, with a token that may all that its owner may. Gives the tokens. */
export function makeAccounts(trihelm: CommandLine): Record<Role, string> {
  const tokens = {} as Record<Role, string>;
  for (const [role, name] of Object.entries(PEOPLE) as [Role, string][]) {
    trihelm(["user", "create", "--name", name, "--role", role], PASSWORD);
    tokens[role] = trihelm(["token", "create", "--user", name, "--name", "tests"]).trim();
  }
  return tokens;
}

/** The header that proves a role to the API. */
export function bearer(token: string): { authorization: string } {
  return { authorization: `Bearer ${token}` };
}

/** Signs in by name and password and writes the cookie to a file, in the form that Playwright starts a browser from. */
export async function saveSignIn(url: string, role: Role, file: string): Promise<void> {
  const answer = await fetch(`${url}/api/auth/sign-in/username`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: url },
    body: JSON.stringify({ username: PEOPLE[role], password: PASSWORD }),
  });
  if (!answer.ok) throw new Error(`${PEOPLE[role]} could not sign in: ${answer.status} ${await answer.text()}`);
  const cookies = answer.headers.getSetCookie().map((line) => {
    const [name = "", value = ""] = line.split(";")[0]!.split(/=(.*)/s);
    const { hostname: domain, protocol } = new URL(url);
    const flags = { httpOnly: true, secure: protocol === "https:", sameSite: "Strict" as const };
    return { name, value, domain, path: "/", expires: -1, ...flags };
  });
  fs.writeFileSync(file, JSON.stringify({ cookies, origins: [] }), { mode: 0o600 });
}
