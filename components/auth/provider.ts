import { send } from "@/components/shell/api-client.ts";

/** Leaves for the provider that signs people in here; it leads back to `next`. Throws ApiProblem. */
export async function leaveForProvider(next: string): Promise<void> {
  const callbackURL = next === "/" ? "/sign-in/done" : `/sign-in/done?next=${encodeURIComponent(next)}`;
  const { url } = await send<{ url: string }>("/api/auth/sign-in/social", {
    method: "POST",
    body: { callbackURL },
    signedOut: true,
  });
  location.assign(url);
}
