"use client";

import { type Role, useMe, type Verb } from "@/components/shell/me.tsx";
import { Checkbox } from "@/components/ui/checkbox.tsx";
import { FormField } from "@/components/ui/form-field.tsx";
import { Segmented } from "@/components/ui/segmented.tsx";
import { Select } from "@/components/ui/select.tsx";
import { PatternsField } from "./patterns-field.tsx";
import { parsePatterns, patternsProblem, ROLES, rolesUpTo, VERBS, verbsOf } from "./scope.ts";

export interface Scope {
  role: Role;
  /** as typed; null: every service */
  services: string | null;
  /** null: all that the role gives */
  verbs: readonly Verb[] | null;
}

export function scopeOf(from: {
  role: Role;
  services: readonly string[] | null;
  verbs: readonly Verb[] | null;
}): Scope {
  return { role: from.role, services: from.services?.join("\n") ?? null, verbs: from.verbs };
}

/** As the API takes it. */
export function scopeBody({ role, services, verbs }: Scope) {
  return {
    role,
    services: services === null ? null : parsePatterns(services).patterns,
    verbs: verbs?.filter((verb) => verbsOf(role).includes(verb)) ?? null,
  };
}

/** Why it cannot be sent as it is; null when it can. */
export function scopeProblem({ role, services, verbs }: Scope): "services" | "verbs" | null {
  if (patternsProblem(services) !== null) return "services";
  return verbs !== null && !verbs.some((verb) => verbsOf(role).includes(verb)) ? "verbs" : null;
}

interface ScopeFieldsProps {
  scope: Scope;
  onChange: (scope: Scope) => void;
  /** after a try to send it */
  complain: boolean;
  /** who it is for: `They` or `It` */
  who: string;
}

/** A role, and what narrows it: services by pattern, and verbs. */
export function ScopeFields({ scope, onChange, complain, who }: ScopeFieldsProps) {
  const { role, services, verbs } = scope;
  const roles = rolesUpTo(useMe().role);
  const problem = complain ? scopeProblem(scope) : null;
  return (
    <>
      <FormField label="Role" hint={ROLES.find(({ value }) => value === role)?.says}>
        {(attributes) => (
          <Select
            {...attributes}
            value={role}
            options={roles}
            onChange={(next) => onChange({ ...scope, role: next })}
            className="w-full"
          />
        )}
      </FormField>
      <PatternsField
        label={`${who} may reach`}
        value={services}
        complain={complain}
        onChange={(next) => onChange({ ...scope, services: next })}
      />
      <div className="grid gap-1.5">
        <span className="font-medium">and do there</span>
        <Segmented
          label={`${who} may do`}
          value={verbs === null ? "all" : "some"}
          options={[
            { value: "all", label: "All the role gives" },
            { value: "some", label: "Only some" },
          ]}
          onChange={(next) => onChange({ ...scope, verbs: next === "all" ? null : ["read"] })}
          className="justify-self-start max-sm:h-11"
        />
        {verbs === null ? null : (
          <fieldset className="mt-1 grid grid-cols-2 gap-x-4 gap-y-2 max-sm:grid-cols-1 max-sm:gap-y-0">
            <legend className="sr-only">What exactly</legend>
            {VERBS.filter(({ value }) => verbsOf(role).includes(value)).map(({ value, says }) => (
              <Checkbox
                key={value}
                checked={verbs.includes(value)}
                hint={says}
                onChange={(event) =>
                  onChange({
                    ...scope,
                    verbs: event.target.checked ? [...verbs, value] : verbs.filter((verb) => verb !== value),
                  })
                }
              >
                <code className="font-mono text-12">{value}</code>
              </Checkbox>
            ))}
          </fieldset>
        )}
        {problem === "verbs" ? (
          <p role="alert" className="text-12 text-fail">
            Choose at least one.
          </p>
        ) : null}
      </div>
    </>
  );
}
