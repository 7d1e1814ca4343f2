/** Is a supervisor itself started at boot? Out of how its unit stands. Pure. */
import type { BootConcern, BootedBy, BootUnit } from "#lib/supervisors/boot.ts";

export interface UnitStanding {
  name: string;
  unit: BootUnit;
}

/** `title`: what people call the supervisor. `main`: the unit that starts it; null: there is none. */
export function broughtUpConcerns(
  { variable, kind, install, units }: BootedBy,
  title: string,
  { main, beside }: { main: UnitStanding | null; beside: readonly UnitStanding[] },
): BootConcern[] {
  const about = { name: null, title };
  if (!main)
    return [
      {
        ...about,
        kind,
        words: `There is no \`${units[0]}\`: nothing starts ${title} at boot, and none of its services come back.`,
        command: install,
        fix: install ? "Let it write its unit; it has to be run once." : `Start ${title} by a unit of the machine's.`,
      },
    ];
  const found: BootConcern[] = [];
  if (!isStarted(main.unit)) found.push(notStarted(main, title, kind));
  const set = variable && main.unit.environment.get(variable.name);
  if (variable && set !== undefined && set !== variable.value)
    found.push({
      ...about,
      kind: "startup-out-of-date",
      words: `\`${main.name}\` sets ${variable.name} to \`${set}\`, and this one is in \`${variable.value}\`: another list comes back.`,
      command: install,
      fix: "Let it write its unit anew.",
    });
  for (const one of beside)
    if (one.unit.state === "masked" || (!isStarted(one.unit) && !main.unit.pulls.includes(one.name)))
      found.push(notStarted(one, title, kind));
  return found;
}

function isStarted({ state }: BootUnit): boolean {
  return ["enabled", "static", "generated", "alias", "masked-runtime"].includes(state);
}

function notStarted({ name, unit }: UnitStanding, title: string, kind: BootedBy["kind"]): BootConcern {
  const isMasked = unit.state === "masked";
  const command = `sudo systemctl ${isMasked ? `unmask ${name} && sudo systemctl enable` : "enable"} ${name}`;
  return {
    name: null,
    title,
    kind,
    words: `\`${name}\` is ${unit.state === "enabled-runtime" ? "enabled until the next reboot only" : unit.state || "not enabled"}: ${title} is not started at boot, and none of its services come back.`,
    command,
    fix: isMasked ? "Unmask and enable it." : "Enable it.",
  };
}
