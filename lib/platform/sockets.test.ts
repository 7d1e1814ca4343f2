import dgram from "node:dgram";
import { once } from "node:events";
import fs from "node:fs";
import net, { type AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { establishedPeers, foreignPeers, listeningSockets, parseSockets } from "./sockets.ts";

const root = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-sockets-"));
afterAll(() => fs.rmSync(root, { recursive: true }));

const HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
const row = (local: string, remote: string, state: string, inode: number) =>
  `   0: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0 100 0 0 10 0\n`;
const ANY = "00000000:0000";
const ANY6 = `${"0".repeat(32)}:0000`;

function fakeProcess(
  pid: number | "self",
  options: { namespace: string; files: Record<string, string>; inodes: number[] },
) {
  const folder = path.join(root, String(pid));
  for (const name of ["net", "ns", "fd"]) fs.mkdirSync(path.join(folder, name), { recursive: true });
  fs.symlinkSync(options.namespace, path.join(folder, "ns", "net"));
  for (const [name, text] of Object.entries(options.files))
    fs.writeFileSync(path.join(folder, "net", name), HEAD + text);
  options.inodes.forEach((inode, at) => void fs.symlinkSync(`socket:[${inode}]`, path.join(folder, "fd", String(at))));
}

test.each([
  ["0100007F:1F90", "127.0.0.1", 8080],
  ["00000000:0016", "0.0.0.0", 22],
  [`${"0".repeat(32)}:0050`, "::", 80],
  ["00000000000000000000000001000000:0050", "::1", 80],
  ["0000000000000000FFFF00000100007F:0050", "127.0.0.1", 80],
  ["B80D0120000000000000000001000000:01BB", "2001:db8::1", 443],
  ["000080FE00000000FF00A80AFE1234AB:01BB", "fe80::aa8:ff:ab34:12fe", 443],
])("%s is %s, port %i", (text, address, port) => {
  expect(parseSockets(HEAD + row(text, ANY, "0A", 1), "tcp")[0]!.local).toEqual({ address, port });
});

test("listening sockets of each process, in its own network namespace, with no client's among them", () => {
  const host = {
    tcp: row("0100007F:0FA0", ANY, "0A", 11) + row("0100007F:9C40", "0100007F:0FA0", "01", 12),
    tcp6: row(`${"0".repeat(32)}:01BB`, ANY6, "0A", 13) + row(`${"0".repeat(32)}:01BB`, ANY6, "0A", 14),
    udp: row("00000000:0035", ANY, "07", 15) + row("0100007F:9999", "0100007F:0035", "01", 16),
  };
  fakeProcess(70, { namespace: "net:[1]", files: host, inodes: [11, 12, 16] });
  fakeProcess(71, { namespace: "net:[1]", files: host, inodes: [13, 14, 15] });
  fakeProcess(72, {
    namespace: "net:[2]",
    files: { tcp: row("00000000:1F90", ANY, "0A", 11) },
    inodes: [11],
  });
  fakeProcess(73, { namespace: "net:[1]", files: host, inodes: [12] });
  const found = listeningSockets([70, 71, 72, 73, 74], root);
  expect(Object.fromEntries(found)).toEqual({
    70: [{ protocol: "tcp", address: "127.0.0.1", port: 4000, target: null }],
    71: [
      { protocol: "udp", address: "0.0.0.0", port: 53, target: null },
      { protocol: "tcp", address: "::", port: 443, target: null },
    ],
    72: [{ protocol: "tcp", address: "0.0.0.0", port: 8080, target: null }],
  });
});

test("peers: the process of the client end, and addresses whose end is elsewhere", () => {
  const tcp =
    row("0100007F:1CFC", "0100007F:9C40", "01", 21) +
    row("0100007F:9C40", "0100007F:1CFC", "01", 22) +
    row("010011AC:1CFC", "050011AC:C001", "01", 23) +
    row("0100007F:9C41", "0100007F:1F90", "01", 24);
  fakeProcess("self", { namespace: "net:[3]", files: { tcp }, inodes: [] });
  fakeProcess(80, { namespace: "net:[3]", files: { tcp }, inodes: [22] });
  fakeProcess(81, { namespace: "net:[3]", files: { tcp }, inodes: [24] });
  expect(establishedPeers(7420, root)).toEqual([80]);
  expect(foreignPeers(7420, root)).toEqual(["172.17.0.5"]);
});

test("this machine: TCP and UDP of this process are found, a connection to itself is nobody else's", async () => {
  const server = net.createServer().listen(0, "127.0.0.1");
  const dual = net.createServer().listen(0);
  const udp = dgram.createSocket("udp4");
  await Promise.all([
    once(server, "listening"),
    once(dual, "listening"),
    new Promise<void>((done) => udp.bind(0, "127.0.0.1", done)),
  ]);
  const port = (server.address() as AddressInfo).port;
  const client = net.connect(port, "127.0.0.1");
  await once(client, "connect");
  const own = listeningSockets([process.pid]).get(process.pid);
  expect(own).toContainEqual({ protocol: "tcp", address: "127.0.0.1", port, target: null });
  expect(own).toContainEqual({ protocol: "udp", address: "127.0.0.1", port: udp.address().port, target: null });
  const { address, port: dualPort } = dual.address() as AddressInfo;
  expect(own).toContainEqual({ protocol: "tcp", address, port: dualPort, target: null });
  expect(own).not.toContainEqual(expect.objectContaining({ port: (client.address() as AddressInfo).port }));
  expect(establishedPeers(port)).toEqual([]);
  expect(foreignPeers(port)).toEqual([]);
  client.destroy();
  server.close();
  dual.close();
  udp.close();
});
