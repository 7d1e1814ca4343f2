import { headers } from "next/headers";
import { notFound } from "next/navigation";
import { AppError } from "#lib/platform/errors.ts";
import { admit } from "./guard.ts";

/**
 * What every page and layout calls before it reads anything: the proxy refuses strangers first, but a page must not
 * depend on that layer being there. Ends the rendering with "not found" for a foreign `Host` or `Origin`.
 */
export async function admitPage(): Promise<void> {
  try {
    admit(await headers(), { navigable: true });
  } catch (error) {
    if (error instanceof AppError) notFound();
    throw error;
  }
}
