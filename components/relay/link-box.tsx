"use client";

import { Check, Copy, Eye, Lock } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { Link } from "#lib/relay/shapes.ts";
import { call } from "@/components/shell/api-client.ts";
import { attempt } from "@/components/shell/use-reading.ts";
import { Button } from "@/components/ui/button.tsx";
import { useNow } from "@/components/ui/clock.ts";
import { useCopy } from "@/components/ui/copy-button.tsx";
import { ConfirmDialog } from "@/components/ui/dialog.tsx";
import { Pill } from "@/components/ui/pill.tsx";
import { TimeAgo } from "@/components/ui/time-ago.tsx";
import { openingWords } from "./relay-words.ts";
import { UntilTime } from "./until-time.tsx";
import { addressOf } from "./use-relay.ts";

const MORE = 15 * 60;
const LONGEST = 7 * 86_400;

export interface LinkBoxProps {
  service: string;
  /** alive, newest first */
  links: readonly Link[];
  onMake: () => void;
  onChanged: () => void;
  /** the link that is to be revoked, once the person says so */
  revoking: Link | null;
  onRevoke: (link: Link | null) => void;
}

/** Links to this code for somebody without an account: made, copied, given more time, taken back. */
export function LinkBox({ links, onMake, onChanged, revoking, onRevoke }: LinkBoxProps) {
  const revoke = async (link: Link) => {
    onRevoke(null);
    if (await attempt("The link was not revoked", () => call("DELETE", `/relay/links/${link.id}`))) onChanged();
  };
  return (
    <section aria-label="One-time links" className="flex-none px-5 py-3 max-md:px-3">
      {links.length === 0 ? (
        <>
          <h3 className="flex h-[26px] items-center text-13 font-semibold">One-time link</h3>
          <p className="text-12 leading-[18px] text-pretty text-muted-foreground">
            For somebody without an account: a page with this code and nothing else. It ends at its time, or when a
            phone is linked.
          </p>
          <Button onClick={onMake} className="mt-2.5 max-sm:h-11">
            Make a link…
          </Button>
        </>
      ) : (
        <>
          {links.map((link) => (
            <OneLink key={link.id} link={link} onChanged={onChanged} onRevoke={() => onRevoke(link)} />
          ))}
          <Button size="sm" variant="ghost" onClick={onMake} className="-ml-2 max-sm:h-11">
            Make another…
          </Button>
        </>
      )}
      <ConfirmDialog
        open={revoking !== null}
        title="Revoke this link?"
        text={`Whoever has its page open sees that it was withdrawn. A new one can be made at once.`}
        verb="Revoke link"
        keep="Keep link"
        onClose={() => onRevoke(null)}
        onConfirm={() => revoking && void revoke(revoking)}
      />
    </section>
  );
}

function OneLink({ link, onChanged, onRevoke }: { link: Link; onChanged: () => void; onRevoke: () => void }) {
  const [busy, setBusy] = useState(false);
  const now = useNow();
  const prolong = async () => {
    setBusy(true);
    const left = Math.max(0, Math.round((Date.parse(link.expiresAt) - now) / 1000));
    const added = () => call("PATCH", `/relay/links/${link.id}`, { expiresIn: Math.min(LONGEST, left + MORE) });
    if (await attempt("The link was not given more time", added)) onChanged();
    setBusy(false);
  };
  return (
    <div className="mb-2.5 border-b border-hairline pb-3">
      <div className="flex h-[26px] items-center justify-between">
        <h3 className="text-13 font-semibold">One-time link</h3>
        <Pill icon={link.hasPassphrase ? <Lock aria-hidden="true" /> : <Eye aria-hidden="true" />}>
          {openingWords(link)}
        </Pill>
      </div>
      <Address link={link} />
      <dl className="py-2.5 text-12 leading-[22px]">
        <Fact word="Made">
          <TimeAgo time={link.createdAt} ago pace="second" /> by {link.by}
        </Fact>
        <Fact word="Expires">
          <UntilTime time={link.expiresAt} words="in" /> or when scanned
        </Fact>
        {link.openedAt === null ? null : (
          <Fact word="Opened">
            {link.opens > 1 ? "first " : null}
            <TimeAgo time={link.openedAt} ago pace="second" />
            {link.openedBy === null ? null : `, ${link.opens > 1 ? "last by " : ""}${link.openedBy}`}{" "}
            <span className="text-subtle-foreground">{link.openedFrom}</span>
          </Fact>
        )}
        <Fact word="Shows">
          the code and the name <bdi>{link.title}</bdi>, nothing else
        </Fact>
        {link.hasPassphrase ? <Fact word="Asks">for its passphrase</Fact> : null}
      </dl>
      <div className="flex gap-1.5">
        <Button size="sm" disabled={busy} onClick={() => void prolong()} className="max-sm:h-11">
          Add 15 min
        </Button>
        <Button size="sm" onClick={onRevoke} className="max-sm:h-11">
          Revoke link
        </Button>
      </div>
    </div>
  );
}

/** The address while this tab knows it: nobody is told twice. */
function Address({ link }: { link: Link }) {
  const { copied, copy } = useCopy();
  const url = addressOf(link.id);
  if (url === null) {
    return (
      <p className="mt-1.5 text-12 leading-[18px] text-pretty text-muted-foreground">
        Its address was shown when it was made and is not kept. Make another to send one.
      </p>
    );
  }
  return (
    <div className="mt-1.5 flex gap-1.5">
      <input
        readOnly
        aria-label="Address of the link"
        value={url}
        onFocus={(event) => event.currentTarget.select()}
        className="h-8 min-w-0 flex-1 truncate rounded-control border border-input bg-card px-2.5 font-mono text-12 max-sm:h-11"
      />
      <Button
        icon={copied ? <Check aria-hidden="true" /> : <Copy aria-hidden="true" />}
        onClick={() => void copy(url)}
        className="max-sm:h-11"
      >
        {copied ? "Copied" : "Copy"}
      </Button>
      <span role="status" className="sr-only">
        {copied ? "Link copied" : ""}
      </span>
    </div>
  );
}

function Fact({ word, children }: { word: string; children: ReactNode }) {
  return (
    <div className="grid grid-cols-[60px_minmax(0,1fr)]">
      <dt className="text-muted-foreground">{word}</dt>
      <dd className="[overflow-wrap:anywhere]">{children}</dd>
    </div>
  );
}
