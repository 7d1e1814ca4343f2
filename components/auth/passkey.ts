/** Passkeys by the browser's own JSON forms; the server speaks the same. */
import { send } from "@/components/shell/api-client.ts";

/** Whether this page can use passkeys at all: a new enough browser, and https or localhost. */
export function passkeysWork(): boolean {
  return (
    window.isSecureContext &&
    typeof PublicKeyCredential !== "undefined" &&
    "parseRequestOptionsFromJSON" in PublicKeyCredential
  );
}

/** Why there is no passkey: the person turned it down, or it did not work. `problem` null: they turned it down. */
export class NoPasskey extends Error {
  readonly problem: string | null;

  constructor(problem: string | null, options?: ErrorOptions) {
    super(problem ?? "cancelled", options);
    this.problem = problem;
  }
}

/** Signs in, or proves once more who one is, by a passkey of this device. Throws NoPasskey or ApiProblem. */
export async function signInByPasskey(): Promise<void> {
  const options = await send<PublicKeyCredentialRequestOptionsJSON>("/api/auth/passkey/generate-authenticate-options", {
    method: "GET",
    signedOut: true,
  });
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  const credential = await navigator.credentials.get({ publicKey }).catch(notGiven);
  await send("/api/auth/passkey/verify-authentication", {
    method: "POST",
    body: { response: jsonOf(credential) },
    signedOut: true,
  });
}

/** Makes a passkey on this device for whoever is signed in. Throws NoPasskey or ApiProblem. */
export async function addPasskey(name: string): Promise<void> {
  const options = await send<PublicKeyCredentialCreationOptionsJSON>(
    `/api/auth/passkey/generate-register-options?name=${encodeURIComponent(name)}`,
    { method: "GET" },
  );
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  const credential = await navigator.credentials.create({ publicKey }).catch(notGiven);
  await send("/api/auth/passkey/verify-registration", {
    method: "POST",
    body: { response: jsonOf(credential), name },
  });
}

function jsonOf(credential: Credential | null): unknown {
  if (!(credential instanceof PublicKeyCredential)) throw new NoPasskey("The browser gave no passkey.");
  return credential.toJSON();
}

/** Closing the browser's dialog and its time running out are the same to a page. */
function notGiven(cause: unknown): never {
  const name = cause instanceof Error ? cause.name : "";
  if (name === "NotAllowedError" || name === "AbortError") throw new NoPasskey(null, { cause });
  if (name === "InvalidStateError")
    throw new NoPasskey("This device has a passkey for this account already.", { cause });
  throw new NoPasskey(cause instanceof Error ? cause.message : String(cause), { cause });
}
