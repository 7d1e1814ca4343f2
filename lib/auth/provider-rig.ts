/** A small OpenID provider on loopback, for tests: what it says can be bent to what a hostile or broken one would say. */
import { createHash, generateKeyPairSync, type KeyObject, randomUUID, sign } from "node:crypto";
import http from "node:http";
import type { AddressInfo } from "node:net";

type Claims = Record<string, unknown>;

interface Grant {
  redirect: string;
  challenge: string;
  claims: Claims;
}

export interface TestProvider {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** false: it does not answer */
  up: boolean;
  /** bends the claims of the next tokens */
  bend: (claims: Claims) => Claims;
  /** signs with a key that it does not publish */
  forges: boolean;
  /** what it says of itself besides the usual */
  description: Claims;
  userInfo: Claims | null;
  /** how often each path was asked for */
  asked: Map<string, number>;
  /** The person agrees on the provider's page: where their browser is sent then. */
  agree: (url: string, person: Claims) => URL;
  close: () => Promise<void>;
}

export async function openProvider(): Promise<TestProvider> {
  const [key, other] = [0, 1].map(() => generateKeyPairSync("rsa", { modulusLength: 2048 }));
  const grants = new Map<string, Grant>();
  const server = http.createServer((request, response) => void answer(request, response));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider: TestProvider = {
    issuer,
    clientId: "trihelm",
    clientSecret: "s:e/c r%t",
    up: true,
    bend: (claims) => claims,
    forges: false,
    description: {},
    userInfo: null,
    asked: new Map(),
    agree(url, person) {
      const { searchParams } = new URL(url);
      const asked = (name: string) => searchParams.get(name) ?? "";
      const code = randomUUID();
      const now = Math.floor(Date.now() / 1000);
      const times = { iat: now, exp: now + 300, auth_time: now };
      const claims = { iss: issuer, aud: asked("client_id"), nonce: asked("nonce"), ...times, ...person };
      grants.set(code, { redirect: asked("redirect_uri"), challenge: asked("code_challenge"), claims });
      const back = new URL(asked("redirect_uri"));
      back.searchParams.set("code", code);
      back.searchParams.set("state", asked("state"));
      return back;
    },
    close: () => new Promise((done) => server.close(() => done())),
  };
  return provider;

  async function answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    if (!provider.up) return void request.socket.destroy();
    const path = new URL(request.url ?? "/", issuer).pathname;
    provider.asked.set(path, (provider.asked.get(path) ?? 0) + 1);
    const [status, body] = await told(path, request);
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  }

  async function told(path: string, request: http.IncomingMessage): Promise<[number, unknown]> {
    if (path === "/.well-known/openid-configuration")
      return [
        200,
        {
          issuer,
          authorization_endpoint: `${issuer}/authorize`,
          token_endpoint: `${issuer}/token`,
          jwks_uri: `${issuer}/jwks`,
          userinfo_endpoint: `${issuer}/userinfo`,
          ...provider.description,
        },
      ];
    if (path === "/jwks")
      return [200, { keys: [{ ...key!.publicKey.export({ format: "jwk" }), kid: "1", alg: "RS256", use: "sig" }] }];
    if (path === "/userinfo") return provider.userInfo ? [200, provider.userInfo] : [403, {}];
    if (path === "/token") return exchange(request);
    return [404, {}];
  }

  async function exchange(request: http.IncomingMessage): Promise<[number, unknown]> {
    const form = new URLSearchParams(Buffer.concat(await request.toArray()).toString());
    const [id, secret] = Buffer.from((request.headers.authorization ?? "").replace(/^Basic /, ""), "base64")
      .toString()
      .split(":");
    const grant = grants.get(form.get("code") ?? "");
    grants.delete(form.get("code") ?? "");
    const read = (text = "") => decodeURIComponent(text.replaceAll("+", " "));
    if (read(id) !== provider.clientId || read(secret) !== provider.clientSecret)
      return [401, { error: "invalid_client" }];
    const challenge = createHash("sha256")
      .update(form.get("code_verifier") ?? "")
      .digest("base64url");
    if (!grant || grant.challenge !== challenge || grant.redirect !== form.get("redirect_uri"))
      return [400, { error: "invalid_grant" }];
    const id_token = jwt(provider.bend(grant.claims), (provider.forges ? other! : key!).privateKey);
    return [200, { access_token: "an access token", token_type: "Bearer", expires_in: 300, id_token }];
  }
}

function jwt(claims: Claims, key: KeyObject): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ alg: "RS256", kid: "1", typ: "JWT" })}.${part(claims)}`;
  return `${signed}.${sign("sha256", Buffer.from(signed), key).toString("base64url")}`;
}
