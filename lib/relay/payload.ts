/** Payloads that a log gives as text: in a line, in a field of a JSON line, or as a picture of the code. */

/** What a QR code of a login says, where it stands in a log as it is. */
const PAYLOADS = [
  /\b\d@[A-Za-z0-9+/=_-]{16,200}(?:,[A-Za-z0-9+/=_-]{8,200}){2,4}(?![A-Za-z0-9+/=_-])/,
  /\bhttps:\/\/wa\.me\/settings\/linked_devices#[A-Za-z0-9+/=_,@.%-]{16,1000}/i,
  /\btg:\/\/login\?token=[A-Za-z0-9+/=_%-]{8,500}/i,
  /\bsgnl:\/\/linkdevice\?[A-Za-z0-9+/=_%&.~-]{8,1000}/i,
  /\botpauth:\/\/(?:totp|hotp)\/[A-Za-z0-9+/=_%&.~?:@-]{8,1000}/i,
] as const;

/** One look that says whether the five above are worth trying. */
const HINT = /\d@[A-Za-z0-9+/=_-]{16}|tg:\/\/login|sgnl:|otpauth:|wa\.me\/settings/i;
const PICTURE = /data:image\/png;base64,([A-Za-z0-9+/]{100,400000}={0,2})/;

/** The payload in this line, also within a field of a JSON line; null when there is none. */
export function payloadIn(line: string): string | null {
  if (!HINT.test(line)) return null;
  for (const text of [...stringsIn(line), line])
    for (const shape of PAYLOADS) {
      const found = shape.exec(text);
      if (found) return found[0];
    }
  return null;
}

/** A picture in this text, as the bytes of its PNG; null when there is none. */
export function pictureIn(text: string): Buffer | null {
  if (!text.includes("data:image/png;base64,")) return null;
  const found = PICTURE.exec(text);
  return found ? Buffer.from(found[1]!, "base64") : null;
}

/** Every string within a JSON line, however deep, as it is without escapes; empty for what is no JSON object. */
export function stringsIn(text: string): string[] {
  const trimmed = text.trimStart();
  if (!trimmed.startsWith("{")) return [];
  try {
    return [...walk(JSON.parse(trimmed), 0)];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

function* walk(value: unknown, depth: number): Generator<string> {
  if (typeof value === "string") yield value;
  else if (value !== null && typeof value === "object" && depth < 8)
    for (const inner of Object.values(value)) yield* walk(inner, depth + 1);
}
