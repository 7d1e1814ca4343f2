import { describe, expect, test } from "vitest";
import { isSecretName, MASK, maskSecrets, maskText, secretsIn } from "./mask.ts";

describe("names", () => {
  test.each([
    "PASSWORD",
    "DB_PASS",
    "dbPassword",
    "API_KEY",
    "apiKey",
    "AWS_SECRET_ACCESS_KEY",
    "GITHUB_TOKEN",
    "JWT_KEY",
    "SENTRY_DSN",
    "SSH_PRIVATE_KEY",
    "--auth-token",
    "COOKIE_SALT",
    "SLACK_WEBHOOK_URL",
    "AUTH",
    "PGPASSWORD",
    "APP_KEY",
    "RCLONE_CONFIG_B2_KEY",
    "com.example.api-key",
    "traefik.http.middlewares.gate.basicauth.users",
  ])("%s holds a secret", (name) => expect(isSecretName(name)).toBe(true));
  test.each(
    [
      "PATH",
      "HOME",
      "PORT",
      "NODE_ENV",
      "KEYBOARD",
      "MONKEY",
      "AUTHOR",
      "DISPLAY",
      "LANG",
      "PUBLIC_KEY",
      "com.docker.compose.config-hash",
      "COMPASS_URL",
      "BYPASS",
    ].filter((n) => !/PASS/.test(n)),
  )("%s does not", (name) => expect(isSecretName(name)).toBe(false));
});

test.each([
  ["postgres://app:hunter22@db/app", `postgres://app:${MASK}@db/app`],
  ["Authorization: Bearer abcdefghijklmnop", `Authorization: Bearer ${MASK}`],
  ['Environment="DB_PASSWORD=hunter22" PORT=80', `Environment="DB_PASSWORD=${MASK}" PORT=80`],
  ["  api_key: 'abc def'", `  api_key: '${MASK}'`],
  ['{"token": "abc"}', `{"token": "${MASK}"}`],
  ["ghp_abcdefghijklmnopqrstuvwx", MASK],
  ["GET /healthz 200", "GET /healthz 200"],
  ["redis://:hunter22@cache:6379", `redis://:${MASK}@cache:6379`],
  ["https://0123456789abcdef0123@github.com/a/b", `https://${MASK}@github.com/a/b`],
  ["/app --auth-token hunter22 --port 80", `/app --auth-token ${MASK} --port 80`],
  ["/app --password='two words' -v", `/app --password='${MASK}' -v`],
  ["/app --password --verbose", "/app --password --verbose"],
  ["curl -s -u app:hunter22 http://x", `curl -s -u app:${MASK} http://x`],
  ["run --user 1000:1000 x", "run --user 1000:1000 x"],
  ["admin:$apr1$salt$hashhashhash", `admin:${MASK}`],
  ["https://h/done?access_token=hunter22", `https://h/done?access_token=${MASK}`],
  ['Environment="PASSPHRASE=correct horse \\"battery\\"" A=1', `Environment="PASSPHRASE=${MASK}" A=1`],
])("%s", (text, masked) => expect(maskText(text, [])).toBe(masked));

test("a known secret goes wherever it recurs, however deep", () => {
  const masked = maskSecrets({ Labels: { note: "pw is tr0ub4dor" }, Args: ["-x", "tr0ub4dor"], Password: "x", n: 3 }, [
    "tr0ub4dor",
  ]);
  expect(masked).toEqual({ Labels: { note: `pw is ${MASK}` }, Args: ["-x", MASK], Password: MASK, n: 3 });
});

test("what follows a secret's option goes, and is known from then on", () => {
  const args = ["node", "app.js", "--token", "hunter22", "--port", "80", "-u", "app:hunter23", "--secret", "--x"];
  expect(maskSecrets({ args, deep: [["/app", args]] }, [])).toEqual({
    args: ["node", "app.js", "--token", MASK, "--port", "80", "-u", `app:${MASK}`, "--secret", "--x"],
    deep: [["/app", ["node", "app.js", "--token", MASK, "--port", "80", "-u", `app:${MASK}`, "--secret", "--x"]]],
  });
  expect(secretsIn({ args, Labels: { "app.api-key": "hunter24" }, n: 1 })).toEqual(["hunter22", "hunter24"]);
});

test("a known secret goes however it is written, and what occurs by chance stays", () => {
  expect(maskText('a?p=p%40ss%20w {"x":"p@ss w"} p@ss w', ["p@ss w"])).toBe(`a?p=${MASK} {"x":"${MASK}"} ${MASK}`);
  expect(maskText("true 80 none", ["true", "80", "none"])).toBe("true 80 none");
});
