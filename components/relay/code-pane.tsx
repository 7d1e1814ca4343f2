"use client";

import { ArrowLeft, Copy, EyeOff, ScrollText, X } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { formatExact } from "#lib/format/exact-time.ts";
import { plural } from "#lib/format/plural.ts";
import type { Code, Episode } from "#lib/relay/shapes.ts";
import { useService } from "@/components/shell/live.ts";
import { useMay } from "@/components/shell/me.tsx";
import { logsHref } from "@/components/shell/places.ts";
import { say } from "@/components/shell/toast.tsx";
import { Button, buttonStyle } from "@/components/ui/button.tsx";
import { useCopy } from "@/components/ui/copy-button.tsx";
import { HelmIcon } from "@/components/ui/helm-icon.tsx";
import { IconButton } from "@/components/ui/icon-button.tsx";
import { TimeAgo } from "@/components/ui/time-ago.tsx";
import { ServiceLink } from "../services/service-name.tsx";
import { CodeCard } from "./code-card.tsx";
import { LinkBox, type LinkBoxProps } from "./link-box.tsx";
import { namedBy, type RelayRow } from "./relay-rows.ts";
import { KIND_WAY, KIND_WORD, outcomeWords } from "./relay-words.ts";

interface CodePaneProps extends Omit<LinkBoxProps, "service"> {
  service: string;
  /** null: it asks for nothing now */
  row: RelayRow | null;
  shown: boolean;
  onShow: (shown: boolean) => void;
  onClose: () => void;
}

/** One service's code, and the links to it; of an earlier time what became of it. */
export function CodePane({ service, row, shown, onShow, onClose, ...box }: CodePaneProps) {
  const named = useService(service) ?? namedBy(service);
  const mayAct = useMay("act");
  return (
    <aside aria-label={`Code from ${named.name}`} className="flex min-h-0 min-w-0 flex-1 flex-col md:overflow-y-auto">
      <header className="flex h-14 flex-none items-center gap-2.5 border-b border-hairline pr-4 pl-5 max-md:pr-3 max-md:pl-2">
        <IconButton label="Back to the list" look="touch" className="md:hidden" onClick={onClose}>
          <ArrowLeft aria-hidden="true" />
        </IconButton>
        <HelmIcon kind={named.supervisor} named />
        <h2 className="flex min-w-0 flex-1 text-16 font-semibold [&_*]:text-16!">
          <ServiceLink service={named} />
        </h2>
        <IconButton label="Close" className="max-md:hidden" onClick={onClose}>
          <X aria-hidden="true" />
        </IconButton>
      </header>
      {row?.episode ? (
        <Past episode={row.episode} />
      ) : row?.code ? (
        <Waiting code={row.code} shown={shown} onShow={onShow} mayAct={mayAct} />
      ) : (
        <Nothing name={named.name} />
      )}
      {mayAct && !row?.episode ? <LinkBox service={service} {...box} /> : null}
    </aside>
  );
}

interface WaitingProps {
  code: Code;
  shown: boolean;
  onShow: (shown: boolean) => void;
  mayAct: boolean;
}

function Waiting({ code, shown, onShow, mayAct }: WaitingProps) {
  return (
    <Part>
      <CodeCard code={code} shown={mayAct && shown} onShow={mayAct ? () => onShow(true) : null} />
      <div className="mt-3 flex flex-wrap justify-center gap-1.5">
        {mayAct && shown ? (
          <Button icon={<EyeOff aria-hidden="true" />} onClick={() => onShow(false)} className="max-sm:h-11">
            Cover
          </Button>
        ) : null}
        {mayAct ? <CopyText payload={code.payload} /> : null}
        <Link href={logsHref(code.service)} prefetch={false} className={buttonStyle({ className: "max-sm:h-11" })}>
          <ScrollText aria-hidden="true" />
          Logs
        </Link>
      </div>
      {mayAct ? (
        <p className="mt-3 text-center text-12 text-pretty text-muted-foreground">{KIND_WAY[code.kind]}</p>
      ) : null}
    </Part>
  );
}

function CopyText({ payload }: { payload: string | null }) {
  const { copied, copy } = useCopy();
  const run = async () => {
    if (payload !== null && !(await copy(payload))) say({ tone: "fail", title: "The code was not copied" });
  };
  return (
    <Button
      icon={<Copy aria-hidden="true" />}
      disabled={payload === null}
      title={payload === null ? "It could be drawn, and not be read" : undefined}
      onClick={() => void run()}
      className="max-sm:h-11"
    >
      {copied ? "Copied" : "Copy code text"}
    </Button>
  );
}

function Past({ episode }: { episode: Episode }) {
  const [word, more] = outcomeWords(episode);
  const via = { link: "by a one-time link", here: "on this page", unknown: null };
  const shownBy = episode.via === null ? null : via[episode.via];
  return (
    <Part>
      <dl className="grid grid-cols-[84px_minmax(0,1fr)] gap-x-4 text-12 leading-[22px] [&>dt]:text-muted-foreground">
        <dt>Code</dt>
        <dd>{KIND_WORD[episode.kind]}</dd>
        <dt>Outcome</dt>
        <dd>
          {word}
          {more ? `, ${more}` : null}
        </dd>
        <dt>First seen</dt>
        <dd suppressHydrationWarning>{formatExact(episode.firstSeenAt)}</dd>
        {episode.endedAt === null ? null : (
          <>
            <dt>Ended</dt>
            <dd>
              <TimeAgo time={episode.endedAt} ago />, after {plural(episode.codes, "code")}
            </dd>
          </>
        )}
        {shownBy === null ? null : (
          <>
            <dt>Shown</dt>
            <dd>{shownBy}</dd>
          </>
        )}
      </dl>
      <p className="mt-3 text-12 text-pretty text-muted-foreground">The codes of that time are forgotten.</p>
    </Part>
  );
}

function Nothing({ name }: { name: string }) {
  return (
    <Part>
      <p className="text-14 font-semibold">No code now</p>
      <p className="text-pretty text-muted-foreground [overflow-wrap:anywhere]">
        {name} asks for nothing at the moment. When it prints a code, it appears here by itself.
      </p>
    </Part>
  );
}

function Part({ children }: { children: ReactNode }) {
  return <section className="flex-none border-b border-hairline px-5 py-4 max-md:px-3">{children}</section>;
}
