"use client";

import { useState } from "react";
import { call } from "@/components/shell/api-client.ts";
import { useMay, useMe } from "@/components/shell/me.tsx";
import { say } from "@/components/shell/toast.tsx";
import { attempt, useReading } from "@/components/shell/use-reading.ts";
import { Button } from "@/components/ui/button.tsx";
import { ConfirmDialog } from "@/components/ui/dialog.tsx";
import { Segmented } from "@/components/ui/segmented.tsx";
import { Tag } from "@/components/ui/tag.tsx";
import { TimeAgo } from "@/components/ui/time-ago.tsx";
import type { Token } from "./account-shapes.ts";
import { EmptyBox } from "./empty-box.tsx";
import { ExpiresIn } from "./expires-in.tsx";
import { ReadView } from "./read-view.tsx";
import { narrowedWords, ROLES } from "./scope.ts";
import { AddButton, PageHead } from "./section.tsx";
import { TokenDialog } from "./token-dialog.tsx";

/** Keys for scripts: what each may do, how long, and when it was last used. */
export function TokensPage() {
  const seesAll = useMay("manage");
  const [all, setAll] = useState(false);
  const [making, setMaking] = useState(false);
  const reading = useReading<{ items: Token[] }>(all ? "/tokens?all=1" : "/tokens");
  return (
    <>
      <PageHead
        title="Tokens"
        text={
          <>
            For scripts: sent as <code className="font-mono text-12">Authorization: Bearer trh_…</code>, a token acts as
            its owner, and never may more.
          </>
        }
      >
        <AddButton onClick={() => setMaking(true)}>Make a token…</AddButton>
      </PageHead>
      {seesAll ? (
        <Segmented
          label="Whose tokens"
          value={all ? "all" : "own"}
          options={[
            { value: "own", label: "Yours" },
            { value: "all", label: "Everybody's" },
          ]}
          onChange={(next) => setAll(next === "all")}
          className="justify-self-start max-sm:h-11"
        />
      ) : null}
      <ReadView reading={reading} what="The tokens">
        {({ items }) =>
          items.length === 0 ? (
            <EmptyBox title="No tokens">
              {all ? "Nobody has one." : "You have none."} A script needs one to ask the API or to act by it.
            </EmptyBox>
          ) : (
            <ul aria-label="Tokens" className="rounded-panel border border-border bg-card">
              {items.map((token) => (
                <li key={token.id} className="border-hairline not-first:border-t">
                  <TokenRow token={token} onRevoked={reading.reload} />
                </li>
              ))}
            </ul>
          )
        }
      </ReadView>
      {making ? <TokenDialog onClose={() => setMaking(false)} onMade={reading.reload} /> : null}
    </>
  );
}

function TokenRow({ token, onRevoked }: { token: Token; onRevoked: () => void }) {
  const me = useMe();
  const [asked, setAsked] = useState(false);
  const { name } = token;
  const revoke = async () => {
    setAsked(false);
    if (!(await attempt(`${name} was not revoked`, () => call("DELETE", `/tokens/${encodeURIComponent(token.id)}`))))
      return;
    say({ tone: "ok", title: `${name} is revoked`, text: "Whoever uses it is refused from now on." });
    onRevoked();
  };
  const role = ROLES.find(({ value }) => value === token.role)?.label;
  return (
    <div className="flex items-center gap-4 px-4 py-2.5">
      <div className="min-w-0 flex-1">
        <p className="flex min-w-0 flex-wrap items-center gap-x-2">
          <span className="min-w-0 truncate font-medium" title={name}>
            {name}
          </span>
          <code className="font-mono text-12 text-subtle-foreground">{token.prefix}…</code>
          {token.user === me.name ? null : <Tag>{token.user}</Tag>}
        </p>
        <p className="text-12 text-pretty text-muted-foreground [overflow-wrap:anywhere]">
          {[role, narrowedWords(token)].filter(Boolean).join(", ")}
          {" · "}
          {token.lastUsedAt === null ? (
            "never used"
          ) : (
            <>
              used <TimeAgo time={token.lastUsedAt} ago />
            </>
          )}
          {" · "}
          <ExpiresIn time={token.expiresAt} />
        </p>
      </div>
      <Button size="sm" onClick={() => setAsked(true)} aria-label={`Revoke ${name}`} className="max-sm:h-11">
        Revoke…
      </Button>
      <ConfirmDialog
        open={asked}
        onClose={() => setAsked(false)}
        title={`Revoke ${name}?`}
        text="It stops working at once, and its open streams end. It cannot be brought back; a new one can be made."
        verb="Revoke"
        keep="Keep it"
        onConfirm={() => void revoke()}
      />
    </div>
  );
}
