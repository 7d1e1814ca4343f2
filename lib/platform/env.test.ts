import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
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
    TRIHELM_HOST: "0.0.0.0",
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

test("an address other than loopback is refused while there are no accounts", () => {
  for (const host of ["0.0.0.0", "::", "192.168.0.2", "hel.example"])
    expect(() => readEnv({ TRIHELM_HOST: host }), host).toThrow(/loopback/);
  expect(readEnv({ TRIHELM_HOST: "::1" }).host).toBe("::1");
  expect(readEnv({ TRIHELM_HOST: "0.0.0.0", TRIHELM_CONTAINER: "1" }).host).toBe("0.0.0.0");
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
