"use client";

import { type ClipboardEvent, Fragment, type KeyboardEvent, useEffect, useEffectEvent, useRef, useState } from "react";
import { ApiProblem, send } from "@/components/shell/api-client.ts";
import { Button } from "@/components/ui/button.tsx";
import { CommandLine } from "@/components/ui/command-line.tsx";
import { STEP_LEAD, STEP_TITLE } from "./setup-look.ts";
import { type Boxes, CODE_BOXES, codeOf, emptyBoxes, eraseAt, readPasted, typeInto } from "./setup-token.ts";
import { refusalWords } from "./sign-in-words.ts";

interface SetupCodeProps {
  host: string;
  /** the code fits; it is still good */
  onGiven: (token: string) => void;
}

/** Step 1. The printed link brings the code along; typed or pasted it goes into the boxes. */
export function SetupCode({ host, onGiven }: SetupCodeProps) {
  const [boxes, setBoxes] = useState<Boxes>(emptyBoxes);
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string | null>(null);
  const inputs = useRef<(HTMLInputElement | null)[]>([]);

  const check = async (token: string) => {
    if (busy) return;
    setBusy(true);
    setWrong(null);
    try {
      await send("/api/v1/setup/check", { method: "POST", body: { token }, signedOut: true });
      onGiven(token);
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      setWrong(refusalWords(error, "That is not the code of now. It is renewed every 30 min: read it again."));
      inputs.current[0]?.focus();
    } finally {
      setBusy(false);
    }
  };
  const put = (next: { boxes: Boxes; at: number }) => {
    setBoxes(next.boxes);
    setWrong(null);
    const input = inputs.current[next.at];
    input?.focus();
    input?.select();
  };
  const paste = (text: string, at: number) => {
    const read = readPasted(text);
    if ("token" in read) {
      void check(read.token);
      return;
    }
    const next = typeInto(
      read.signs.length === CODE_BOXES.length ? emptyBoxes() : boxes,
      read.signs.length === CODE_BOXES.length ? 0 : at,
      read.signs,
    );
    put(next);
    const code = codeOf(next.boxes);
    if (code) void check(code);
  };

  const takeFragment = useEffectEvent(() => {
    const read = readPasted(location.hash);
    if (!("token" in read)) return;
    // the code is a secret: it must not stay in the address, nor in the history
    history.replaceState(history.state, "", location.pathname);
    void check(read.token);
  });
  useEffect(() => takeFragment(), []);

  const pasteAnywhere = useEffectEvent((event: globalThis.ClipboardEvent) => {
    if (event.defaultPrevented) return;
    event.preventDefault();
    paste(event.clipboardData?.getData("text") ?? "", 0);
  });
  useEffect(() => {
    const listen = (event: globalThis.ClipboardEvent) => pasteAnywhere(event);
    document.addEventListener("paste", listen);
    return () => document.removeEventListener("paste", listen);
  }, []);

  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>, at: number) => {
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: CODE_BOXES.length - 1 }[event.key];
    if (event.key === "Backspace") {
      event.preventDefault();
      put(eraseAt(boxes, at));
    } else if (to !== undefined && inputs.current[to]) {
      event.preventDefault();
      inputs.current[to].focus();
      inputs.current[to].select();
    }
  };
  const code = codeOf(boxes);
  return (
    <section className="mx-auto my-12 w-full max-w-[520px] px-5 max-sm:my-8 max-sm:px-4">
      <h1 className={STEP_TITLE}>Enter the setup code</h1>
      <p className={STEP_LEAD}>
        It proves you can reach the server. Trihelm printed it when it first started. Read it again on {host}:
      </p>
      <CommandLine command="npm run -s trihelm -- setup-code" className="mt-4" />
      <form
        method="post"
        onSubmit={(event) => {
          event.preventDefault();
          if (code) void check(code);
        }}
      >
        <fieldset aria-describedby="code-says" className="mt-5 flex min-w-0 items-center gap-2 max-sm:gap-1">
          <legend className="sr-only">Setup code</legend>
          {CODE_BOXES.map((at) => (
            <Fragment key={at}>
              {at === 4 ? (
                <span aria-hidden="true" className="h-0.5 w-2.5 flex-none bg-border-strong max-sm:w-1.5" />
              ) : null}
              <input
                ref={(input) => {
                  inputs.current[at] = input;
                }}
                aria-label={`Character ${at + 1} of ${CODE_BOXES.length}`}
                aria-invalid={wrong ? true : undefined}
                value={boxes[at]}
                autoComplete="off"
                autoCapitalize="characters"
                spellCheck={false}
                onFocus={(event) => event.currentTarget.select()}
                onKeyDown={(event) => onKeyDown(event, at)}
                onChange={(event) => put(typeInto(boxes, at, added(event.target.value, boxes[at] ?? "")))}
                onPaste={(event: ClipboardEvent) => {
                  event.preventDefault();
                  paste(event.clipboardData.getData("text"), at);
                }}
                size={1}
                className="h-[54px] w-0 min-w-0 flex-1 rounded-control border border-input bg-card text-center font-mono text-20 text-foreground uppercase outline-none focus:border-ring focus:shadow-[0_0_0_1px_var(--ring)]"
              />
            </Fragment>
          ))}
        </fieldset>
        <p id="code-says" className="mt-2.5 min-h-4 text-12 text-muted-foreground">
          {wrong ? (
            <span role="alert" className="text-fail">
              {wrong}
            </span>
          ) : (
            "Works once. Renewed every 30 min until an account exists."
          )}
        </p>
        <div className="mt-5 flex justify-end">
          <Button type="submit" variant="filled" disabled={code === null || busy} className="max-sm:h-11">
            Continue
          </Button>
        </div>
      </form>
    </section>
  );
}

/** What a change of a box put in: the new sign beside the one that was there, or all of it. */
function added(value: string, before: string): string {
  return before !== "" && value.length === 2 ? value.replace(before, "") || before : value;
}
