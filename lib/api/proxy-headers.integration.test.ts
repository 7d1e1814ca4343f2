import http from "node:http";
import net, { type AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { recheckCallers } from "#lib/auth/live.ts";
import { endStream, openStreams } from "#lib/auth/open-streams.ts";
import { lightHash } from "#lib/auth/password-rig.ts";
import { bearer, PASSWORD, signedIn, somebody } from "#lib/auth/people-rig.ts";
import { findPersonByName, updatePerson, writePassword } from "#lib/auth/store.ts";
import { db } from "#lib/db/client.ts";
import { prepareRequests } from "#lib/platform/incoming.ts";
import { signInApi } from "./browser-rig.ts";

// whoever comes from another address is none
const PROXY = "127.0.0.2";
Object.assign(process.env, {
  TRIHELM_TRUSTED_PROXIES: PROXY,
  TRIHELM_PROXY_USER_HEADER: "Remote-User",
  TRIHELM_PROXY_GROUPS_HEADER: "Remote-Groups",
  TRIHELM_ADMIN_GROUPS: "ops",
  TRIHELM_OPERATOR_GROUPS: "dev",
  TRIHELM_VIEWER_GROUPS: "staff",
});
const api = signInApi();
const server = http.createServer(async (request, response) => {
  // headers as the framework makes them of a request
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined) headers.set(name, String(value));
  const body = request.method === "POST" ? Buffer.concat(await request.toArray()) : null;
  const asked = new Request(`http://localhost:7420${request.url}`, { method: request.method!, headers, body });
  const answer = await api.app.fetch(asked);
  response.writeHead(answer.status, [...answer.headers].flat());
  response.end(Buffer.from(await answer.arrayBuffer()));
});
let port = 0;
beforeAll(async () => {
  prepareRequests();
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => server.close());

interface Answer {
  status: number;
  head: string;
  body: Awaited<ReturnType<Response["json"]>>;
}

/** The lines as they are, byte for byte, from the proxy or from somebody else. */
function say(lines: string[], { from = PROXY, method = "GET", path = "/api/v1/me", body = "" } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host: "127.0.0.1", port, localAddress: from });
    const own = [
      "Host: localhost:7420",
      "Connection: close",
      ...(method === "POST" ? ["Content-Type: application/json", `Content-Length: ${body.length}`] : []),
    ];
    socket.write(`${method} ${path} HTTP/1.1\r\n${[...own, ...lines].join("\r\n")}\r\n\r\n${body}`);
    let text = "";
    socket
      .setEncoding("utf8")
      .on("data", (part: string) => (text += part))
      .on("error", reject);
    socket.on("end", () => {
      const [head = "", ...rest] = text.split("\r\n\r\n");
      const said = rest.join("\r\n\r\n").replace(/^[0-9a-f]+\r\n|\r\n0$|\r\n0\r\n\r\n$/g, "");
      resolve({ status: Number(head.split(" ")[1]), head, body: said.startsWith("{") ? JSON.parse(said) : said });
    });
  });
}
const cookieIn = (head: string) => /^set-cookie: ([^;]+)/im.exec(head)?.[1] ?? "";
const as = (name: string, groups = "staff") => [`Remote-User: ${name}`, `Remote-Groups: ${groups}`];

