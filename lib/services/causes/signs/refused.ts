/** Nobody answers where it wants to connect: with the state of the service that should. */
import { bestMatch, type End, type Explained, type Known, quoted, type Sign, told } from "./sign.ts";

const PRECISE = [
  // Node: `connect ECONNREFUSED 127.0.0.1:5432`, `connect ECONNREFUSED ::1:5432`
  /\bECONNREFUSED (\S{1,60}):(\d{1,5})\b/,
  // Go: `dial tcp 127.0.0.1:5432: connect: connection refused`
  /\bdial (?:tcp|udp)[46]? (\S{1,80}):(\d{1,5}): connect: connection refused/,
  // libpq: `connection to server at "localhost" (127.0.0.1), port 5432 failed: Connection refused`
  /\bserver at "([^"]{1,80})"(?: \([^)]{1,60}\))?, port (\d{1,5}) failed: Connection refused/,
  // redis-py: `Error 111 connecting to localhost:6379. Connection refused.`
  /\bconnecting to ([\w.-]{1,80}):(\d{1,5})\. Connection refused/,
  // curl: `Failed to connect to 127.0.0.1 port 5432 after 0 ms`
  /\bFailed to connect to ([\w.:-]{1,80}) port (\d{1,5})\b/,
  // `Can't connect to MySQL server on '127.0.0.1:3306' (111)`, `Connection refused: localhost/127.0.0.1:5672`
  /\bserver on '([^':]{1,80}):(\d{1,5})' \((?:111|61)\b/,
  /\b[Cc]onnection refused: (?:[\w.-]{1,60}\/)?([\w.-]{1,80}):(\d{1,5})\b/,
  /\b([\w.-]{1,80}):(\d{1,5})\b[^\n]{0,40}\b[Cc]onnection refused\b/,
];
const VAGUE = [/\bECONNREFUSED\b/, /\b[Cc]onnection refused\b/];
const HERE = /^(?:localhost|127\.[\d.]{1,11}|\[?::1\]?|0\.0\.0\.0|\[?::\]?)$/;
const STATES: Record<string, string> = {
  stopped: "is stopped",
  failed: "has failed",
  restarting: "keeps ending and being restarted",
  starting: "is starting",
  stopping: "is stopping",
  paused: "is paused",
  gone: "is not there any more",
};

export function refused({ lines, isContainer }: End): Sign | null {
  const match = bestMatch(lines, PRECISE, VAGUE);
  if (!match) return null;
  const [, host = "", said = ""] = match.found;
  const port = Number(said);
  const known = said !== "" && port > 0 && port < 65_536;
  return {
    signature: "connection-refused",
    line: match.line,
    ask: known && !(isContainer && HERE.test(host)) ? { about: "behind", host, port } : null,
    explain: (answers) => {
      if (!known) return unknownPort();
      return isContainer && HERE.test(host) ? inContainer(host, port) : explain(host, port, answers);
    },
  };
}

function explain(host: string, port: number, { behind }: Known): Explained {
  const isHere = HERE.test(host);
  const title = `Nothing answered at ${host}:${port}`;
  const command = isHere ? `ss -ltnp 'sport = :${port}'` : null;
  if (behind) {
    const place = behind.usual ? "which by its name listens there" : "which listens there";
    const down = STATES[behind.state];
    const name = quoted(behind.name);
    return told(title, `It connects to port ${port} and was refused. ${name}, ${place}, ${down ?? "runs by now"}.`, {
      next: down
        ? `Look at why ${name} ${down}.`
        : `Have this service wait until ${name} is ready, or try again by itself.`,
      command,
      related: behind.service,
    });
  }
  const who = isHere
    ? "No service that Trihelm knows listens there."
    : "That is not a service of this server, as far as Trihelm knows.";
  return told(title, `It connects to port ${port} and was refused. ${who}`, {
    next: isHere
      ? "Start what should listen there, or correct the address."
      : "See whether that host is up and lets this one in.",
    command,
  });
}

function inContainer(host: string, port: number): Explained {
  return told(
    `Nothing answered at ${host}:${port}`,
    `In a container ${quoted(host)} is the container itself, unless it uses the host's network: nothing in it listens on port ${port}.`,
    { next: "Reach another container by its name on a network that both share." },
  );
}

function unknownPort(): Explained {
  return told(
    "A connection was refused",
    "It does not say to which address. Nothing listens where it wants to connect.",
    {
      next: "See which service it needs, and whether that one runs.",
    },
  );
}
