/**
 * The time of a line. PM2 writes none unless an app has `log_date_format`; many apps print their own. Read are a time
 * at the line's start (`2025-11-14T14:32:08`, `[2025-11-14 14:32:08.123 +02:00]`) and `time`, `timestamp`, `ts` of a JSON
 * line. A time without a zone is this machine's.
 */
const LEADING = /^\[?(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))? ?(Z|[+-]\d\d:?\d\d)?(?!\d)/;
const IN_JSON =
  /"(?:time|timestamp|@timestamp|ts)"\s*:\s*(?:"([^"]{10,40})"|(\d{10}(?:\.\d+)?|\d{13}|\d{16}|\d{19})\s*[,}])/;
const LOOKED_AT = 512;
const EARLIEST = Date.UTC(2000, 0);
const LATEST = Date.UTC(2100, 0);

export interface LineTime {
  /** milliseconds since the epoch */
  at: number;
  /** RFC 3339 in UTC, with the digits that the line has */
  text: string;
}

export function timeOfLine(line: string): LineTime | null {
  if (line.startsWith("{")) {
    const found = IN_JSON.exec(line.slice(0, LOOKED_AT));
    if (found?.[1]) return fromText(found[1]);
    return found?.[2] ? fromNumber(found[2]) : null;
  }
  return fromText(line);
}

function fromText(text: string): LineTime | null {
  const found = LEADING.exec(text);
  if (!found) return null;
  const [, day, clock, fraction = "", zone = ""] = found;
  const colon = /^[+-]\d{4}$/.test(zone) ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone;
  return checked(Date.parse(`${day}T${clock}${colon}`), fraction);
}

/** Seconds with or without a fraction, milliseconds, microseconds or nanoseconds, by the number of digits. */
function fromNumber(digits: string): LineTime | null {
  const [whole = "", fraction = ""] = digits.split(".");
  return checked(Number(whole.slice(0, 10)) * 1000, whole.slice(10) + fraction);
}

/** `seconds` has no fraction: the line's own digits go behind it as they are. */
function checked(seconds: number, fraction: string): LineTime | null {
  if (!(seconds >= EARLIEST && seconds <= LATEST)) return null;
  const at = seconds + Number(`0.${fraction || "0"}`) * 1000;
  return { at, text: `${new Date(seconds).toISOString().slice(0, 19)}.${fraction.padEnd(3, "0").slice(0, 9)}Z` };
}
