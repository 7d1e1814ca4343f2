const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

/** Seconds in words, one unit below a day and two from a day on: `42 s`, `13 min`, `11 h`, `6 d 4 h`, `41 d`. */
export function formatDuration(seconds: number): string {
  const s = Math.max(0, Math.floor(seconds));
  if (s < MINUTE) return `${s} s`;
  if (s < HOUR) return `${Math.floor(s / MINUTE)} min`;
  if (s < DAY) return `${Math.floor(s / HOUR)} h`;
  const days = Math.floor(s / DAY);
  const hours = Math.floor((s % DAY) / HOUR);
  // beyond ten days the hours tell nobody anything
  return days < 10 && hours > 0 ? `${days} d ${hours} h` : `${days} d`;
}

/** How long ago an RFC 3339 time was, in words without `ago`; `now` in milliseconds. */
export function formatSince(time: string, now: number): string {
  return formatDuration((now - Date.parse(time)) / 1000);
}
