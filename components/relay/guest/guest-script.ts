/** What the guest page does. It is sent as its own text, and so knows nothing but what stands inside. */
import type { GuestView } from "#lib/relay/shapes.ts";
import type { GuestWords } from "./guest-words.ts";

/** Runs in the guest's browser; types alone come from outside, and the words that it is called with. */
export function runGuestPage(words: GuestWords): void {
  const API = "/api/v1/relay/guest";
  const { kinds: KINDS, over: OVER } = words;
  const LIMIT = 400;
  const part = (id: string) => document.getElementById(id)!;
  const picture = part("picture") as HTMLImageElement;
  const field = part("passphrase") as HTMLInputElement;
  const token = location.hash.slice(1);
  const id = encodeURIComponent(decodeURIComponent(location.pathname.split("/").pop()!));
  /** how far this phone's clock is ahead of the server's */
  let ahead = 0;
  let view: GuestView | null = null;
  let stream: EventSource | null = null;
  let tries = 0;
  let wait: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  let openedAt = Number.NEGATIVE_INFINITY;

  const say = (where: string, text: string) => {
    const element = part(where);
    if (element.textContent !== text) element.textContent = text;
  };
  const show = (section: "opening" | "ask" | "code" | "result") => {
    for (const one of ["opening", "ask", "code", "result"]) part(one).hidden = one !== section;
  };
  const duration = (milliseconds: number) => {
    const s = Math.max(0, Math.floor(milliseconds / 1000));
    if (s < 60) return `${s} s`;
    return s < 3600
      ? `${Math.floor(s / 60)} min`
      : s < 86_400
        ? `${Math.floor(s / 3600)} h`
        : `${Math.floor(s / 86_400)} d`;
  };
  const now = () => Date.now() - ahead;

  const ask = async (method: "GET" | "POST", body?: object): Promise<[Response, Record<string, unknown>]> => {
    const response = await fetch(method === "GET" ? `${API}?link=${id}` : API, {
      method,
      cache: "no-store",
      headers: { accept: "application/json", ...(body ? { "content-type": "application/json" } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const off = Date.now() - Date.parse(response.headers.get("date") ?? "");
    // a second or two are the way of the message, not the clock
    ahead = Math.abs(off) > 3000 ? off : 0;
    const text = await response.text();
    return [response, text.startsWith("{") ? JSON.parse(text) : {}];
  };

  /** Gives the secret for a session of this page alone. */
  const open = async (passphrase?: string): Promise<void> => {
    const body = { id, token, ...(passphrase === undefined ? {} : { passphrase }) };
    const [response, told] = await ask("POST", body).catch(() => [null, {}] as const);
    if (response?.ok) {
      openedAt = Date.now();
      return follow();
    }
    if (response === null) return broken(() => open(passphrase));
    if (response.status === 429) {
      const tooMany = `Too many tries. Wait ${duration(1000 * (Number(response.headers.get("retry-after")) || 60))}`;
      if (passphrase !== undefined) return askPassphrase(`${tooMany}, then try again.`);
      return result("off", "Too many tries from here", `${tooMany}, then open the link again.`);
    }
    if (told.passphrase) return askPassphrase(passphrase === undefined ? "" : "That is not the passphrase.");
    over(told.ended, told.endedAt);
  };

  const askPassphrase = (wrong: string) => {
    say("wrong", wrong);
    say("foot", "");
    show("ask");
    field.select();
    field.focus();
  };

  /** Reads what there is to show, then hears of what changes. */
  const follow = async (): Promise<void> => {
    clearTimeout(wait);
    const [response, told] = await ask("GET").catch(() => [null, {}] as const);
    if (response === null || response.status >= 500 || response.status === 429) return broken(follow);
    if (response.status === 401) return lost();
    if (!response.ok) return over(told.ended, told.endedAt);
    tries = 0;
    draw(told as GuestView);
    stream?.close();
    if (isOver) return;
    stream = new EventSource(`${API}/events?link=${id}`);
    stream.addEventListener("view", (event) => draw(JSON.parse(event.data) as GuestView));
    stream.onopen = () => say("lost", "");
    stream.onerror = () => {
      // it also ends where the link is over: the next reading says which
      stream?.close();
      if (!isOver) again(follow);
    };
  };

  const again = (what: () => unknown) => {
    clearTimeout(wait);
    wait = setTimeout(what, Math.min(8000, LIMIT * 2 ** tries));
    tries += 1;
    if (tries > 2) say("lost", "The connection is lost. Trying again.");
  };

  const broken = (what: () => unknown) => {
    if (view) return again(what);
    result("off", "Trihelm did not answer", "The connection broke before an answer came. This page goes on by itself.");
    again(what);
  };

  const draw = (next: GuestView) => {
    view = next;
    const { state } = next;
    if (state === "linked") return linked(next);
    if (state === "ended") return over(next.endedAs, next.endedAt);
    const kind = KINDS[next.kind ?? "text"];
    const fill = (text: string) => text.replace("@", () => next.title);
    const isNone = state === "none" || next.version === null;
    const head = next.kind === null ? `A code of ${next.title}` : fill(kind.head);
    document.title = `${head} · Trihelm`;
    say("head", head);
    say("lead", `Sent by ${next.from}. ${next.kind === null ? "" : kind.lead}`);
    say(
      "means",
      `${next.kind === null ? "" : fill(kind.means)} If you did not expect this from ${next.from}, do not scan it.`,
    );
    if (part("steps").dataset.kind !== String(next.kind)) {
      part("steps").dataset.kind = String(next.kind);
      part("steps").replaceChildren(...(next.kind === null ? [] : kind.steps.map(step)));
    }
    say("veil-head", isNone ? "No code now" : "This code is too old to scan");
    say(
      "veil-text",
      isNone
        ? `${next.title} shows none at the moment. It appears here by itself.`
        : "The next one appears here by itself.",
    );
    const isShown = state === "waiting" && !isNone;
    part("veil").hidden = isShown;
    picture.hidden = !isShown;
    picture.alt = `QR code, ${head}`;
    part("card").classList.toggle("veiled", !isShown);
    for (const one of ["times", "bright"]) part(one).hidden = !isShown;
    if (isShown && picture.dataset.version !== next.version) exchange(next.version!);
    show("code");
    tick();
  };

  /** The next picture takes the place of the last one when it is there. */
  const exchange = (version: string) => {
    picture.dataset.version = version;
    const coming = new Image();
    const source = `${API}.svg?link=${id}&version=${encodeURIComponent(version)}`;
    coming.onload = () => {
      if (picture.dataset.version === version) picture.src = source;
    };
    coming.onerror = () => {
      if (picture.dataset.version === version) delete picture.dataset.version;
    };
    coming.src = source;
  };

  const step = (text: string, index: number) => {
    const line = document.createElement("p");
    text.split("*").forEach((words, at) => {
      const piece = document.createElement(at % 2 === 1 ? "b" : "span");
      piece.textContent = words;
      line.append(piece);
    });
    const number = document.createElement("span");
    number.textContent = String(index + 1);
    const item = document.createElement("li");
    item.append(number, line);
    return item;
  };

  const result = (sign: "ok" | "off", head: string, lead: string, hint = "") => {
    document.title = `${head} · Trihelm`;
    part("result").dataset.sign = sign;
    say("result-head", head);
    say("result-lead", lead);
    say("result-hint", hint);
    part("facts").hidden = true;
    say("foot", "");
    show("result");
  };

  const linked = ({ kind, title, endedAt, codes, tookSeconds }: GuestView) => {
    isOver = true;
    stream?.close();
    const { done, undo } = kind === null ? { done: "It is linked", undo: "" } : KINDS[kind];
    result("ok", done, `${title} says that the login worked. You can close this page.`, undo);
    say("fact-to", title);
    const at = new Date(endedAt ?? now());
    const clock = at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    say("fact-when", now() - +at < 60_000 ? `Just now, ${clock}` : `${duration(now() - +at)} ago, ${clock}`);
    part("fact-code-row").hidden = codes === null;
    say("fact-code", `${codes}${tookSeconds === null ? "" : `, linked ${duration(1000 * tookSeconds)} after opening`}`);
    part("facts").hidden = false;
    say("foot", "This link has been used and no longer works.");
  };

  /** The session of this page is over, which the link may outlive; or the browser keeps none. */
  const lost = (): Promise<void> | void => {
    stream?.close();
    if (token === "") return result("off", "This page has lost its link", "Open it once more, as it was sent to you.");
    if (Date.now() - openedAt > 60_000) return open();
    result("off", "This browser refused a cookie", "Allow cookies for this page, then open the link once more.");
  };

  const over = (why: unknown, endedAt: unknown) => {
    isOver = true;
    stream?.close();
    clearTimeout(wait);
    const [head, hint, word] = OVER[(why as keyof typeof OVER) in OVER ? (why as keyof typeof OVER) : "unknown"];
    result("off", head!, "Ask the person who sent it for a new one.", hint);
    const ended = Date.parse(String(endedAt));
    const age = now() - ended;
    if (word && age >= 0) say("foot", `${word} ${age < 10_000 ? "just now" : `${duration(age)} ago`}.`);
  };

  /** What changes with the time alone. */
  const tick = () => {
    if (!view || isOver) return;
    const left = Date.parse(view.expiresAt) - now();
    say("foot", left > 0 ? `Works once. Expires in ${duration(left)}.` : "");
    if (view.state !== "waiting" || view.seenAt === null) return;
    const seen = Date.parse(view.seenAt);
    say("age", `${duration(now() - seen)} old`);
    const due = view.renewsAt === null ? Number.NaN : Date.parse(view.renewsAt);
    part("bar").hidden = Number.isNaN(due);
    part("filled").style.width = `${Math.min(100, Math.max(0, (100 * (now() - seen)) / (due - seen)))}%`;
    const soon = due > now() ? `New code in ${duration(due - now() + 999)}` : "New code any moment";
    say("next", Number.isNaN(due) ? "" : soon);
  };

  const send = async () => {
    const url = `${location.origin}/relay/${id}#${token}`;
    const shared = navigator.share ? navigator.share({ url }) : navigator.clipboard.writeText(url);
    const worked = await shared.then(
      () => true,
      () => false,
    );
    if (worked && !navigator.share) say("send-words", "Link copied");
  };

  history.replaceState(null, "", location.pathname);
  part("send").hidden = token === "" || (!navigator.share && !navigator.clipboard);
  part("send").addEventListener("click", () => void send());
  part("ask").addEventListener("submit", (event) => {
    event.preventDefault();
    void open(field.value);
  });
  // another link in the same tab changes nothing but what is behind the `#`
  addEventListener("hashchange", () => location.reload());
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && view && !isOver) void follow();
  });
  setInterval(tick, 1000);
  void (token === "" ? follow() : open());
}
