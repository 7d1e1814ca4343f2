import { execFileSync } from "node:child_process";

export interface Certificate {
  key: string;
  cert: string;
}

/** For `localhost`, signed by itself, good for two days. */
export function makeCertificate(): Certificate {
  const options = [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"],
    ...["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", "-", "-out", "-"],
  ];
  const made = execFileSync("openssl", options, { stdio: ["ignore", "pipe", "ignore"] }).toString();
  const part = (name: string) => new RegExp(`-----BEGIN ${name}-----[^]*?-----END ${name}-----\n`).exec(made)![0];
  return { key: part("PRIVATE KEY"), cert: part("CERTIFICATE") };
}
