"use client";

import Link from "next/link";
import type { ReactNode } from "react";
import type { SignInMethods } from "@/components/auth/sign-in-methods.ts";
import { useHost } from "@/components/shell/live.ts";
import { useMay } from "@/components/shell/me.tsx";
import { useReading } from "@/components/shell/use-reading.ts";
import { ReadView } from "./read-view.tsx";
import { PageHead, Section } from "./section.tsx";

/** Which Trihelm this is, on which server, and where to read on. */
export function AboutPage() {
  const reading = useReading<SignInMethods>("/sign-in-methods");
  const host = useHost();
  const manages = useMay("manage");
  return (
    <>
      <PageHead title="About" text="One page for a server's systemd units, PM2 processes and Docker containers." />
      <ReadView reading={reading} what="The version">
        {({ version, secure }) => (
          <Section title="This server">
            <dl>
              <Fact name="Trihelm">{version}</Fact>
              <Fact name="Host">{[host?.name, host?.os].filter(Boolean).join(", ")}</Fact>
              <Fact name="Address">
                {location.origin}, {secure || location.protocol === "https:" ? "encrypted" : "not encrypted"}
              </Fact>
              <Fact name="API">
                {/* a page of the API, not of this app */}
                <a href="/api/v1/docs" className="textlink">
                  What it offers
                </a>
              </Fact>
              {manages ? (
                <Fact name="Audit trail">
                  <Link href="/settings/audit" className="textlink">
                    Who did what
                  </Link>
                </Fact>
              ) : null}
            </dl>
          </Section>
        )}
      </ReadView>
    </>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="grid grid-cols-[140px_minmax(0,1fr)] gap-x-4 border-hairline px-4 py-2 not-first:border-t">
      <dt className="text-muted-foreground">{name}</dt>
      <dd className="min-w-0 [overflow-wrap:anywhere]">{children}</dd>
    </div>
  );
}
