/** The key pair that this server shows itself to push services with: made once, for every subscription is bound to it. */
import fs from "node:fs";
import path from "node:path";
import { z } from "zod";
import { seal, unseal } from "#lib/auth/seal.ts";
import { env } from "#lib/platform/env.ts";
import { singleton } from "#lib/platform/singleton.ts";

const PURPOSE = "web-push";
const keysSchema = z.object({ publicKey: z.string(), privateKey: z.string() });

export interface VapidKeys {
  publicKey: string;
  privateKey: string;
}

/** Read, or made and kept sealed beside the server's secret. Throws AppError `conflict` where that secret is another by now. */
export function vapidKeys(): Promise<VapidKeys> {
  const held = singleton<{ keys: Promise<VapidKeys> | null }>("web-push-keys", () => ({ keys: null }));
  held.keys ??= open().catch((error: unknown) => {
    held.keys = null;
    throw error;
  });
  return held.keys;
}

/** Who a push service can turn to. */
export function vapidSubject(): string {
  const { baseUrl } = env();
  return baseUrl?.startsWith("https:") ? baseUrl : "mailto:trihelm@localhost";
}

async function open(): Promise<VapidKeys> {
  const file = path.join(/* turbopackIgnore: true */ env().dataDir, "web-push-keys");
  if (!fs.existsSync(file)) {
    const { default: webPush } = await import("web-push");
    try {
      // `wx`: of two at once one writes, and both read the same
      fs.writeFileSync(file, `${seal(JSON.stringify(webPush.generateVAPIDKeys()), PURPOSE)}\n`, {
        mode: 0o600,
        flag: "wx",
      });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
  return keysSchema.parse(JSON.parse(unseal(fs.readFileSync(file, "utf8").trim(), PURPOSE)));
}
