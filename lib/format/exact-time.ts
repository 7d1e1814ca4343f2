/** A time as a person reads it, with the zone: `Fri 14 Nov 2025, 14:19:22 UTC`. `zone`: IANA name, else the reader's own. */
export function formatExact(time: string | number, zone?: string): string {
  return format({ weekday: "short", day: "numeric", month: "short", year: "numeric" }, time, zone).replace(",", "");
}

/** Clock time to the second, for what happened a moment ago: `14:31:52`. */
export function formatClock(time: string | number, zone?: string): string {
  return new Intl.DateTimeFormat("en-GB", { ...CLOCK, timeZone: zone }).format(new Date(time));
}

const CLOCK: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" };

function format(day: Intl.DateTimeFormatOptions, time: string | number, zone?: string): string {
  return new Intl.DateTimeFormat("en-GB", { ...day, ...CLOCK, timeZone: zone, timeZoneName: "short" }).format(
    new Date(time),
  );
}

/** A day and the minute of it, for lists: `Fri 14 Nov, 03:00`. */
export function formatDay(time: string | number, zone?: string): string {
  const date = new Date(time);
  const day = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", timeZone: zone });
  return `${day.format(date).replace(",", "")}, ${formatMinute(time, zone)}`;
}

/** A day alone, for the axis of a chart: `14 Nov`. */
export function formatDate(time: string | number, zone?: string): string {
  return new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: zone }).format(new Date(time));
}

/** Clock time to the minute: `18:00`. */
export function formatMinute(time: string | number, zone?: string): string {
  const { second: _, ...minutes } = CLOCK;
  return new Intl.DateTimeFormat("en-GB", { ...minutes, timeZone: zone }).format(new Date(time));
}
