/** People and scripts of every kind, for tests of who may do what. */
import type { Who } from "../api/allowed.ts";
import type { OwnServer } from "./own-server.ts";

export const PASSWORD = "a long enough password";

/** Signs in and gives the cookie, as a browser would send it back. */
export async function signIn(server: Pick<OwnServer, "ask">, username: string, password = PASSWORD): Promise<string> {
  const answer = await server.ask("/api/auth/sign-in/username", { method: "POST", body: { username, password } });
  if (answer.status !== 200) throw new Error(`${username} cannot sign in: ${answer.status} ${answer.body}`);
  return (answer.headers["set-cookie"] ?? []).map((cookie) => cookie.split(";")[0]).join("; ");
}

/** Makes an account from the command line; what is asked over the network is made with the first admin's own session. */
export function addUser(server: OwnServer, name: string, role: string): void {
  server.cli(["user", "create", "--name", name, "--role", role], PASSWORD);
}

/** Everybody of the matrix. Each has an account of their own, so that what one does to their sessions touches nobody else. */
export async function everybody(server: OwnServer): Promise<Who[]> {
  addUser(server, "admin", "admin");
  const admin = { cookie: await signIn(server, "admin") };
  const change = async (method: string, target: string, body: unknown): Promise<Record<string, string>> => {
    const answer = await server.ask(target, { method, headers: admin, body });
    if (answer.status >= 300) throw new Error(`${method} ${target}: ${answer.status} ${answer.body}`);
    return JSON.parse(answer.body) as Record<string, string>;
  };
  const account = (name: string, role: string) => change("POST", "/api/v1/users", { name, role, password: PASSWORD });
  const session = async (name: string, role: Role, more: Partial<Who> = {}): Promise<Who> => {
    await account(name, role);
    return { name, headers: { cookie: await signIn(server, name) }, role, kind: "session", ...more };
  };
  const token = async (name: string, role: Role, more: Partial<Who>, narrow: object = {}): Promise<Who> => {
    await account(`${name}-owner`, role);
    const { token: secret } = await change("POST", "/api/v1/tokens", { name, user: `${name}-owner`, ...narrow });
    return { name, headers: { authorization: `Bearer ${secret}` }, role, kind: "token", ...more };
  };
  const nobody = { role: null, broken: true } as const;
  const people: Who[] = [
    { name: "nobody", headers: {}, role: null, kind: "session" },
    { name: "admin", headers: admin, role: "admin", kind: "session" },
    await session("viewer", "viewer"),
    await session("operator", "operator"),
    await session("stale-admin", "admin", { stale: true }),
    await session("disabled-admin", "admin", { role: null }),
    await session("expired-admin", "admin", { role: null }),
    await token("narrowed", "operator", { narrowed: true }, { services: ["local/docker/wa-*"] }),
    await token("reader", "admin", { readsOnly: true }, { verbs: ["read"] }),
    await token("late", "admin", nobody),
    await token("revoked", "admin", nobody),
    { name: "guesser", headers: { authorization: `Bearer trh_${"A".repeat(43)}` }, kind: "token", ...nobody },
    {
      name: "forger",
      headers: { cookie: `trihelm.session_token=${"a".repeat(32)}.c2ln` },
      role: null,
      kind: "session",
    },
  ];
  await change("PATCH", "/api/v1/users/disabled-admin", { disabled: true });
  server.database((database) => {
    const of = (name: string) => `userId = (SELECT id FROM User WHERE username = '${name}')`;
    // an hour ago, in whatever form the column keeps a time
    const shift = (column: string) =>
      `CASE typeof(${column}) WHEN 'text' THEN strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now', '-1 hour') ELSE (unixepoch() - 3600) * 1000 END`;
    database.exec(`UPDATE Session SET createdAt = ${shift("createdAt")} WHERE ${of("stale-admin")}`);
    database.exec(`UPDATE Session SET expiresAt = ${shift("expiresAt")} WHERE ${of("expired-admin")}`);
    database.exec(`UPDATE ApiToken SET expiresAt = ${shift("createdAt")} WHERE ${of("late-owner")}`);
    database.exec(`DELETE FROM ApiToken WHERE ${of("revoked-owner")}`);
  });
  return people;
}

type Role = "viewer" | "operator" | "admin";
