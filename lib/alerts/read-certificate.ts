/** When the certificate of a place ends, as it shows it to whoever connects. */
import tls from "node:tls";
import { logger } from "#lib/platform/logger.ts";

/** milliseconds */
const PATIENCE = 10_000;

/** Milliseconds since the epoch; null: it cannot be asked. `place`: `example.org:443`. */
export function certificateEnd(place: string, signal: AbortSignal): Promise<number | null> {
  const host = place.slice(0, place.lastIndexOf(":"));
  const port = Number(place.slice(place.lastIndexOf(":") + 1));
  return new Promise((resolve) => {
    const servername = /^[\d.]+$/.test(host) ? undefined : host;
    // one that nobody vouches for has an end too
    const socket = tls.connect({ host, port, rejectUnauthorized: false, ...(servername && { servername }) });
    const done = (end: number | null, why?: string) => {
      signal.removeEventListener("abort", cancel);
      socket.destroy();
      if (why !== undefined) logger("alerts").debug({ place }, `its certificate cannot be read: ${why}`);
      resolve(end);
    };
    const cancel = () => done(null);
    signal.addEventListener("abort", cancel, { once: true });
    socket.setTimeout(PATIENCE, () => done(null, "no answer"));
    socket.on("error", (error) => done(null, error.message));
    socket.on("secureConnect", () => {
      const end = Date.parse(socket.getPeerCertificate().valid_to ?? "");
      done(Number.isNaN(end) ? null : end);
    });
    if (signal.aborted) cancel();
  });
}
