import os from "node:os";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { checkLiteral, guarded, type Reach, refusal } from "./address.ts";
import { dial } from "./dial.ts";
import { receiver } from "./receiver-rig.ts";

const far: Reach = { local: false };
const near: Reach = { local: true };
const signal = new AbortController().signal;

test.each([
  ...["0.0.0.0", "0.1.2.3", "::", "169.254.169.254", "169.254.1.1", "fe80::1", "fe80::1%eth0", "224.0.0.1"],
  ...["255.255.255.255", "ff02::1", "fd00:ec2::254", "100.100.100.200", "168.63.129.16"],
  ...["::ffff:169.254.169.254", "::ffff:a9fe:a9fe", "::169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1"],
  ...["::ffff:0:169.254.169.254", "::ffff:0.0.0.0"],
])("%s is never spoken to, not even where local addresses are allowed", (address) => {
  expect(refusal(address, near)).toMatch(/no message is ever sent to/);
});

test.each(["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "::ffff:7f00:1", "64:ff9b::7f00:1", "2002:7f00:1::"])(
  "%s is spoken to only where local addresses are allowed",
  (address) => {
    expect(refusal(address, far)).toMatch(/Allow local addresses/);
    expect(refusal(address, near)).toBeNull();
  },
);

test("this machine's own addresses are local ones, and so are its neighbours in a private network", () => {
  const card = (address: string, cidr: string) => ({ address, cidr }) as os.NetworkInterfaceInfo;
  const cards = [
    card("203.0.113.7", "203.0.113.7/24"),
    card("192.168.7.2", "192.168.7.2/24"),
    card("fd00:1::5", "fd00:1::5/64"),
  ];
  const seen = vi.spyOn(os, "networkInterfaces").mockReturnValue({ eth0: cards });
  onTestFinished(() => seen.mockRestore());
  for (const own of ["203.0.113.7", "192.168.7.2", "::ffff:192.168.7.2", "fd00:1::5"])
    expect(refusal(own, far)).toMatch(/this machine itself/);
  for (const beside of ["192.168.7.99", "fd00:1::99"])
    expect(refusal(beside, far)).toMatch(/private network of this machine/);
  // routed elsewhere, or anybody's: a neighbour on the internet is as far as everybody there
  for (const other of ["203.0.113.8", "192.168.8.1", "fd00:2::1"]) expect(refusal(other, far)).toBeNull();
  for (const { address } of cards) expect(refusal(address, near)).toBeNull();
});

test.each(["93.184.215.14", "2606:2800:21f:cb07::1", "::ffff:93.184.215.14"])("%s is spoken to", (address) => {
  expect(refusal(address, far)).toBeNull();
});

test("what anybody may hand in has to be reachable from everywhere", () => {
  for (const address of ["10.99.1.1", "192.168.77.1", "100.64.0.1", "fd12::1", "127.0.0.1"])
    expect(refusal(address, { local: false, publicOnly: true })).toMatch(/not reachable from everywhere/);
});

describe("as it connects", () => {
  test("names and numbers in any spelling are judged by what they lead to", async () => {
    const { port } = await receiver();
    for (const host of ["localhost", "2130706433", "0177.0.0.1", "0x7f.1", "127.1", "[::1]", "::ffff:127.0.0.1"])
      await expect(dial({ host, port, reach: far, signal }), host).rejects.toMatchObject({
        permanent: true,
        message: expect.stringMatching(/this machine itself/),
      });
    for (const host of ["0", "0.0.0.0", "[::]", "169.254.169.254", "2852039166"])
      await expect(dial({ host, port, reach: near, signal }), host).rejects.toMatchObject({ permanent: true });
    const socket = await dial({ host: "localhost", port, reach: near, signal });
    expect(socket.remoteAddress).toBe("127.0.0.1");
    socket.destroy();
  });

  test("where a name has several addresses, only those that may be are tried", async () => {
    const found = await new Promise((resolve, reject) => {
      guarded(near)("localhost", { all: true }, (error, addresses) => (error ? reject(error) : resolve(addresses)));
    });
    expect(found).toContainEqual({ address: "127.0.0.1", family: 4 });
    expect(() => checkLiteral("some.name", far)).not.toThrow();
  });

  test("what does not answer is told in words, and may be tried again", async () => {
    const rig = await receiver();
    await rig.close();
    await expect(dial({ host: "127.0.0.1", port: rig.port, reach: near, signal })).rejects.toMatchObject({
      permanent: false,
      message: `Nothing listens at 127.0.0.1:${rig.port}`,
    });
    await expect(dial({ host: "no.such.name.invalid", port: 1, reach: near, signal })).rejects.toMatchObject({
      permanent: false,
      message: expect.stringMatching(
        /^The name no\.such\.name\.invalid (is not known|could not be looked up just now)$/,
      ),
    });
  });
});
