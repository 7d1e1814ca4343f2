"use client";

import type { Alert } from "#lib/alerts/shapes.ts";
import { call } from "@/components/shell/api-client.ts";
import { attempt } from "@/components/shell/use-reading.ts";

/** Takes an alert on: nobody is told of it again until it ends. Resolves to it, or null when that did not work. */
export async function acknowledge({ id, title }: Pick<Alert, "id" | "title">, note = ""): Promise<Alert | null> {
  let answer: Alert | null = null;
  await attempt(`“${title}” was not acknowledged`, async () => {
    answer = await call<Alert>("POST", `/alerts/${encodeURIComponent(id)}/acknowledge`, note === "" ? {} : { note });
  });
  return answer;
}
