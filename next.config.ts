import type { NextConfig } from "next";

const config: NextConfig = {
  output: "standalone",
  outputFileTracingRoot: import.meta.dirname,
  // The command line and the migrations are read at run time and never imported by a route. scripts/standalone.mjs
  // takes away what tracing brings beyond need.
  outputFileTracingIncludes: { "/*": ["./prisma/migrations/**/*", "./scripts/*.ts", "./lib/**/*.ts"] },
  // Also what plain Node needs beside the built server: the launcher and the command line run lib as it is.
  serverExternalPackages: [
    "@aws-sdk/client-s3",
    "@aws-sdk/lib-storage",
    "@better-auth/core",
    "@better-auth/passkey",
    "@hono/zod-openapi",
    "age-encryption",
    "better-auth",
    "better-call",
    "better-sqlite3",
    "croner",
    "cronstrue",
    "dockerode",
    "execa",
    "hono",
    "nodemailer",
    "pino",
    "pino-pretty",
    "pm2-axon",
    "pm2-axon-rpc",
    "pngjs",
    "prom-client",
    "qr",
    "re2js",
    "ssh2",
    "systeminformation",
    "tar-stream",
    "web-push",
    "yaml",
    "zod",
  ],
  poweredByHeader: false,
  images: { unoptimized: true },
  typescript: { ignoreBuildErrors: true }, // `npm test` checks types on its own, once
};

export default config;
