export interface Mailbox {
  name: string;
  address: string;
}

/** `Alerts <alerts@example.com>` or the address alone. Null for anything else: several, none, or a line break in it. */
export function readMailbox(text: string): Mailbox | null {
  if (/\p{Cc}/u.test(text)) return null;
  const parts = /^(?:"?([^"<>]*?)"?\s*<([^<>]+)>|([^<>"]+))$/.exec(text.trim());
  const address = (parts?.[2] ?? parts?.[3] ?? "").trim();
  if (!/^[^\s@,;:()[\]\\]+@[^\s@,;:()[\]\\]+$/.test(address)) return null;
  return { name: parts?.[1]?.trim() ?? "", address };
}
