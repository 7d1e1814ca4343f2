import type { SignInMethods } from "@/components/auth/sign-in-methods.ts";
import { useMe } from "@/components/shell/me.tsx";
import { Section } from "./section.tsx";

/** What the environment of the server switches on: shown here, changed there. */
export function OtherWays({ methods }: { methods: SignInMethods }) {
  const { kind } = useMe();
  return (
    <Section
      title="From elsewhere"
      text="Set in the environment of the server; a restart of Trihelm takes a change in."
    >
      <dl>
        <Way
          name="OIDC"
          state={methods.oidc ? `On: ${methods.oidc.name}` : "Off"}
          by={["TRIHELM_OIDC_ISSUER", "TRIHELM_OIDC_CLIENT_ID", "TRIHELM_OIDC_CLIENT_SECRET", "TRIHELM_OIDC_NAME"]}
        />
        <Way
          name="A proxy's headers"
          state={kind === "proxy" ? "On: it signed you in" : "Not used for you"}
          by={["TRIHELM_PROXY_USER_HEADER", "TRIHELM_PROXY_GROUPS_HEADER", "TRIHELM_TRUSTED_PROXIES"]}
        />
        <Way
          name="Roles by group"
          state="What the groups of somebody from elsewhere may do here"
          by={["TRIHELM_ADMIN_GROUPS", "TRIHELM_OPERATOR_GROUPS", "TRIHELM_VIEWER_GROUPS"]}
        />
      </dl>
    </Section>
  );
}

function Way({ name, state, by }: { name: string; state: string; by: readonly string[] }) {
  return (
    <div className="grid grid-cols-[140px_minmax(0,1fr)] gap-x-4 border-hairline px-4 py-2.5 not-first:border-t max-sm:grid-cols-1">
      <dt className="font-medium">{name}</dt>
      <dd className="min-w-0 text-muted-foreground">
        <p>{state}</p>
        <p className="font-mono text-12 [overflow-wrap:anywhere]">{by.join(", ")}</p>
      </dd>
    </div>
  );
}
