/** Which files rotation made of another, by their names. */

/** of `app.log`: `app__2026-11-21.log`, `app.log.1`, `app.log-20261121.gz` */
const ROTATED = /^(?:__.{1,80}\.log|\.log[.-]\d[\w.-]{0,40}|-\d{8}[\w-]{0,40}\.log)(?:\.gz)?$/;
/** of `app.jsonl` or `syslog`: `syslog.1`, `syslog-20261121.gz` */
const ROTATED_PLAIN = /^(?:\.\d{1,3}|[.-]\d{8}[\w-]{0,40})(?:\.gz)?$/;

/** Could rotation have made the one of the other, which goes on? Paths, or names in one folder. */
export function isRotationOf(candidate: string, file: string): boolean {
  const stem = file.replace(/\.log$/, "");
  return candidate.startsWith(stem) && (stem === file ? ROTATED_PLAIN : ROTATED).test(candidate.slice(stem.length));
}
