interface Listening {
  protocol: string;
  address: string;
  port: number;
}

const ANY = new Set(["0.0.0.0", "::", "*", ""]);

/**
 * Ports as short as they can be told apart: `:80`, `127.0.0.1:5432`, runs of three or more as `:18789–18793`.
 * The same port on IPv4 and IPv6 is named once; UDP says so (`:53/udp`).
 */
export function formatPorts(ports: readonly Listening[]): string[] {
  const byPlace = new Map<string, Set<number>>();
  const loopback = new Set(ports.filter((p) => p.address === "127.0.0.1").map((p) => `${p.protocol} ${p.port}`));
  for (const { protocol, address, port } of ports) {
    if (address === "::1" && loopback.has(`${protocol} ${port}`)) continue;
    const place = `${protocol} ${host(address)}`;
    const numbers = byPlace.get(place) ?? new Set();
    byPlace.set(place, numbers.add(port));
  }
  return [...byPlace].flatMap(([place, numbers]) => {
    const [protocol, at] = place.split(" ") as [string, string];
    const suffix = protocol === "tcp" ? "" : `/${protocol}`;
    return runs([...numbers].sort((a, b) => a - b)).map(([from, to]) => {
      return from === to ? `${at}:${from}${suffix}` : `${at}:${from}–${to}${suffix}`;
    });
  });
}

function host(address: string): string {
  if (ANY.has(address)) return "";
  return address.includes(":") ? `[${address}]` : address;
}

/** Neighbouring numbers as `[from, to]`; two neighbours stay apart, `:80 :81` being no longer than a run. */
function runs(numbers: number[]): [number, number][] {
  const found: [number, number][] = [];
  for (const n of numbers) {
    const last = found.at(-1);
    if (last && last[1] === n - 1) last[1] = n;
    else found.push([n, n]);
  }
  return found.flatMap(([from, to]): [number, number][] =>
    to - from === 1
      ? [
          [from, from],
          [to, to],
        ]
      : [[from, to]],
  );
}
