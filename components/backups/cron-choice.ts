/** Cron lines as people choose them: a rhythm and a time of day, or the line itself. */

export const RHYTHMS = ["hourly", "6h", "12h", "daily", "weekly", "monthly", "cron"] as const;
export type Rhythm = (typeof RHYTHMS)[number];

export interface CronChoice {
  rhythm: Rhythm;
  /** `03:00`; for hours its minute alone counts */
  time: string;
  /** 0 is Sunday */
  weekday: number;
  /** of the month */
  day: number;
  /** the line itself, for `cron` */
  line: string;
}

export const USUAL_CHOICE: CronChoice = { rhythm: "daily", time: "03:00", weekday: 0, day: 1, line: "0 3 * * *" };

/** The cron line of a choice. */
export function cronOf({ rhythm, time, weekday, day, line }: CronChoice): string {
  const [hour, minute] = clockOf(time);
  switch (rhythm) {
    case "hourly":
      return `${minute} * * * *`;
    case "6h":
      return `${minute} */6 * * *`;
    case "12h":
      return `${minute} */12 * * *`;
    case "daily":
      return `${minute} ${hour} * * *`;
    case "weekly":
      return `${minute} ${hour} * * ${weekday}`;
    case "monthly":
      return `${minute} ${hour} ${day} * *`;
    case "cron":
      return line.trim();
  }
}

/** The choice that a line is; a line that is none of them stays a line. */
export function choiceOf(line: string): CronChoice {
  const base = { ...USUAL_CHOICE, line };
  const parts = line.trim().split(/\s+/);
  const [minute, hour, day, month, weekday] = parts;
  if (parts.length !== 5 || month !== "*" || !isNumber(minute, 59)) return { ...base, rhythm: "cron" };
  const at = (hours: string) => `${hours.padStart(2, "0")}:${minute.padStart(2, "0")}`;
  if (day === "*" && weekday === "*") {
    if (hour === "*") return { ...base, rhythm: "hourly", time: at("0") };
    if (hour === "*/6") return { ...base, rhythm: "6h", time: at("0") };
    if (hour === "*/12") return { ...base, rhythm: "12h", time: at("0") };
  }
  if (!isNumber(hour, 23)) return { ...base, rhythm: "cron" };
  if (day === "*" && weekday === "*") return { ...base, rhythm: "daily", time: at(hour) };
  if (day === "*" && isNumber(weekday, 6))
    return { ...base, rhythm: "weekly", time: at(hour), weekday: Number(weekday) };
  if (weekday === "*" && isNumber(day, 31) && day !== "0")
    return { ...base, rhythm: "monthly", time: at(hour), day: Number(day) };
  return { ...base, rhythm: "cron" };
}

function isNumber(text: string | undefined, most: number): text is string {
  return text !== undefined && /^\d{1,2}$/.test(text) && Number(text) <= most;
}

function clockOf(time: string): [hour: number, minute: number] {
  const [hour, minute] = time.split(":").map(Number);
  return [hour && hour > 0 ? hour : 0, minute && minute > 0 ? minute : 0];
}
