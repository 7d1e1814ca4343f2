/** The engine of this server, for those who change what it goes by. Pages and the engine are loaded apart: only this is shared. */
import { singleton } from "#lib/platform/singleton.ts";
import type { StoredIncident } from "./incident.ts";

export interface Running {
  /** Rules were made, changed or removed. Resolves when what is open goes by them. */
  rulesChanged(): Promise<void>;
  mutesChanged(): Promise<void>;
  /** False: it is not among those that are open or ended a moment ago. */
  acknowledge(id: string, by: string, note: string | null): Promise<boolean>;
  /** What is open, and ended a moment ago, as it is now. */
  live(): StoredIncident[];
}

export const running = () => singleton("alerts", () => ({ engine: null as Running | null }));
