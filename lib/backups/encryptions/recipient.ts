import { Encrypter } from "age-encryption";

/** True for a public key that age's own tools take: no plugins, whose programs a restore would need. */
export function isRecipient(text: string): boolean {
  const wanted = text.trim();
  if (!wanted.startsWith("age1")) return false;
  try {
    new Encrypter().addRecipient(wanted);
    return true;
  } catch {
    // the library says no more than that it is not valid
    return false;
  }
}
