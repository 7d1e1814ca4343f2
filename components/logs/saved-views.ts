/** Views that somebody gave a name to: an address each, kept in this browser. */
export interface SavedView {
  name: string;
  /** `?service=…&levels=…` */
  search: string;
}

export const MOST_VIEWS = 40;
export const LONGEST_NAME = 80;

/** What was stored, without whatever is no view. */
export function parseSavedViews(stored: string | null): SavedView[] {
  if (stored === null) return [];
  try {
    const read: unknown = JSON.parse(stored);
    return Array.isArray(read) ? read.filter(isView).slice(0, MOST_VIEWS) : [];
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return [];
  }
}

/** With one more, last; one of the same name gives way, and of too many the oldest. */
export function withView(views: readonly SavedView[], view: SavedView): SavedView[] {
  return [...views.filter(({ name }) => name !== view.name), view].slice(-MOST_VIEWS);
}

function isView(value: unknown): value is SavedView {
  const view = value as Partial<SavedView> | null;
  return (
    typeof view?.name === "string" &&
    view.name !== "" &&
    view.name.length <= LONGEST_NAME &&
    typeof view.search === "string" &&
    (view.search === "" || view.search.startsWith("?"))
  );
}
