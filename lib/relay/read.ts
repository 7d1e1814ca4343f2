/** What a caller gets of the relay. */
import { type Access, may, reaches } from "#lib/auth/access.ts";
import { AppError } from "#lib/platform/errors.ts";
import { codeOf, codes } from "./codes.ts";
import { readEpisodes } from "./episodes.ts";
import { drawSvg } from "./matrix.ts";
import type { Code, Episode } from "./shapes.ts";
import { allRead } from "./watch.ts";

/** Codes that are shown now, the newest first, and earlier times. The payload is for who may act on the service alone. */
export async function readRelay(access: Access): Promise<{ items: Code[]; episodes: Episode[] }> {
  await allRead();
  const see = (service: string) => reaches(access, service);
  const held = codes()
    .all()
    .filter(({ service }) => see(service))
    .sort((left, right) => right.seenAt - left.seenAt);
  const items = held.map((one) => codeOf(one, may(access, "act", one.service)));
  return { items, episodes: await readEpisodes(see) };
}

/** The newest code of a service as SVG. Throws `not_found` where it shows none. */
export function drawCode(service: string): string {
  const held = codes().of(service);
  if (!held?.matrix) throw new AppError("not_found", `${service} shows no code now`);
  codes().shown(service, "here");
  return drawSvg(held.matrix, "QR code");
}
