import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { readEnv } from "./env.ts";

test("nothing set: loopback, its own port, system units", () => {
  expect(readEnv({})).toMatchObject({
    host: "127.0.0.1",
    port: 7420,
    baseUrl: null,
    systemd: "system",
    pm2Homes: null,
    dockerHost: null,
    demo: false,
  });
  expect(readEnv({ TRIHELM_PORT: "", TRIHELM_HOST: "" })).toMatchObject({ host: "127.0.0.1", port: 7420 });
});

test("every problem is in one message", () => {
  const bad = {
    TRIHELM_TRUSTED_PROXIES: "everybody",
    TRIHELM_PORT: "eighty",
    TRIHELM_SYSTEMD: "maybe",
    TRIHELM_BASE_URL: "ftp://x",
    TRIHELM_DATA_DIR: "data",
    TRIHELM_LOG_LEVEL: "loud",
    DOCKER_HOST: "ssh://x",
  };
  expect(() => readEnv(bad)).toThrow(/7 problems/);
  for (const name of Object.keys(bad)) expect(() => readEnv(bad), name).toThrow(new RegExp(`- ${name} `));
});

test("to be reached from outside without TLS is allowed, with a warning", () => {
  for (const host of ["0.0.0.0", "::", "192.168.0.2", "hel.example"])
    expect(readEnv({ TRIHELM_HOST: host }).warnings, host).toEqual([expect.stringMatching(/^TRIHELM_HOST .*TLS/)]);
  expect(readEnv({ TRIHELM_BASE_URL: "http://hel.example" }).warnings).toEqual([
    expect.stringMatching(/^TRIHELM_BASE_URL is http/),
  ]);
  for (const fine of [
    {},
    { TRIHELM_HOST: "::1" },
    { TRIHELM_BASE_URL: "http://localhost:9000" },
    { TRIHELM_HOST: "0.0.0.0", TRIHELM_BASE_URL: "https://hel.example" },
    { TRIHELM_HOST: "0.0.0.0", TRIHELM_CONTAINER: "1" },
  ])
    expect(readEnv(fine).warnings, JSON.stringify(fine)).toEqual([]);
});

test("more names of this server, as a Host header spells them", () => {
  const hosts = (text: string) => readEnv({ TRIHELM_ALLOWED_HOSTS: text }).allowedHosts;
  expect(hosts("HEL.lan, bücher.example,192.168.1.5:7420, [2001:DB8::1]:80, hel.lan:443")).toEqual([
    "hel.lan",
    "xn--bcher-kva.example",
    "192.168.1.5:7420",
    "[2001:db8::1]:80",
    "hel.lan:443",
  ]);
  expect(readEnv({}).allowedHosts).toEqual([]);
  for (const bad of ["*", "*.lan", "http://hel.lan", "hel.lan/x", "a@hel.lan", "hel.lan:99999", "a b"])
    expect(() => hosts(bad), bad).toThrow(/TRIHELM_ALLOWED_HOSTS/);
});

test("trusted proxies are addresses and networks, and not everybody", () => {
  expect(readEnv({ TRIHELM_TRUSTED_PROXIES: "127.0.0.1, fd00::/8" }).trustedProxies).toEqual([
    { address: "127.0.0.1", prefix: 32, family: "ipv4" },
    { address: "fd00::", prefix: 8, family: "ipv6" },
  ]);
  expect(readEnv({}).trustedProxies).toEqual([]);
  for (const bad of ["0.0.0.0/0", "proxy.lan", "10.0.0.0/8,x"])
    expect(() => readEnv({ TRIHELM_TRUSTED_PROXIES: bad }), bad).toThrow(/TRIHELM_TRUSTED_PROXIES/);
});

test("a value may come from a file, one of both ways only", () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-env-"));
  const file = path.join(folder, "docker-host");
  fs.writeFileSync(file, "unix:///run/x.sock\n");
  expect(readEnv({ DOCKER_HOST_FILE: file }).dockerHost).toBe("unix:///run/x.sock");
  expect(() => readEnv({ DOCKER_HOST_FILE: file, DOCKER_HOST: "unix:///y" })).toThrow(/both set/);
  expect(() => readEnv({ DOCKER_HOST_FILE: path.join(folder, "none") })).toThrow(/DOCKER_HOST_FILE cannot be read/);
  fs.rmSync(folder, { recursive: true });
});

test("the data folder is spelt in one way", () => {
  for (const spelt of ["/srv/trihelm/", "//srv//trihelm", "/srv/./x/../trihelm"])
    expect(readEnv({ TRIHELM_DATA_DIR: spelt }).dataDir, spelt).toBe("/srv/trihelm");
});

