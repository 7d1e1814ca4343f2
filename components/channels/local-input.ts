/** A moment as a field for date and time takes it, by the browser's own zone: `2025-11-14T14:32`. `at`: milliseconds. */
export function localInput(at: number): string {
  const shifted = at - new Date(at).getTimezoneOffset() * 60_000;
  return new Date(shifted).toISOString().slice(0, 16);
}
