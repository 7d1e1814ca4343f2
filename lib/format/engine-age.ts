const HOUR = 3600;
const DAY = 24 * HOUR;

/** An age as container engines word it in a status: `Less than a second`, `About an hour`, `3 weeks`. */
export function engineAge(seconds: number): string {
  const s = Math.floor(seconds);
  if (s < 1) return "Less than a second";
  if (s === 1) return "1 second";
  if (s < 60) return `${s} seconds`;
  if (s < 120) return "About a minute";
  if (s < HOUR) return `${Math.floor(s / 60)} minutes`;
  const hours = Math.round(s / HOUR);
  if (hours === 1) return "About an hour";
  if (hours < 48) return `${hours} hours`;
  if (hours < 24 * 7 * 2) return `${Math.floor(hours / 24)} days`;
  if (hours < 24 * 30 * 2) return `${Math.floor(hours / 24 / 7)} weeks`;
  if (hours < 24 * 365 * 2) return `${Math.floor(hours / 24 / 30)} months`;
  return `${Math.floor(s / DAY / 365)} years`;
}
