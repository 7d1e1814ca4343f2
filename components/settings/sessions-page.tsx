"use client";

import { useState } from "react";
import { browserWords } from "#lib/format/browser-words.ts";
import { call } from "@/components/shell/api-client.ts";
import { say } from "@/components/shell/toast.tsx";
import { attempt, useReading } from "@/components/shell/use-reading.ts";
import { Button } from "@/components/ui/button.tsx";
import { ConfirmDialog } from "@/components/ui/dialog.tsx";
import { Tag } from "@/components/ui/tag.tsx";
import { TimeAgo } from "@/components/ui/time-ago.tsx";
import type { Session } from "./account-shapes.ts";
import { EmptyBox } from "./empty-box.tsx";
import { ExpiresIn } from "./expires-in.tsx";
import { ReadView } from "./read-view.tsx";
import { PageHead } from "./section.tsx";

/** Where one is signed in. */
export function SessionsPage() {
  const reading = useReading<{ items: Session[] }>("/sessions");
  const [asked, setAsked] = useState(false);
  const others = reading.data?.items.filter(({ current }) => !current).length ?? 0;
  const end = async (failed: string, done: string, path: string) => {
    setAsked(false);
    if (!(await attempt(failed, () => call("DELETE", path)))) return;
    say({ tone: "ok", title: done });
    reading.reload();
  };
  return (
    <>
      <PageHead
        title="Sessions"
        text="Browsers that are signed in as you. One that you do not know: end it, then change your password."
      >
        {others > 0 ? (
          <Button onClick={() => setAsked(true)} className="max-sm:h-11 max-sm:flex-1">
            Sign out all others…
          </Button>
        ) : null}
      </PageHead>
      <ReadView reading={reading} what="The sessions">
        {({ items }) =>
          items.length === 0 ? (
            <EmptyBox title="No sessions">
              You came in another way: a proxy in front of Trihelm says who you are.
            </EmptyBox>
          ) : (
            <ul aria-label="Sessions" className="rounded-panel border border-border bg-card">
              {[...items].sort(currentFirst).map((session) => (
                <li key={session.id} className="flex items-center gap-4 border-hairline px-4 py-2.5 not-first:border-t">
                  <div className="min-w-0 flex-1">
                    <p className="flex flex-wrap items-center gap-x-2">
                      <span className="font-medium" title={session.userAgent}>
                        {browserWords(session.userAgent)}
                      </span>
                      {session.current ? <Tag>this one</Tag> : null}
                    </p>
                    <p className="text-12 text-pretty text-muted-foreground">
                      <span className="font-mono">{session.address}</span>
                      {" · seen "}
                      <TimeAgo time={session.lastSeenAt} ago />
                      {" · signed in "}
                      <TimeAgo time={session.createdAt} ago />
                      {" · "}
                      <ExpiresIn time={session.expiresAt} />
                    </p>
                  </div>
                  {session.current ? null : (
                    <Button
                      size="sm"
                      aria-label={`Sign out ${browserWords(session.userAgent)} at ${session.address}`}
                      onClick={() =>
                        void end("That session goes on", "That browser is signed out", `/sessions/${session.id}`)
                      }
                      className="max-sm:h-11"
                    >
                      Sign out
                    </Button>
                  )}
                </li>
              ))}
            </ul>
          )
        }
      </ReadView>
      <ConfirmDialog
        open={asked}
        onClose={() => setAsked(false)}
        title="Sign out all other browsers?"
        text={`${others === 1 ? "1 session ends" : `${others} sessions end`} at once. This one goes on.`}
        verb="Sign out all others"
        keep="Cancel"
        onConfirm={() => void end("The other sessions go on", "All other browsers are signed out", "/sessions")}
      />
    </>
  );
}

function currentFirst(a: Session, b: Session): number {
  return Number(b.current) - Number(a.current) || Date.parse(b.lastSeenAt) - Date.parse(a.lastSeenAt);
}
