"use client";

import { Eye, QrCode } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { cn } from "#lib/format/cn.ts";
import { formatDuration } from "#lib/format/duration.ts";
import { formatExact } from "#lib/format/exact-time.ts";
import type { Code } from "#lib/relay/shapes.ts";
import { Button } from "@/components/ui/button.tsx";
import { useNow } from "@/components/ui/clock.ts";
import { KIND_WORD, nextWords, renewalWords } from "./relay-words.ts";

/** milliseconds before a picture that did not come is asked for again */
const [FIRST_PAUSE, LONGEST_PAUSE] = [400, 8000];

interface CodeCardProps {
  code: Code;
  /** false: it is covered */
  shown: boolean;
  /** null: it is not for them */
  onShow: (() => void) | null;
}

/** The code, dark on white in both themes; covered until it is asked for. Its age and its successor stand under it. */
export function CodeCard({ code, shown, onShow }: CodeCardProps) {
  const isOld = code.state === "stale";
  return (
    <div
      className={cn(
        "mx-auto w-full max-w-80 overflow-hidden rounded-panel border border-border max-md:max-w-[430px]",
        shown && !isOld ? "bg-white p-2 pb-3" : "bg-inset p-2 pb-3",
      )}
    >
      <div className="relative aspect-square">
        {isOld ? (
          <Cover title="This code is too old to scan">{nextWords(code)}</Cover>
        ) : shown ? (
          <Picture code={code} />
        ) : onShow ? (
          <Cover title="The code is covered" action={<ShowButton onShow={onShow} />}>
            Whoever scans it is logged in.
          </Cover>
        ) : (
          <Cover title="The code is for those who may act">
            An operator or admin of this server can show or send it. Whoever may read its log sees it as it was printed
            there.
          </Cover>
        )}
      </div>
      <Age code={code} light={shown && !isOld} />
    </div>
  );
}

function ShowButton({ onShow }: { onShow: () => void }) {
  return (
    <Button variant="filled" icon={<Eye aria-hidden="true" />} onClick={onShow} className="mt-2 max-sm:h-11">
      Show code
    </Button>
  );
}

function Cover({ title, action, children }: { title: string; action?: ReactNode; children: ReactNode }) {
  return (
    <div className="absolute inset-0 grid content-center justify-items-center gap-1 px-8 text-center">
      <QrCode aria-hidden="true" className="mb-2 size-7 stroke-[1.5] text-subtle-foreground" />
      <p className="font-medium">{title}</p>
      <p className="text-12 text-pretty text-muted-foreground">{children}</p>
      {action}
    </div>
  );
}

/** The next picture takes the place of the last one when it is there: nothing flickers while a phone looks at it. */
function Picture({ code }: { code: Code }) {
  const wanted = `/api/v1/relay/codes/${code.service}.svg?version=${encodeURIComponent(code.version)}`;
  const [shown, setShown] = useState<string | null>(null);
  const [failed, setFailed] = useState({ url: "", times: 0 });
  const times = failed.url === wanted ? failed.times : 0;
  useEffect(() => {
    const coming = new Image();
    coming.onload = () => setShown(wanted);
    coming.onerror = () => setFailed({ url: wanted, times: times + 1 });
    const load = () => {
      coming.src = wanted;
    };
    const timer = setTimeout(load, times === 0 ? 0 : Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (times - 1)));
    return () => {
      clearTimeout(timer);
      coming.onload = null;
      coming.onerror = null;
    };
  }, [wanted, times]);
  if (times > 0 && shown !== wanted)
    return <Cover title="The code could not be drawn">It is asked for again by itself.</Cover>;
  if (shown === null) return null;
  return (
    // biome-ignore lint/performance/noImgElement: a drawing of this server, which nothing could make smaller
    <img src={shown} alt={`QR code, ${KIND_WORD[code.kind]}`} width={304} height={304} className="block size-full" />
  );
}

function Age({ code, light }: { code: Code; light: boolean }) {
  const now = useNow("second");
  const seen = Date.parse(code.seenAt);
  const { renewsAt } = code;
  const done = renewsAt === null ? 0 : Math.min(1, Math.max(0, (now - seen) / (Date.parse(renewsAt) - seen)));
  return (
    <div className={cn("px-3.5 pt-0.5 text-12 leading-5", light ? "text-[#3d444d]" : "text-muted-foreground")}>
      {/* drawn, so that no style has to be in an attribute */}
      <svg aria-hidden="true" viewBox="0 0 100 4" preserveAspectRatio="none" className="block h-1 w-full rounded-full">
        <rect width="100" height="4" className={light ? "fill-[#d9dde2]" : "fill-track"} />
        {renewsAt === null ? null : (
          <rect width={100 * done} height="4" className={light ? "fill-[#0b0d10]" : "fill-foreground"} />
        )}
      </svg>
      <div className="num mt-1.5 flex justify-between">
        <span>
          <time
            dateTime={code.seenAt}
            onPointerEnter={(event) => {
              event.currentTarget.title = formatExact(code.seenAt);
            }}
          >
            {formatDuration((now - seen) / 1000)} old
          </time>
          , code {code.codes}
        </span>
        <span>{renewalWords(code, now)}</span>
      </div>
    </div>
  );
}
