/** What a code is for, told from what it says. */
export const KINDS = ["whatsapp", "telegram", "signal", "otpauth", "url", "text"] as const;

export type Kind = (typeof KINDS)[number];

/** The kind of a payload; `text` for what is nothing known. */
export function kindOf(payload: string): Kind {
  if (/^\d@[A-Za-z0-9+/=,_-]{20,}$/.test(payload) || /^https:\/\/wa\.me\/settings\/linked_devices#/i.test(payload))
    return "whatsapp";
  if (/^tg:\/\/login\?/i.test(payload)) return "telegram";
  if (/^(sgnl:\/\/linkdevice\?|tsdevice:\/?\?)/i.test(payload)) return "signal";
  if (/^otpauth(-migration)?:\/\//i.test(payload)) return "otpauth";
  return /^https?:\/\/\S+$/i.test(payload) ? "url" : "text";
}
