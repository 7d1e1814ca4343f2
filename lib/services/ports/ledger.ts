/**
 * Reads the port ledger: the kernel says what listens, each supervisor whose it is and what its services will want, the
 * firewall what the world can reach. Nothing of it is sampled; it is read when somebody asks.
 */
import { timestamp } from "#lib/platform/clock.ts";
import { env } from "#lib/platform/env.ts";
import { AppError } from "#lib/platform/errors.ts";
import { kept } from "#lib/platform/kept.ts";
import { logger } from "#lib/platform/logger.ts";
import { singleton } from "#lib/platform/singleton.ts";
import { type HeldSocket, type HeldSockets, SocketHolders } from "#lib/platform/socket-holders.ts";
import { isPortPlanner, isSocketOwner, type SocketClaim } from "#lib/supervisors/port-owners.ts";
import type { Port, ServiceRecord, Supervisor } from "#lib/supervisors/supervisor.ts";
import { serviceId } from "../id.ts";
import { snapshot } from "../snapshot.ts";
import { conflictsAmong, type Wanted } from "./conflicts.ts";
import { type Firewall, readFirewall } from "./firewall/read.ts";
import { type Owned, type Published, rowsOf } from "./items.ts";
import { rememberPorts } from "./remembered.ts";
import type { Ledger, Listening, PortConflict } from "./shapes.ts";

/** milliseconds */
const FRESH = 2000;
const FIREWALL_FRESH = 15_000;

interface Source {
  source: Supervisor;
  records: ServiceRecord[];
}

/** Every listening socket of this server with its owner; no older than two seconds. */
export function readLedger(): Promise<Ledger> {
  return kept("port-ledger", FRESH, read);
}

/** Who listens on a port now; null: nobody, as far as that can be seen. `service`: an id. */
export async function portHolder(
  port: number,
  protocol: "tcp" | "udp",
): Promise<{ service: string | null; name: string } | null> {
  const found = (await readLedger()).items.find((one) => one.port === port && one.protocol === protocol);
  return found ? { service: found.owner.service, name: found.owner.name } : null;
}

/** Ports that a service would not get if it were started now. @public */
export async function conflictsOf(serviceId: string): Promise<PortConflict[]> {
  return (await readLedger()).conflicts.filter(({ wants }) => wants.includes(serviceId));
}

async function read(): Promise<Ledger> {
  const board = snapshot().sources();
  const [{ sockets, hidden }, firewall] = env().demo
    ? madeUp(board)
    : await Promise.all([
        singleton("socket-holders", () => new SocketHolders()).read(),
        kept("firewall", FIREWALL_FRESH, readFirewall),
      ]);
  const items = rowsOf(await ownersOf(sockets, board), publishedBy(board), firewall);
  return {
    items,
    conflicts: conflictsAmong(items, await wantedBy(board)),
    problem: problemOf(items, hidden, firewall),
    readAt: timestamp(),
  };
}

/** What made-up services say that they listen on, instead of what this machine does. */
function madeUp(board: readonly Source[]): [HeldSockets, Firewall] {
  const ports = board.flatMap(({ records }) =>
    records.filter(({ state }) => state === "running").flatMap((one) => one.ports),
  );
  const sockets = ports.map(({ protocol, address, port }) => ({ protocol, address, port, holder: null }));
  return [
    { sockets, hidden: 0 },
    { tables: [], outside: [], networks: [], problem: null },
  ];
}

async function ownersOf(sockets: readonly HeldSocket[], board: readonly Source[]): Promise<Owned[]> {
  const nearest = new Map<number, SocketClaim & { id: string }>();
  for (const { source, records } of board) {
    if (!isSocketOwner(source)) continue;
    const claims = await orNothing(source, () => source.claimSockets(sockets, records), []);
    for (const [index, claim] of claims.entries())
      if (claim && claim.nearness > (nearest.get(index)?.nearness ?? -1))
        nearest.set(index, { ...claim, id: serviceId(source.host, source.scope, claim.name) });
  }
  return sockets.map((socket, index) => ({ socket, service: nearest.get(index) ?? null }));
}

function publishedBy(board: readonly Source[]): Published[] {
  return board.flatMap(({ source, records }) =>
    isSocketOwner(source)
      ? records.flatMap(({ name, ports }) =>
          ports
            .filter(({ target }) => target !== null)
            .map((port) => ({ service: { id: serviceId(source.host, source.scope, name), name }, port })),
        )
      : [],
  );
}

/** Of services that do not run, or that try to in vain: what they are set to take, else where they listened last. */
async function wantedBy(board: readonly Source[]): Promise<Wanted[]> {
  const last = rememberPorts();
  const found: Wanted[] = [];
  for (const { source, records } of board) {
    const plans = isPortPlanner(source)
      ? await orNothing(source, () => source.plannedPorts(), new Map<string, Port[]>())
      : new Map<string, Port[]>();
    for (const { name, state } of records) {
      if (state === "running" || state === "paused" || state === "stopping") continue;
      const id = serviceId(source.host, source.scope, name);
      const set = plans.get(name);
      for (const port of set ?? last.get(id) ?? []) found.push({ id, name, port, by: set ? "set" : "last" });
    }
  }
  return found;
}

function problemOf(items: readonly Listening[], hidden: number, { problem }: Firewall): string | null {
  const unknown = items.filter(({ owner }) => owner.kind === "unknown").length;
  const words = [
    unknown > 0 && hidden > 0
      ? `Whose ${unknown === 1 ? "one socket" : `${unknown} sockets`} ${unknown === 1 ? "is" : "are"} cannot be seen: ${hidden} processes belong to other users. Run Trihelm as root, or give it CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH.`
      : null,
    problem === null ? null : `The firewall's rules cannot be read, so what it lets in is not known: ${problem}.`,
  ];
  return words.filter(Boolean).join(" ") || null;
}

/** A supervisor that cannot be asked now has nothing to say; the others are still right. */
async function orNothing<T>(source: Supervisor, ask: () => Promise<T>, nothing: T): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    logger("ports").debug({ err: error, supervisor: `${source.host}/${source.scope}` }, "it says nothing of its ports");
    return nothing;
  }
}
