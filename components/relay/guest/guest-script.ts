/** What the guest page does. It is sent as its own text, and so knows nothing but what stands inside. */
import type { GuestView } from "#lib/relay/shapes.ts";
import type { GuestWords } from "./guest-words.ts";

/** Runs in the guest's browser; types alone come from outside, and the words that it is called with. */
export function runGuestPage(words: GuestWords): void {
  const API = "/api/v1/relay/guest";
  const { kinds: KINDS, over: OVER } = words;
  const LIMIT = 400;
  /** so long before its end the pass is renewed, and so seldom it is tried */
  const [EARLY, SELDOM] = [300_000, 30_000];
  const part = (id: string) => document.getElementById(id)!;
  const picture = part("picture") as HTMLImageElement;
  const field = part("passphrase") as HTMLInputElement;
  // the tab alone remembers it, for when a phone loads its sleeping page anew
  const token: string = location.hash.slice(1) || history.state?.token || "";
  // of these letters alone: what else may stand there is no link's
  const id = location.pathname
    .split("/")
    .pop()!
    .replace(/[^\w-]/g, "");
  /** how far this phone's clock is ahead of the server's */
  let ahead = 0;
  let view: GuestView | null = null;
  let stream: EventSource | null = null;
  let tries = 0;
  let wait: ReturnType<typeof setTimeout> | undefined;
  let renewal: ReturnType<typeof setTimeout> | undefined;
  let renewedAt = 0;
  let isOver = false;
  /** versions of the picture: on its way, and there; whether the former failed to come */
  let coming: string | null = null;
  let loaded: string | null = null;
  let isLate = false;

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
    if (response?.ok) return follow();
    if (response === null) return broken(() => open(passphrase));
    if (response.status === 429) {
      if (view && passphrase === undefined) return again(open);
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

  /** Before the pass of this page ends, where the link lives on. */
  const planRenewal = ({ until, expiresAt }: GuestView) => {
    clearTimeout(renewal);
    if (isOver || token === "" || Date.parse(until) >= Date.parse(expiresAt)) return;
    renewal = setTimeout(renew, Math.max(0, renewedAt + SELDOM - Date.now(), Date.parse(until) - EARLY - now()));
  };

  /** Whoever is in stays in, uncounted; what keeps them out, the stream tells. */
  const renew = async (): Promise<void> => {
    renewedAt = Date.now();
    const [response] = await ask("POST", { id, token }).catch(() => [null] as const);
    if (isOver) return;
    if (response?.ok) return follow();
    if (view) planRenewal(view);
  };

  const pause = (times: number) => Math.min(8000, LIMIT * 2 ** times);

  const again = (what: () => unknown) => {
    clearTimeout(wait);
    wait = setTimeout(what, pause(tries));
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
    picture.alt = `QR code, ${head}`;
    // who was sent a link that is used up has nothing to send on
    part("send").hidden = !canSend || next.opensLeft === 0;
    if (state === "waiting" && next.version !== null && coming !== next.version) exchange(next.version);
    uncover();
    show("code");
    tick();
    planRenewal(next);
  };

  /** Shows the picture where it is the code's, and else what there is instead. */
  const uncover = () => {
    if (!view) return;
    const { state, title, version, rotates } = view;
    const isDue = state === "waiting" && version !== null;
    const isShown = isDue && loaded === version;
    const [head, text] = isDue
      ? isLate
        ? ["The code did not load", "It is asked for again by itself."]
        : ["The code is on its way", ""]
      : state === "none" || version === null
        ? ["No code now", `${title} shows none at the moment. It appears here by itself.`]
        : [
            "This code is too old to scan",
            rotates
              ? "The next one appears here by itself."
              : `If ${title} shows another one, it appears here by itself.`,
          ];
    say("veil-head", head!);
    say("veil-text", text!);
    part("veil").hidden = isShown;
    picture.hidden = !isShown;
    part("card").classList.toggle("veiled", !isDue);
    part("card").classList.toggle("coming", isDue && !isLate);
    part("card").classList.toggle("late", isDue && isLate);
    part("times").hidden = !isShown;
    part("bright").hidden = !isDue;
  };

  /** Until the next picture is there none is shown: the last one cannot be scanned any more. */
  const exchange = (version: string, times = 0) => {
    coming = version;
    isLate = times > 0;
    const next = new Image();
    const source = `${API}.svg?link=${id}&version=${encodeURIComponent(version)}${times > 0 ? `&try=${times}` : ""}`;
    next.onload = () => {
      if (coming !== version) return;
      loaded = version;
      picture.src = source;
      uncover();
    };
    next.onerror = () => {
      if (coming !== version) return;
      isLate = true;
      uncover();
      setTimeout(() => {
        if (coming !== version) return;
        if (!isOver && view?.version === version && view.state === "waiting") exchange(version, times + 1);
        else coming = null;
      }, pause(times));
    };
    next.src = source;
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

  const finish = () => {
    isOver = true;
    stream?.close();
    clearTimeout(wait);
    clearTimeout(renewal);
  };

  const linked = ({ kind, title, endedAt, codes, tookSeconds }: GuestView) => {
    finish();
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
  const lost = (): void => {
    stream?.close();
    if (view && Date.parse(view.expiresAt) <= now()) over("expired", view.expiresAt);
    else if (token === "") result("off", "This page has lost its link", "Open it once more, as it was sent to you.");
    else if (view) again(open);
    else result("off", "This browser refused a cookie", "Allow cookies for this page, then open the link once more.");
  };

  const over = (why: unknown, endedAt: unknown) => {
    finish();
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
    const { opensLeft } = view;
    const times = opensLeft === 1 ? "once more" : `${opensLeft} more times`;
    const more = opensLeft === null ? "" : opensLeft === 0 ? "Cannot be opened again. " : `Can be opened ${times}. `;
    say("foot", left > 0 ? `${more}Expires in ${duration(left)}.` : "");
    if (view.state !== "waiting" || view.seenAt === null) return;
    const seen = Date.parse(view.seenAt);
    say("age", `${duration(now() - seen)} old`);
    const due = view.renewsAt === null ? Number.NaN : Date.parse(view.renewsAt);
    part("bar").hidden = Number.isNaN(due);
    part("filled").style.width = `${Math.min(100, Math.max(0, (100 * (now() - seen)) / (due - seen)))}%`;
    const isAhead = due > now();
    const rest = duration(due - now() + 999);
    const soon = view.rotates
      ? isAhead
        ? `New code in ${rest}`
        : "New code any moment"
      : isAhead
        ? `Valid for ${rest}`
        : "Its time is over";
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

  history.replaceState({ token }, "", location.pathname);
  const canSend = token !== "" && (Boolean(navigator.share) || Boolean(navigator.clipboard));
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
