/** The part of the configuration that says who else may vouch for people: a provider (OIDC) or a trusted proxy. */
import { z } from "zod";

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
const TAKEN = /^(authorization|cookie|host|origin|forwarded|sec-.*|x-forwarded-.*|x-real-ip|x-trihelm-.*)$/;

const names = z.string().transform((text) =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean),
);
const header = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/, "is the name of a header, such as Remote-User")
  .transform((name) => name.toLowerCase())
  .refine((name) => !TAKEN.test(name), "is a header that means something else already");

export const signInShape = {
  TRIHELM_OIDC_ISSUER: z.url({ protocol: /^https?$/, error: "is an http or https URL" }).optional(),
  TRIHELM_OIDC_CLIENT_ID: z.string().optional(),
  TRIHELM_OIDC_CLIENT_SECRET: z.string().optional(),
  TRIHELM_OIDC_NAME: z.string().max(60, "has at most 60 signs").optional(),
  TRIHELM_OIDC_GROUPS_CLAIM: z.string().default("groups"),
  TRIHELM_PROXY_USER_HEADER: header.optional(),
  TRIHELM_PROXY_GROUPS_HEADER: header.optional(),
  TRIHELM_ADMIN_GROUPS: names.default([]),
  TRIHELM_OPERATOR_GROUPS: names.default([]),
  TRIHELM_VIEWER_GROUPS: names.default([]),
};

type Given = z.infer<z.ZodObject<typeof signInShape>> & { TRIHELM_TRUSTED_PROXIES: unknown[] };

export interface OidcSettings {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** as the button calls it */
  name: string;
  /** the claim that lists groups; dots lead into nested ones */
  groupsClaim: string;
}

export interface SignInSettings {
  /** null: nobody signs in by a provider */
  oidc: OidcSettings | null;
  /** lower case; null: no header names anybody */
  proxySignIn: { userHeader: string; groupsHeader: string | null } | null;
  /** which groups give which role, the highest wins; `*` is everybody */
  roleGroups: { admin: string[]; operator: string[]; viewer: string[] };
}

export function readSignIn(data: Given): SignInSettings {
  const { TRIHELM_OIDC_ISSUER: issuer, TRIHELM_OIDC_CLIENT_ID: clientId } = data;
  const { TRIHELM_OIDC_CLIENT_SECRET: clientSecret, TRIHELM_PROXY_USER_HEADER: userHeader } = data;
  const isWhole = issuer !== undefined && clientId !== undefined && clientSecret !== undefined;
  const name = data.TRIHELM_OIDC_NAME ?? (issuer ? new URL(issuer).hostname : "");
  return {
    oidc: isWhole ? { issuer, clientId, clientSecret, name, groupsClaim: data.TRIHELM_OIDC_GROUPS_CLAIM } : null,
    proxySignIn: userHeader ? { userHeader, groupsHeader: data.TRIHELM_PROXY_GROUPS_HEADER ?? null } : null,
    roleGroups: {
      admin: data.TRIHELM_ADMIN_GROUPS,
      operator: data.TRIHELM_OPERATOR_GROUPS,
      viewer: data.TRIHELM_VIEWER_GROUPS,
    },
  };
}

/** What does not fit together, a sentence each: half a provider, or a header that anybody could send. */
export function signInProblems(data: Given): string[] {
  const problems: string[] = [];
  const parts = ["TRIHELM_OIDC_ISSUER", "TRIHELM_OIDC_CLIENT_ID", "TRIHELM_OIDC_CLIENT_SECRET"] as const;
  const missing = parts.filter((part) => data[part] === undefined);
  if (missing.length > 0 && missing.length < parts.length)
    for (const part of missing)
      problems.push(`${part} is missing: sign-in by a provider takes all of ${parts.join(", ")}`);
  const { TRIHELM_PROXY_USER_HEADER: user, TRIHELM_PROXY_GROUPS_HEADER: groups } = data;
  if (user && data.TRIHELM_TRUSTED_PROXIES.length === 0)
    problems.push("TRIHELM_PROXY_USER_HEADER needs TRIHELM_TRUSTED_PROXIES: without it anybody could send that header");
  if (groups && !user) problems.push("TRIHELM_PROXY_GROUPS_HEADER does nothing without TRIHELM_PROXY_USER_HEADER");
  if (user && user === groups) problems.push("TRIHELM_PROXY_GROUPS_HEADER is the same as TRIHELM_PROXY_USER_HEADER");
  const roles = [data.TRIHELM_ADMIN_GROUPS, data.TRIHELM_OPERATOR_GROUPS, data.TRIHELM_VIEWER_GROUPS];
  if ((user || missing.length === 0) && roles.every((given) => given.length === 0))
    problems.push(
      "TRIHELM_ADMIN_GROUPS, TRIHELM_OPERATOR_GROUPS and TRIHELM_VIEWER_GROUPS are all empty: nobody from outside would get a role. `*` means everybody",
    );
  return problems;
}

export function signInWarnings(data: Given): string[] {
  const issuer = data.TRIHELM_OIDC_ISSUER === undefined ? null : new URL(data.TRIHELM_OIDC_ISSUER);
  if (issuer?.protocol !== "http:" || LOOPBACK.test(issuer.hostname)) return [];
  return ["TRIHELM_OIDC_ISSUER is http: whoever is on the way can say who people are. Use its https address"];
}