describe("the proxy's word", () => {
  test("brings in whom nobody knew, and their role follows their groups at each request", async () => {
    expect((await say(as("mara", "guests, dev"))).body).toMatchObject({
      name: "mara",
      role: "operator",
      kind: "proxy",
      session: null,
    });
    expect((await say(as("Mara", "staff|dev|ops"))).body).toMatchObject({ name: "mara", role: "admin" });
    expect((await say(as("mara"))).body).toMatchObject({ role: "viewer", verbs: ["read"] });
    expect(await findPersonByName("mara")).toMatchObject({ via: "proxy", role: "viewer" });
    const trail = await db().auditEntry.findMany({
      where: { subject: "mara", outcome: "done" },
      orderBy: { seq: "asc" },
    });
    expect(trail.map(({ action, intent }) => [action, JSON.parse(intent).role])).toEqual([
      ["user.create", "operator"],
      ["user.change", "admin"],
      ["user.change", "viewer"],
    ]);
    // many requests of one page at once make one account
    const all = await Promise.all(Array.from({ length: 8 }, () => say(as("nia"))));
    expect(new Set(all.map(({ status, body }) => `${status} ${body.id}`)).size).toBe(1);
  });

  test("by basic auth is for the proxy: a session's stream goes on beside it", async () => {
    const own = await signedIn(await somebody("basil", { role: "viewer" }));
    const lines = [`Cookie: ${own.cookie}`, `Authorization: Basic ${Buffer.from("basil:x").toString("base64")}`];
    expect(await say(lines)).toMatchObject({ status: 200, body: { name: "basil", kind: "session" } });
    const socket = net.connect({ host: "127.0.0.1", port, localAddress: PROXY });
    socket.write(`GET /api/v1/events HTTP/1.1\r\nHost: localhost:7420\r\n${lines.join("\r\n")}\r\n\r\n`);
    socket.resume();
    await expect.poll(() => openStreams().size).toBe(1);
    await recheckCallers();
    expect(openStreams().size).toBe(1);
    for (const stream of openStreams()) endStream(stream);
    socket.destroy();
    // from anybody else it is a credential like any, and none of ours
    expect((await say(lines, { from: "127.0.0.3" })).status).toBe(401);
  });

  test("ends streams when it takes a role away", async () => {
    await say(as("oda", "ops"));
    const socket = net.connect({ host: "127.0.0.1", port, localAddress: PROXY });
    socket.write(
      `GET /api/v1/events HTTP/1.1\r\nHost: localhost:7420\r\nConnection: close\r\n${as("oda", "ops").join("\r\n")}\r\n\r\n`,
    );
    const over = new Promise((done) => socket.on("end", () => done("over")).resume());
    await expect.poll(async () => openStreams().size).toBe(1);
    await say(as("oda"));
    expect(await Promise.race([over, new Promise((done) => setTimeout(() => done("open"), 3000))])).toBe("over");
    socket.destroy();
  });

  test("does not bring in somebody without a role, disabled, or with another's name", async () => {
    expect(await say(as("pia", "guests"))).toMatchObject({ status: 403, body: { signIn: "no_role" } });
    expect((await say(["Remote-User: pia"])).status).toBe(403);
    expect(await findPersonByName("pia")).toBeNull();
    await say(as("quin"));
    await updatePerson((await findPersonByName("quin"))!.id, { disabled: true });
    expect(await say(as("quin"))).toMatchObject({ status: 403, body: { signIn: "disabled" } });
    const local = await somebody("rob");
    expect(await say(as("ROB", "ops"))).toMatchObject({ status: 403, body: { signIn: "account_not_linked" } });
    expect(await say(as(local.id, "ops"))).toMatchObject({ body: { name: local.id } });
    for (const name of ["mara smith", "mara, rob", "../rob", "rob\u00e9", "x".repeat(65)])
      expect((await say(as(name, "ops"))).status, name).toBe(403);
  });
});

describe("the same header", () => {
  test("from anybody but the proxy is as if it were not there", async () => {
    expect((await say(as("rob", "ops"), { from: "127.0.0.1" })).status).toBe(401);
    expect(
      (
        await say(
          [...as("rob", "ops"), `X-Forwarded-For: ${PROXY}`, `X-Real-IP: ${PROXY}`, `Forwarded: for=${PROXY}`],
          {
            from: "127.0.0.1",
          },
        )
      ).status,
    ).toBe(401);
    expect((await say([...as("rob", "ops"), `X-Trihelm-Peer: ${PROXY}`], { from: "127.0.0.1" })).status).toBe(401);
    expect(await findPersonByName("sol")).toBeNull();
    expect((await say(as("sol", "ops"), { from: "127.0.0.1" })).status).toBe(401);
    expect(await findPersonByName("sol")).toBeNull();
  });

  test("in other spellings means nothing", async () => {
    for (const line of [
      "Remote_User: tia",
      "Remote-User : tia",
      "Remote User: tia",
      "X-Remote-User: tia",
      "Remote-User\t: tia",
      "Remote-User:",
    ]) {
      const { status } = await say([line, "Remote-Groups: ops"]);
      expect([400, 401], line).toContain(status);
    }
    expect((await say(["REMOTE-USER: tia", "remote-GROUPS: dev"])).body).toMatchObject({
      name: "tia",
      role: "operator",
    });
    expect((await say([...as("tia"), "Remote_Groups: ops"])).body).toMatchObject({ role: "viewer" });
  });

  test("twice through the proxy counts for neither, whichever comes first", async () => {
    for (const lines of [
      ["Remote-User: uma", ...as("vic")],
      [...as("vic"), "remote-user: uma"],
      [...as("vic"), "Remote-User: vic"],
    ])
      expect(await say(lines), lines.join()).toMatchObject({ status: 403, body: { signIn: "proxy_name" } });
    for (const lines of [
      [...as("vic"), "Remote-Groups: ops"],
      ["remote-groups: ops", ...as("vic")],
    ])
      expect(await say(lines), lines.join()).toMatchObject({ status: 403, body: { signIn: "no_role" } });
    expect(await findPersonByName("vic")).toBeNull();
  });
});

