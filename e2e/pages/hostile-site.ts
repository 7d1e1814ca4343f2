import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "@playwright/test";

export interface HostileSite {
  /** another port of this machine by the same name (the same site to a browser), and by another name (another site) */
  origins: { sameSite: string; crossSite: string };
  close: () => void;
}

/** What a page of another origin got out of its tries. `read`: it saw the answer, or its script or picture. */
export interface Loot {
  read: string[];
  refused: string[];
}

/** A web server on loopback whose every page is empty, for a browser to try things from. */
export async function openHostileSite(): Promise<HostileSite> {
  const server = http.createServer((_, response) => {
    response.setHeader("content-type", "text/html");
    response.end("<!doctype html><title>hostile</title>");
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  return {
    origins: { sameSite: `http://127.0.0.1:${port}`, crossSite: `http://localhost:${port}` },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Tries everything a page can do with another server without being asked, from the page that is open. */
export function plunder(page: Page, target: string, act: string): Promise<Loot> {
  return page.evaluate(
    async ({ target, act }) => {
      const api = `${target}/api/v1/services`;
      const stream = `${target}/api/v1/events`;
      const body = JSON.stringify({});
      const within = <T>(work: Promise<T>) =>
        Promise.race([work, new Promise<never>((_, no) => setTimeout(() => no(new Error("nothing came")), 3000))]);
      const element = (tag: string, attributes: Record<string, string>) =>
        new Promise<string>((done, no) => {
          const made = document.createElement(tag);
          made.onload = () => done("loaded");
          made.onerror = () => no(new Error("error"));
          for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
          document.body.append(made);
        });
      const readable = async (answer: Response) => {
        if (answer.type === "opaque" || answer.type === "error") throw new Error(answer.type);
        return await answer.text();
      };
      const get = (init: RequestInit) => fetch(api, init).then(readable);
      const post = (init: RequestInit) => fetch(act, { method: "POST", ...init }).then(readable);
      const tries: Record<string, () => Promise<unknown>> = {
        fetch: () => get({}),
        "fetch with the cookie": () => get({ credentials: "include" }),
        "fetch without CORS": () => get({ mode: "no-cors", credentials: "include" }),
        "fetch of the stream": () => fetch(stream, { credentials: "include" }).then(readable),
        "fetch of the stream without CORS": () =>
          fetch(stream, { mode: "no-cors", credentials: "include" }).then(readable),
        "fetch of a page": () => fetch(`${target}/`, { credentials: "include" }).then(readable),
        "fetch with a forged header": () => get({ headers: { "x-forwarded-host": location.host } }),
        "POST as text": () => post({ credentials: "include", mode: "no-cors", body }),
        "POST as JSON": () => post({ credentials: "include", headers: { "content-type": "application/json" }, body }),
        "POST that outlives the page": () => post({ credentials: "include", mode: "no-cors", keepalive: true }),
        DELETE: () => fetch(act, { method: "DELETE", credentials: "include" }).then(readable),
        beacon: async () => {
          navigator.sendBeacon(act, body);
          throw new Error("has no answer");
        },
        XMLHttpRequest: () =>
          new Promise((done, no) => {
            const asked = new XMLHttpRequest();
            asked.open("GET", api);
            asked.withCredentials = true;
            asked.onload = () => done(asked.responseText);
            asked.onerror = () => no(new Error("error"));
            asked.send();
          }),
        EventSource: () =>
          new Promise((done, no) => {
            const source = new EventSource(stream, { withCredentials: true });
            source.onopen = done;
            source.onmessage = done;
            source.onerror = () => {
              source.close();
              no(new Error("error"));
            };
          }),
        WebSocket: () =>
          new Promise((done, no) => {
            const socket = new WebSocket(stream.replace("http", "ws"));
            socket.onopen = done;
            socket.onerror = () => no(new Error("error"));
          }),
        image: () => element("img", { src: `${target}/icon.svg` }),
        script: () => element("script", { src: api }),
        style: () => element("link", { rel: "stylesheet", href: api }),
        "style with the cookie": () =>
          element("link", { rel: "stylesheet", href: api, crossorigin: "use-credentials" }),
        worker: async () => {
          importScriptsInWorker(api);
          throw new Error("has no answer");
        },
        object: async () => {
          await element("object", { data: api, type: "text/html" });
          const { contentDocument } = document.querySelector("object")!;
          if (!contentDocument) throw new Error("nothing to see");
        },
      };
      const loot: Loot = { read: [], refused: [] };
      for (const [name, attempt] of Object.entries(tries))
        await within(attempt()).then(
          () => loot.read.push(name),
          () => loot.refused.push(name),
        );
      return loot;

      interface Loot {
        read: string[];
        refused: string[];
      }

      function importScriptsInWorker(url: string): void {
        const source = `try { importScripts(${JSON.stringify(url)}) } catch {}`;
        new Worker(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
      }
    },
    { target, act },
  );
}
