/** The app on somebody's phone, for tests. */
import { createOTP } from "@better-auth/utils/otp";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** The code that such an app shows now, by what its owner has scanned. */
export function codeOf(totpURI: string): Promise<string> {
  const text = new URL(totpURI).searchParams.get("secret") ?? "";
  const bits = [...text].map((sign) => LETTERS.indexOf(sign).toString(2).padStart(5, "0")).join("");
  const bytes = (bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2));
  return createOTP(String.fromCharCode(...bytes)).totp();
}
