/** The columns of a row, shared by the headers over it and the instances under it: same place, same number. */
export const ROW_GRID =
  "grid grid-cols-[14px_minmax(0,1fr)_44px_98px] items-center gap-x-2.5 px-3.5 max-sm:grid-cols-[14px_minmax(0,1fr)_46px_86px] max-sm:gap-x-2 max-sm:px-3";
