"use client";

import { ArrowLeft, ScanSearch } from "lucide-react";
import Link from "next/link";
import { type FormEvent, useId, useState } from "react";
import { plural } from "#lib/format/plural.ts";
import type { Kind } from "#lib/relay/kind.ts";
import { ApiProblem, readProblem } from "@/components/shell/api-client.ts";
import { Button, buttonStyle } from "@/components/ui/button.tsx";
import { CopyButton } from "@/components/ui/copy-button.tsx";
import { Note } from "@/components/ui/note.tsx";
import { Panel } from "@/components/ui/panel.tsx";
import { EmptyNote } from "../services/empty-note.tsx";
import { KIND_WAY, KIND_WORD } from "./relay-words.ts";

interface Found {
  payload: string | null;
  kind: Kind;
  modules: number;
  firstLine: number;
  lastLine: number;
  svg: string;
}

/** A piece of log from anywhere, and the codes that are drawn or written in it. */
export function DecodePage() {
  const id = useId();
  const [text, setText] = useState("");
  const { found, problem, busy, read } = useDecoding();
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (!busy) void read(text);
  };
  return (
    <div className="mx-auto grid w-full max-w-[880px] gap-4 px-5 py-4 max-sm:px-3">
      <header className="flex flex-wrap items-center justify-between gap-x-4 gap-y-3 py-0.5">
        <div className="min-w-0">
          <h1 className="text-20 font-semibold tracking-[-.015em]">Codes in a piece of log</h1>
          <p className="text-pretty text-muted-foreground">
            For a log of another machine. The text is read by this server and forgotten; it goes nowhere else.
          </p>
        </div>
        <Link href="/relay" className={buttonStyle({ className: "max-sm:h-11" })}>
          <ArrowLeft aria-hidden="true" />
          QR relay
        </Link>
      </header>
      <form onSubmit={onSubmit} className="grid gap-2">
        <label htmlFor={id} className="font-medium">
          Lines of the log
        </label>
        <textarea
          id={id}
          value={text}
          onChange={(event) => setText(event.target.value)}
          spellCheck={false}
          autoComplete="off"
          wrap="off"
          required
          aria-describedby={`${id}-hint`}
          className="h-64 w-full resize-y rounded-control border border-input bg-inset px-3 py-2 font-mono text-12 leading-[14px] text-foreground outline-none focus-visible:border-ring focus-visible:shadow-[0_0_0_1px_var(--ring)] max-sm:text-16 max-sm:leading-5"
        />
        <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
          <p id={`${id}-hint`} className="text-12 text-pretty text-muted-foreground">
            Whole lines, with the spaces in front of them. Prefixes and other lines in between do no harm.
          </p>
          <Button
            type="submit"
            variant="filled"
            disabled={busy}
            icon={<ScanSearch aria-hidden="true" />}
            className="max-sm:h-11 max-sm:w-full"
          >
            Find codes
          </Button>
        </div>
      </form>
      <div role="status" className="grid gap-4">
        {problem ? (
          <Note tone="fail" alert title="The text could not be read">
            {problem.words}
          </Note>
        ) : null}
        {found ? <Findings found={found} /> : null}
      </div>
    </div>
  );
}

function Findings({ found }: { found: readonly Found[] }) {
  if (found.length === 0) {
    return (
      <Panel>
        <EmptyNote
          title="No code in this text"
          text="A code is a square of blocks, at least 21 wide, or a line that holds what one says. Copy it whole, from the first row to the last."
        />
      </Panel>
    );
  }
  return (
    <section aria-label="Codes found" className="grid gap-2">
      <h2 className="font-semibold">{plural(found.length, "code")}</h2>
      <ul className="grid gap-3">
        {found.map((code) => (
          <li key={`${code.firstLine} ${code.lastLine} ${code.payload}`}>
            <OneCode code={code} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function OneCode({ code }: { code: Found }) {
  const { kind, firstLine, lastLine, modules, payload } = code;
  return (
    <Panel className="flex gap-4 p-4 max-sm:flex-col">
      {/* biome-ignore lint/performance/noImgElement: a drawing that is here already */}
      <img
        src={`data:image/svg+xml,${encodeURIComponent(code.svg)}`}
        alt={`QR code, ${KIND_WORD[kind]}`}
        width={240}
        height={240}
        className="block size-60 flex-none rounded-control border border-border bg-white max-sm:mx-auto max-sm:size-full max-sm:max-w-[340px]"
      />
      <div className="grid min-w-0 flex-1 content-start gap-2">
        <h3 className="text-14 font-semibold">{KIND_WORD[kind]}</h3>
        <p className="text-12 text-muted-foreground">
          {firstLine === lastLine ? `Line ${firstLine}` : `Lines ${firstLine} to ${lastLine}`}, {modules} × {modules}{" "}
          modules
        </p>
        {payload === null ? (
          <p className="text-12 text-pretty text-muted-foreground">
            It is drawn and could not be read as text. A phone may still read the picture.
          </p>
        ) : (
          <div className="flex items-start gap-2 rounded-control border border-border-strong bg-inset py-1.5 pr-1.5 pl-3">
            <code className="max-h-40 min-w-0 flex-1 overflow-y-auto font-mono text-12 leading-5 [overflow-wrap:anywhere]">
              {payload}
            </code>
            <CopyButton text={payload} label="Copy code text" />
          </div>
        )}
        <p className="text-12 text-pretty text-muted-foreground">{KIND_WAY[kind]}</p>
      </div>
    </Panel>
  );
}

interface Decoding {
  found: readonly Found[] | null;
  problem: ApiProblem | null;
  busy: boolean;
}

function useDecoding() {
  const [state, setState] = useState<Decoding>({ found: null, problem: null, busy: false });
  const read = async (text: string) => {
    setState((before) => ({ ...before, busy: true }));
    try {
      setState({ found: await decode(text), problem: null, busy: false });
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      setState({ found: null, problem: error, busy: false });
    }
  };
  return { ...state, read };
}

async function decode(text: string): Promise<Found[]> {
  const response = await fetch("/api/v1/relay/decode?draw=1", {
    method: "POST",
    headers: { accept: "application/json", "content-type": "text/plain" },
    body: text,
  }).catch((cause: unknown) => {
    const detail = "The connection broke before an answer came. Try again in a moment.";
    throw new ApiProblem(0, { code: "network", title: "Trihelm did not answer", detail }, { cause });
  });
  if (!response.ok) throw await readProblem(response);
  return ((await response.json()) as { codes: Found[] }).codes;
}
