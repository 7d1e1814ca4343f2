import { afterAll, beforeAll, expect, test } from "vitest";
import { openScratch } from "#lib/db/scratch-rig.ts";
import { challengeOf, sessionCookie, sessionTokenOf, withOwnCookies } from "./cookie.ts";

// a cookie is signed with the secret that lies in the data folder
let scratch: Awaited<ReturnType<typeof openScratch>>;
beforeAll(async () => {
  scratch = await openScratch();
});
afterAll(() => scratch.close());

const [mine, other] = ["m".repeat(40), "o".repeat(40)];
const signed = async (token: string) => (await sessionCookie(token, null)).split(";")[0]!;
const sent = async (cookie: string, token: string | null) =>
  (await withOwnCookies(new Headers({ cookie }), token)).get("cookie");

test("the library gets the session that was identified, however others are spelled", async () => {
  const [own, foreign] = [await signed(mine), await signed(other)];
  for (const spelled of [
    foreign.replace("=", " ="),
    foreign.replace("=", "\t="),
    foreign.replace("=", '="'),
    foreign.toUpperCase(),
    foreign.replace("_", "%5F"),
    `trihelm.session_token; ${foreign.replace("=", " =")}`,
  ]) {
    const cookie = `${spelled}; ${own}`;
    const token = sessionTokenOf(new Headers({ cookie })) ?? "";
    expect(await sent(cookie, token), spelled).toBe(await signed(token));
  }
  expect(await sent(`${foreign.replace("=", " =")}; ${own}`, mine)).toBe(own);
});

test("without a session of the caller's the library gets none", async () => {
  const own = await signed(mine);
  for (const cookie of [own, own.replace("=", " ="), ` ${own} `]) expect(await sent(cookie, null), cookie).toBe("");
});

test("other cookies come once, as the first of their name, and odd names not at all", async () => {
  const cookie = "trihelm.state=a=b; theme = dark;theme=light; trihelm.state=c; x y=1; q%65=2; =3; lonely";
  expect(await sent(cookie, null)).toBe("trihelm.state=a=b; theme=dark; lonely=");
});

test("a challenge is read as the library reads it, and one that is spelled otherwise does not reach it", async () => {
  const [mine, other] = ["2fa-AbcdefghijKlmno_-123", "2fa-zzzzzzzzzzzzzzzzzzzz"];
  const read = (cookie: string) => challengeOf(new Headers({ cookie }));
  const own = `trihelm.two_factor=${mine}.sig%3D`;
  expect(read(own)).toBe(mine);
  expect(await sent(own, null)).toBe(own);
  for (const odd of [`%32fa-${other.slice(4)}.s`, `"${other}.s"`, `${other}%2Es`, `2fa-attempts-${other}.s`]) {
    expect(read(`trihelm.two_factor=${odd}; ${own}`), odd).toBe(mine);
    expect(await sent(`trihelm.two_factor=${odd}; ${own}`, null), odd).toBe(own);
  }
  const both = `trihelm.two_factor =${other}.s; ${own}`;
  expect([read(both), await sent(both, null)]).toEqual([other, `trihelm.two_factor=${other}.s`]);
});
