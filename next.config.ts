import type { NextConfig } from "next";

const config: NextConfig = {
  output: "standalone",
  outputFileTracingRoot: import.meta.dirname,
  // The launcher, the command line and the migrations are read at run time and never imported by a route.
  outputFileTracingIncludes: {
    "/*": ["./prisma/migrations/**/*", "./scripts/serve.ts", "./scripts/trihelm.ts", "./lib/**/*.ts"],
  },
  outputFileTracingExcludes: { "/*": ["./lib/**/*.test.ts", "./lib/**/fixtures/**", "./node_modules/pm2/**"] },
  serverExternalPackages: [
    "better-sqlite3",
    "dockerode",
    "ssh2",
    "systeminformation",
    "pino",
    "pino-pretty",
    "pm2-axon",
    "pm2-axon-rpc",
  ],
  poweredByHeader: false,
  images: { unoptimized: true },
  typescript: { ignoreBuildErrors: true }, // `npm test` checks types on its own, once
};

export default config;
