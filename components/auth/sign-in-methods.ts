/** What the sign-in page may offer, as `GET /api/v1/sign-in-methods` says. */
export interface SignInMethods {
  password: boolean;
  passkey: boolean;
  /** null: not configured */
  oidc: { name: string } | null;
  /** people reach this server by https */
  secure: boolean;
  version: string;
  host: string;
}