test("lists are split, slashes cut, misspelt names found", () => {
  const env = readEnv({
    TRIHELM_PM2_HOMES: "/a/.pm2, /b/.pm2,",
    TRIHELM_BASE_URL: "https://hel.example//",
    TRIHELM_PROT: "1",
  });
  expect(env.pm2Homes).toEqual(["/a/.pm2", "/b/.pm2"]);
  expect(env.baseUrl).toBe("https://hel.example");
  expect(env.unknown).toEqual(["TRIHELM_PROT"]);
  expect(() => readEnv({ TRIHELM_PM2_HOMES: "a/.pm2" })).toThrow(/absolute/);
});

describe("who else may vouch for people", () => {
  const provider = {
    TRIHELM_OIDC_ISSUER: "https://id.example/realm",
    TRIHELM_OIDC_CLIENT_ID: "trihelm",
    TRIHELM_OIDC_CLIENT_SECRET: "secret",
  };
  const proxy = { TRIHELM_PROXY_USER_HEADER: "Remote-User", TRIHELM_TRUSTED_PROXIES: "10.0.0.0/8" };
  const groups = { TRIHELM_ADMIN_GROUPS: "ops, wheel" };

  test("nobody unless configured", () => {
    expect(readEnv({})).toMatchObject({
      oidc: null,
      proxySignIn: null,
      roleGroups: { admin: [], operator: [], viewer: [] },
    });
    expect(readEnv({ ...provider, ...groups })).toMatchObject({
      oidc: { issuer: "https://id.example/realm", clientSecret: "secret", name: "id.example", groupsClaim: "groups" },
      roleGroups: { admin: ["ops", "wheel"] },
      warnings: [],
      unknown: [],
    });
    expect(readEnv({ ...proxy, ...groups }).proxySignIn).toEqual({ userHeader: "remote-user", groupsHeader: null });
  });

  test("the client's secret can be in a file, and is in no message", () => {
    const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-env-")), "secret");
    fs.writeFileSync(file, "from a file\n");
    const { TRIHELM_OIDC_CLIENT_SECRET: secret, ...rest } = provider;
    expect(readEnv({ ...rest, ...groups, TRIHELM_OIDC_CLIENT_SECRET_FILE: file }).oidc?.clientSecret).toBe(
      "from a file",
    );
    expect(secret).toBe("secret");
    expect(() => readEnv({ ...provider, TRIHELM_OIDC_CLIENT_SECRET: "canary-secret", TRIHELM_PORT: "x" })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining("canary-secret") }),
    );
  });

  test("half of it, or a header that anybody could send, does not start the server", () => {
    for (const [name, bad] of [
      ["TRIHELM_OIDC_CLIENT_SECRET is missing", { ...provider, ...groups, TRIHELM_OIDC_CLIENT_SECRET: "" }],
      ["TRIHELM_OIDC_ISSUER is missing", { ...provider, ...groups, TRIHELM_OIDC_ISSUER: "" }],
      ["TRIHELM_OIDC_ISSUER is an http", { ...provider, ...groups, TRIHELM_OIDC_ISSUER: "ldap://x" }],
      ["all empty", provider],
      ["all empty", proxy],
      ["needs TRIHELM_TRUSTED_PROXIES", { ...groups, TRIHELM_PROXY_USER_HEADER: "Remote-User" }],
      ["does nothing without", { ...groups, TRIHELM_PROXY_GROUPS_HEADER: "Remote-Groups" }],
      ["is the same as", { ...proxy, ...groups, TRIHELM_PROXY_GROUPS_HEADER: "remote-user" }],
      ["name of a header", { ...proxy, ...groups, TRIHELM_PROXY_USER_HEADER: "Remote_User" }],
      ["means something else", { ...proxy, ...groups, TRIHELM_PROXY_USER_HEADER: "Cookie" }],
      ["means something else", { ...proxy, ...groups, TRIHELM_PROXY_USER_HEADER: "X-Trihelm-Peer" }],
    ] as const)
      expect(() => readEnv(bad), name).toThrow(new RegExp(name));
  });

  test("a provider without TLS is allowed, with a warning unless it is here", () => {
    const at = (issuer: string) => readEnv({ ...provider, ...groups, TRIHELM_OIDC_ISSUER: issuer }).warnings;
    expect(at("http://id.example")).toEqual([expect.stringMatching(/^TRIHELM_OIDC_ISSUER is http/)]);
    expect(at("http://127.0.0.1:9000")).toEqual([]);
  });
});
