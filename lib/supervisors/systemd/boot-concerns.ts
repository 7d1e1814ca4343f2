/** Which units systemd does not start at boot although they run, and which would trip over others. */
import type { BootConcern, BootUnit } from "../boot.ts";
import type { ServiceRecord } from "../supervisor.ts";
import type { BusConnection } from "./bus/connection.ts";
import type { BusObject, BusValue } from "./bus/decode.ts";
import { listLoaded, readProperties, type UnitRow } from "./calls.ts";
import { isTransient } from "./listed.ts";
import type { Unit } from "./unit.ts";

const WANTED: ReadonlySet<string> = new Set(
  "LoadState UnitFileState WantedBy RequiredBy BoundBy UpheldBy TriggeredBy BusName Wants Requires BindsTo Requisite Environment".split(
    " ",
  ),
);
/** systemd pulls these in by a dependency that no administrator wrote */
const PULLED = ["WantedBy", "RequiredBy", "BoundBy", "UpheldBy", "TriggeredBy"] as const;
const NEEDED = ["Requires", "BindsTo", "Requisite"] as const;
const AT_ONCE = 16;

export interface Running {
  unit: Unit;
  properties: BusObject;
}

/** Properties that tell about boot, of the listed units that run. */
export async function readRunning(
  bus: BusConnection,
  records: readonly ServiceRecord[],
  unitOf: (name: string) => Unit | null,
): Promise<Running[]> {
  const units = records.flatMap(({ name, listed, state }) => {
    const unit = listed && ["running", "paused", "starting"].includes(state) ? unitOf(name) : null;
    return unit ? [unit] : [];
  });
  const found: Running[] = [];
  for (let at = 0; at < units.length; at += AT_ONCE)
    found.push(
      ...(await Promise.all(
        units
          .slice(at, at + AT_ONCE)
          .map(async (unit) => ({ unit, properties: await readProperties(bus, unit.name, WANTED) })),
      )),
    );
  return found;
}

/** The units that these need and cannot do without. */
export async function readNeeded(bus: BusConnection, running: readonly Running[]): Promise<Map<string, UnitRow>> {
  const names = new Set(running.flatMap(({ properties }) => NEEDED.flatMap((key) => textsOf(properties[key]))));
  const rows = names.size === 0 ? [] : await listLoaded(bus, [...names].map(asExact));
  return new Map(rows.map((row) => [row.name, row]));
}

export async function readBootUnit(bus: BusConnection, name: string): Promise<BootUnit | null> {
  const properties = await readProperties(bus, name, WANTED);
  if (properties.LoadState === "not-found") return null;
  const pairs = textsOf(properties.Environment).map((pair) => [pair.split("=")[0]!, pair.slice(pair.indexOf("=") + 1)]);
  return {
    state: String(properties.LoadState === "masked" ? "masked" : (properties.UnitFileState ?? "")),
    environment: new Map(pairs as [string, string][]),
    pulls: [...textsOf(properties.Wants), ...textsOf(properties.Requires), ...textsOf(properties.BindsTo)],
  };
}

/** `tool`: `sudo systemctl`, or `systemctl --user`. Pure. */
export function bootConcernsOf(
  running: readonly Running[],
  needed: ReadonlyMap<string, UnitRow>,
  tool: string,
): BootConcern[] {
  return running.flatMap(({ unit, properties }) => {
    const own = startConcern(unit, properties, tool);
    const waits = waitConcern(properties, { needed, tool });
    return [own, waits].flatMap((one) => (one ? [{ name: unit.name, title: unit.name, ...one }] : []));
  });
}

type Said = Omit<BootConcern, "name" | "title">;

function startConcern(unit: Unit, properties: BusObject, tool: string): Said | null {
  const state = unit.load === "masked" ? "masked" : unit.fileState;
  const enable = `${tool} enable -- ${unit.name}`;
  if (isTransient(unit))
    return {
      kind: "disabled",
      words: "It was started with `systemd-run` and has no file: a reboot takes it away.",
      command: null,
      fix: "Write a unit file for it and enable that, if it is to come back.",
    };
  if (state.startsWith("masked") && state !== "masked-runtime")
    return {
      kind: "masked",
      words: "It runs and is masked: nothing can start it again.",
      command: `${tool} unmask -- ${unit.name} && ${enable}`,
      fix: "Unmask and enable it, or stop it if it is not meant to run.",
    };
  if (state === "enabled-runtime" || state === "linked-runtime")
    return {
      kind: "disabled",
      words: "It is enabled until the next reboot only.",
      command: enable,
      fix: "Enable it for good.",
    };
  const isPulled = PULLED.some((key) => textsOf(properties[key]).length > 0) || textOf(properties.BusName) !== "";
  if (isPulled) return null;
  if (state === "disabled" || state === "linked" || state === "indirect")
    return {
      kind: "disabled",
      words: "It runs and is not enabled: nothing starts it at boot.",
      command: enable,
      fix: "Enable it.",
    };
  if (state === "static")
    return {
      kind: "disabled",
      words: "Its file has no `[Install]` section and no unit asks for it: nothing starts it at boot.",
      command: `${tool} add-wants multi-user.target ${unit.name}`,
      fix: "Let a target ask for it, or give its file an `[Install]` section.",
    };
  return null;
}

function waitConcern(
  properties: BusObject,
  { needed, tool }: { needed: ReadonlyMap<string, UnitRow>; tool: string },
): Said | null {
  for (const key of NEEDED)
    for (const name of textsOf(properties[key])) {
      const row = needed.get(name);
      const words = row && stoppedWords(row, key);
      if (!words) continue;
      const line = row.load === "masked" ? `${tool} unmask -- ${name}` : `${tool} restart -- ${name}`;
      const command = row.load === "not-found" ? null : line;
      const fix = `Mend \`${name}\`, or take \`${key}=${name}\` out of its file.`;
      return { kind: "waits-for-stopped", words: `It needs \`${name}\` (\`${key}=\`), ${words}`, command, fix };
    }
  return null;
}

function stoppedWords({ load, active }: UnitRow, key: (typeof NEEDED)[number]): string | null {
  if (load === "masked") return "which is masked: at boot it is not started.";
  if (load === "not-found") return "which has no file: at boot it is not started.";
  if (active === "failed") return "which has failed: if it fails at boot too, this one is not started.";
  return active === "inactive" && key === "Requisite" ? "which does not run and is not started with it." : null;
}

/** A name as a pattern for itself alone. */
function asExact(name: string): string {
  return name.replaceAll(/[\\*?[\]]/g, (sign) => `\\${sign}`);
}

function textsOf(value: BusValue | undefined): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}

function textOf(value: BusValue | undefined): string {
  return typeof value === "string" ? value : "";
}
