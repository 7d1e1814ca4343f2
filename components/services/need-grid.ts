/** Columns of what waits for a person: state, who, why, its past, since when, what can be done. */
export const NEED_GRID =
  "grid items-center gap-x-3.5 border-b border-hairline pr-2.5 pl-3.5 last:border-b-0 max-sm:grid-cols-[14px_minmax(0,1fr)_auto] max-sm:gap-x-2.5 max-sm:py-2 sm:h-10 sm:grid-cols-[14px_minmax(0,1fr)_minmax(0,1fr)_64px_auto] xl:grid-cols-[14px_316px_minmax(0,1fr)_160px_64px_184px]";
