/** What of the account library's paths exists here, who may come to each, and which members of a body it gets to see. */
export interface LibraryRoute {
  method: "get" | "post";
  path: string;
  summary: string;
  /** `self` goes by a session: whoever is signed in otherwise has nothing there to change */
  verb: "open" | "self";
  fresh?: boolean;
  /** what the trail calls it; null: it changes nothing */
  action: string | null;
  /** a secret is tried here: counted, so that it cannot be guessed */
  guess?: boolean;
  /** members of the body that reach the library: it takes more, such as to do without the second factor from then on */
  fields?: readonly string[];
}

/** Only where a provider is configured. */
export const PROVIDER_BEGIN = "/sign-in/social";
export const PROVIDER_RETURN = "/callback/oidc";

export const LIBRARY_ROUTES: readonly LibraryRoute[] = [
  {
    method: "post",
    path: "/sign-in/username",
    summary: "Sign in by name and password",
    verb: "open",
    action: "session.sign-in",
    guess: true,
    fields: ["username", "password", "rememberMe"],
  },
  {
    method: "post",
    path: "/two-factor/verify-totp",
    summary: "The second step of signing in, and the last of setting it up",
    verb: "open",
    action: "session.second-factor",
    guess: true,
    fields: ["code"],
  },
  {
    method: "post",
    path: "/two-factor/verify-backup-code",
    summary: "The second step with a recovery code",
    verb: "open",
    action: "session.recovery-code",
    guess: true,
    fields: ["code"],
  },
  {
    method: "get",
    path: "/passkey/generate-authenticate-options",
    summary: "Begin signing in with a passkey",
    verb: "open",
    action: null,
  },
  {
    method: "post",
    path: "/passkey/verify-authentication",
    summary: "Sign in with a passkey",
    verb: "open",
    action: "session.passkey",
    fields: ["response"],
  },
  {
    method: "post",
    path: PROVIDER_BEGIN,
    summary: "Begin signing in by the provider; the answer says where to go",
    verb: "open",
    action: null,
    fields: ["callbackURL"],
  },
  {
    method: "get",
    path: PROVIDER_RETURN,
    summary: "The way back from the provider",
    verb: "open",
    action: "session.provider",
  },
  { method: "post", path: "/sign-out", summary: "Sign out", verb: "self", action: "session.sign-out" },
  {
    method: "post",
    path: "/change-password",
    summary: "Change one's password; all other sessions end",
    verb: "self",
    action: "user.password",
    guess: true,
    fields: ["currentPassword", "newPassword"],
  },
  {
    method: "post",
    path: "/two-factor/enable",
    summary: "Set up a second factor",
    verb: "self",
    fresh: true,
    action: "user.second-factor.begin",
    guess: true,
    fields: ["password"],
  },
  {
    method: "post",
    path: "/two-factor/disable",
    summary: "Do without a second factor",
    verb: "self",
    fresh: true,
    action: "user.second-factor.remove",
    guess: true,
    fields: ["password"],
  },
  {
    method: "post",
    path: "/two-factor/generate-backup-codes",
    summary: "New recovery codes; the old ones end",
    verb: "self",
    fresh: true,
    action: "user.recovery-codes",
    guess: true,
    fields: ["password"],
  },
  {
    method: "get",
    path: "/passkey/generate-register-options",
    summary: "Begin adding a passkey",
    verb: "self",
    fresh: true,
    action: null,
  },
  {
    method: "post",
    path: "/passkey/verify-registration",
    summary: "Add a passkey",
    verb: "self",
    fresh: true,
    action: "user.passkey.add",
    fields: ["response", "name"],
  },
  { method: "get", path: "/passkey/list-user-passkeys", summary: "One's passkeys", verb: "self", action: null },
  {
    method: "post",
    path: "/passkey/update-passkey",
    summary: "Rename a passkey",
    verb: "self",
    action: "user.passkey.rename",
    fields: ["id", "name"],
  },
  {
    method: "post",
    path: "/passkey/delete-passkey",
    summary: "Remove a passkey",
    verb: "self",
    fresh: true,
    action: "user.passkey.remove",
    fields: ["id"],
  },
];
