import { type Env, readEnv } from "#lib/platform/env.ts";
import { messageOf } from "#lib/platform/errors.ts";

/** sysexits(3): the configuration is wrong, and starting again will not help */
const EX_CONFIG = 78;

/** This process's configuration; ends it with every problem in one message. */
export function readConfiguration(): Env {
  try {
    return readEnv(process.env);
  } catch (error) {
    console.error(messageOf(error));
    process.exit(EX_CONFIG);
  }
}
