import { headers } from "next/headers";
import { notFound, redirect } from "next/navigation";
import { type Caller, identify } from "#lib/auth/caller.ts";
import { isOpen } from "#lib/auth/setup.ts";
import { isRefusal, refusalAt } from "#lib/auth/vouched.ts";
import { AppError } from "#lib/platform/errors.ts";
import { admit, WANTED } from "./guard.ts";

/**
 * What every page and layout calls before it reads anything: no page may depend on the proxy layer or on a layout above it,
 * which a client can leave out of a request. Ends the rendering with "not found" for a foreign `Host` or `Origin`, and with
 * a way to sign in, or to the first run, where nobody is signed in.
 */
export async function admitPage(): Promise<Caller> {
  await admitStranger();
  const caller = await pageCaller(true);
  if (caller) return caller;
  if (await isOpen()) redirect("/setup");
  const wanted = (await headers()).get(WANTED);
  redirect(wanted && wanted !== "/" ? `/sign-in?next=${encodeURIComponent(wanted)}` : "/sign-in");
}

/** For pages that need nobody signed in: only the `Host` and `Origin` are looked at. */
export async function admitStranger(): Promise<void> {
  try {
    admit(await headers(), { navigable: true });
  } catch (error) {
    if (error instanceof AppError) notFound();
    throw error;
  }
}

/** Whoever is signed in, by the request's cookie or a proxy's word; null for nobody. `explain`: the sign-in page says why not. */
export async function pageCaller(explain = false): Promise<Caller | null> {
  try {
    return await identify(await headers());
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const reason = error.extensions.signIn;
    if (explain && isRefusal(reason) && reason !== "setup_first") redirect(refusalAt(reason));
    return null;
  }
}
