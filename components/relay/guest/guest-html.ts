/**
 * The page behind a one-time link, whole in one answer: its words, style and script come with it, so that it is there on a
 * slow line at once and needs nothing else of this server but the code. Nothing in it is about a service; what it shows,
 * the script asks for with the secret that only the guest's browser knows.
 */
import { runGuestPage } from "./guest-script.ts";
import { GUEST_STYLE } from "./guest-style.ts";
import { GUEST_WORDS } from "./guest-words.ts";

const MARK =
  '<path d="M7.25 7.42A6.6 6.6 0 0 1 16.75 7.42M12 3.8L12 1.1M18.34 10.18A6.6 6.6 0 0 1 13.6 18.4M19.1 16.1L21.44 17.45M10.4 18.4A6.6 6.6 0 0 1 5.66 10.18M4.9 16.1L2.56 17.45"/><circle cx="12" cy="12" r="1.7" fill="currentColor" stroke="none"/>';
const LOCK = '<rect width="18" height="11" x="3" y="11" rx="2"/><path d="M7 11V7a5 5 0 0 1 10 0v4"/>';
const CHECK = '<path d="M20 6 9 17l-5-5"/>';
const TIMER = '<path d="M10 2h4"/><path d="m12 14 3-3"/><circle cx="12" cy="14" r="8"/>';
const SHARE =
  '<circle cx="18" cy="5" r="3"/><circle cx="6" cy="12" r="3"/><circle cx="18" cy="19" r="3"/><path d="m8.59 13.51 6.83 3.98m-.01-10.98-6.82 3.98"/>';

/** The page, for the nonce of its own request. */
export function guestHtml(nonce: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<meta name="color-scheme" content="dark light">
<title>One-time link · Trihelm</title>
<link rel="icon" href="/icon.svg">
<style nonce="${nonce}">${GUEST_STYLE}</style>
</head>
<body>
<main>
<header>${icon(MARK, 20)}<span>Trihelm</span><i>${icon(LOCK, 14)}One-time link</i></header>
<div class="body">
<noscript><div class="result"><h1>This page needs JavaScript</h1><p class="soft">It shows a code that changes every few seconds.</p></div></noscript>
<section id="opening" class="result opening"><p class="soft">Opening the link</p></section>
<form id="ask" method="post" hidden>
<h1>This link has a passphrase</h1>
<p class="soft">The person who sent it can tell you.</p>
<label for="passphrase">Passphrase</label>
<input id="passphrase" type="password" required maxlength="200" autocomplete="off" autocapitalize="none" spellcheck="false" aria-describedby="wrong">
<p id="wrong" class="wrong" role="alert"></p>
<button class="filled">Show the code</button>
</form>
<section id="code" class="code" hidden>
<h1 id="head"></h1>
<p id="lead" class="soft"></p>
<figure id="card" class="card">
<div class="pic"><img id="picture" alt="" width="400" height="400" hidden><div id="veil" class="veil" role="status"><b id="veil-head"></b><span id="veil-text"></span></div></div>
<div class="times"><div id="times"><span id="bar" class="bar"><span id="filled"></span></span><p><span id="age"></span><span id="next"></span></p></div></div>
</figure>
<ol id="steps"></ol>
<p id="means" class="note"></p>
<p id="bright" class="note">If the phone does not see the code, turn this screen’s brightness up.</p>
<button id="send" type="button" hidden>${icon(SHARE, 16)}<span id="send-words">Send to another screen</span></button>
</section>
<section id="result" class="result" role="status" hidden>
<span class="sign ok">${icon(CHECK, 28)}</span><span class="sign off">${icon(TIMER, 28)}</span>
<h1 id="result-head"></h1>
<p id="result-lead" class="soft"></p>
<dl id="facts"><div><dt>Linked to</dt><dd id="fact-to"></dd></div><div><dt>When</dt><dd id="fact-when"></dd></div><div id="fact-code-row"><dt>Code</dt><dd id="fact-code"></dd></div></dl>
<p id="result-hint" class="soft hint"></p>
</section>
</div>
<footer><p id="lost" role="status"></p><p id="foot"></p></footer>
</main>
<script nonce="${nonce}">(${String(runGuestPage)})(${JSON.stringify(GUEST_WORDS)})</script>
</body>
</html>
`;
}

function icon(paths: string, size: number): string {
  return `<svg aria-hidden="true" width="${size}" height="${size}" viewBox="0 0 24 24">${paths}</svg>`;
}
