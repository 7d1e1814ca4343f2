import { expect, test } from "vitest";
import { MASK } from "./mask.ts";
import { maskYaml } from "./mask-yaml.ts";

test("values of secrets go to the end of their line, blocks and all; everything else stays", () => {
  const text = `services:
  db:
    image: postgres:16
    environment:
      POSTGRES_PASSWORD: correct horse battery
      POSTGRES_USER: app user
      - SIGNING_KEY=a b c
      API_TOKEN: "\${API_TOKEN}"
      TLS_PRIVATE_KEY: |
        line one

        line two
      PORT: 5432
    secrets:
      - db_password
secrets:
  db_password:
    file: ./db_password.txt`;
  const masked = text
    .replace("correct horse battery", MASK)
    .replace("=a b c", `=${MASK}`)
    .replace("line one", MASK)
    .replace("line two", MASK);
  expect(maskYaml(text)).toBe(masked);
});
