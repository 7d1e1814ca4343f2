/** The guest's page without a browser: what its script says, and what it asks for, by a clock that the test turns. */

import { vi } from "vitest";
import type { GuestView } from "#lib/relay/shapes.ts";
import { runGuestPage } from "./guest-script.ts";
import { GUEST_WORDS } from "./guest-words.ts";

const nothing = () => undefined;

class Part {
  hidden = false;
  textContent = "";
  alt = "";
  src = "";
  readonly dataset: Record<string, string> = {};
  readonly style: Record<string, string> = {};
  readonly classes = new Set<string>();
  readonly classList = {
    toggle: (name: string, isOn: boolean) => (isOn ? this.classes.add(name) : this.classes.delete(name)),
  };
  readonly addEventListener = nothing;
  readonly replaceChildren = nothing;
  readonly append = nothing;
  readonly select = nothing;
  readonly focus = nothing;
}

interface GuestAnswer {
  status: number;
  body?: object;
}

interface Options {
  /** the address that it is opened at */
  address?: string;
  /** what the tab remembers */
  state?: unknown;
  /** the server; `body` is null for a GET */
  answer: (method: string, body: unknown) => GuestAnswer;
}

/** Runs the script; call `vi.useFakeTimers` before, `vi.unstubAllGlobals` after. */
export async function openGuestPage({ address = "/relay/link-one#secret", state = null, answer }: Options) {
  const parts = new Map<string, Part>();
  const pictures: { src: string; onload: () => void; onerror: () => void }[] = [];
  const streams: { tell: (view: GuestView) => void; isOpen: boolean; onerror: () => void }[] = [];
  const asked: string[] = [];
  const part = (id: string) => parts.get(id) ?? parts.set(id, new Part()).get(id)!;
  const [pathname = "", hash = ""] = address.split("#");
  const history = {
    state,
    replaceState: (next: unknown) => {
      history.state = next;
    },
  };
  const document = {
    ...{ title: "", hidden: false, addEventListener: nothing },
    ...{ getElementById: part, createElement: () => new Part() },
  };
  class Picture {
    src = "";
    onload: () => void = nothing;
    onerror: () => void = nothing;
    constructor() {
      pictures.push(this);
    }
  }
  class Stream {
    isOpen = true;
    onerror: () => void = nothing;
    hear: (event: { data: string }) => void = nothing;
    constructor() {
      streams.push(this);
    }
    addEventListener(_: string, hear: (event: { data: string }) => void): void {
      this.hear = hear;
    }
    tell(view: GuestView): void {
      this.hear({ data: JSON.stringify(view) });
    }
    close(): void {
      this.isOpen = false;
    }
  }
  const fetch = async (_: string, { method, body }: { method: string; body?: string }) => {
    asked.push(method);
    const { status, body: told } = answer(method, body === undefined ? null : JSON.parse(body));
    const headers = { date: new Date(Date.now()).toUTCString() };
    return new Response(told ? JSON.stringify(told) : null, { status, headers });
  };
  const globals = {
    ...{ document, history, fetch, Image: Picture, EventSource: Stream },
    ...{ location: { pathname, hash: hash === "" ? "" : `#${hash}`, origin: "http://here" } },
    ...{ navigator: { share: nothing }, addEventListener: nothing },
  };
  for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value);
  runGuestPage(GUEST_WORDS);
  await vi.advanceTimersByTimeAsync(1);
  return { part, pictures, streams, asked, history, text: (id: string) => part(id).textContent };
}

/** A code that waits: seen just now, by a link that lives for a quarter of an hour. */
export function guestViewOf(over: Partial<GuestView> = {}): GuestView {
  const at = (seconds: number) => new Date(Date.now() + 1000 * seconds).toISOString();
  return {
    ...{ title: "the scheduler", kind: "whatsapp", from: "mara", state: "waiting", endedAs: null, endedAt: null },
    ...{ codes: 1, tookSeconds: null, opensLeft: 2, version: "first", modules: 49, rotates: true },
    ...{ seenAt: at(0), renewsAt: at(20), expiresAt: at(900), until: at(1020) },
    ...over,
  } as GuestView;
}