describe("whoever comes by the proxy", () => {
  const asks = { method: "POST", path: "/api/v1/tokens", body: '{"name":"x"}' };
  const stepUp = (password: string) => ({
    method: "POST",
    path: "/api/v1/me/step-up",
    body: JSON.stringify({ password }),
  });

  test("is not fresh, and is told how to be", async () => {
    await say(as("wes", "ops"));
    expect(await say(as("wes", "ops"), asks)).toMatchObject({ status: 403, body: { stepUp: true } });
    const { status, body } = await say(as("wes", "ops"), stepUp("anything at all"));
    expect([status, body.detail]).toEqual([403, expect.stringMatching(/user set-password wes/)]);
    for (const path of ["/passkey/generate-register-options", "/passkey/list-user-passkeys"])
      expect(await say(as("wes", "ops"), { path: `/api/auth${path}` })).toMatchObject({
        status: 403,
        body: { stepUp: true },
      });
    expect((await say(as("wes", "ops"), { method: "POST", path: "/api/auth/sign-out", body: "{}" })).status).toBe(403);
  });

  test("with a password gets a session beside the header, which does not outlive who the header names", async () => {
    await say(as("xan", "ops"));
    const { id } = (await findPersonByName("xan"))!;
    await writePassword(id, lightHash(PASSWORD));
    expect((await say(as("xan", "ops"), stepUp("not the password"))).status).toBe(403);
    const confirmed = await say(as("xan", "ops"), stepUp(PASSWORD));
    expect(confirmed.status).toBe(204);
    const cookie = `Cookie: ${cookieIn(confirmed.head)}`;
    expect((await say([...as("xan", "ops"), cookie])).body).toMatchObject({ name: "xan", kind: "session" });
    expect((await say([...as("xan", "ops"), cookie], asks)).status).toBe(201);
    // less than before, by the same session
    expect((await say([...as("xan"), cookie])).body).toMatchObject({ role: "viewer", kind: "session" });
    // the proxy names another: the browser has changed hands
    expect((await say([...as("yan"), cookie])).body).toMatchObject({ name: "yan", kind: "proxy" });
    expect((await say([...as("xan", "guests"), cookie])).status).toBe(403);
  });

  test("another's session does not act for the library, and a local one stays itself", async () => {
    await say(as("zoe", "ops"));
    const zoe = (await findPersonByName("zoe"))!;
    const { cookie } = await signedIn(zoe);
    const out = { method: "POST", path: "/api/auth/sign-out", body: "{}" };
    expect((await say([...as("yan"), `Cookie: ${cookie}`], out)).status).toBe(403);
    expect((await say([`Cookie: ${cookie}`])).body).toMatchObject({ name: "zoe" });
    const ada = await somebody("ada");
    const local = await signedIn(ada);
    expect((await say([...as("zoe", "ops"), `Cookie: ${local.cookie}`])).body).toMatchObject({
      name: "ada",
      kind: "session",
    });
    // who is refused by the header may still sign in here
    const entered = await say(as("ada", "guests"), {
      method: "POST",
      path: "/api/auth/sign-in/username",
      body: JSON.stringify({ username: "ada", password: PASSWORD }),
    });
    expect(entered.status).toBe(200);
    const token = await bearer(ada, { role: "viewer" });
    expect((await say([...as("zoe", "ops"), `Authorization: ${token.authorization}`])).body).toMatchObject({
      name: "ada",
      kind: "token",
      role: "viewer",
    });
  });
});
