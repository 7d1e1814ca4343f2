/** What the person looking at the board has asked for. It lives in the address, so that a link shows the same. */
const BOARD_STATES = ["all", "needs", "running", "stopped"] as const;
export type BoardState = (typeof BOARD_STATES)[number];

const BOARD_SORTS = ["state", "name", "cpu", "memory"] as const;
export type BoardSort = (typeof BOARD_SORTS)[number];

export interface BoardView {
  q: string;
  state: BoardState;
  group: "supervisor" | "app";
  sort: BoardSort;
  /** units that an administrator neither wrote nor enabled, too */
  all: boolean;
}

export const DEFAULT_VIEW: BoardView = { q: "", state: "all", group: "supervisor", sort: "state", all: false };

/** Reads the query string of an address; what it does not know is as if it were not there. */
export function parseView(search: string | URLSearchParams): BoardView {
  const query = new URLSearchParams(search);
  return {
    q: (query.get("q") ?? "").slice(0, 200),
    state: BOARD_STATES.find((state) => state === query.get("state")) ?? DEFAULT_VIEW.state,
    group: query.get("group") === "app" ? "app" : "supervisor",
    sort: BOARD_SORTS.find((sort) => sort === query.get("sort")) ?? DEFAULT_VIEW.sort,
    all: query.get("all") === "1",
  };
}

/** The query string that `parseView` reads back, with its `?`; empty for the default view. */
export function viewSearch(view: BoardView): string {
  const query = new URLSearchParams();
  if (view.q) query.set("q", view.q);
  if (view.state !== DEFAULT_VIEW.state) query.set("state", view.state);
  if (view.group !== DEFAULT_VIEW.group) query.set("group", view.group);
  if (view.sort !== DEFAULT_VIEW.sort) query.set("sort", view.sort);
  if (view.all) query.set("all", "1");
  const text = query.toString();
  return text && `?${text}`;
}
