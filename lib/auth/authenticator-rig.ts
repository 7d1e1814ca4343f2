/** A passkey's device in software, for tests: it makes a key for a site and signs with it, as WebAuthn says. */
import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";

interface Options {
  challenge: string;
  rp?: { id?: string };
  rpId?: string;
}

export interface Authenticator {
  /** what `navigator.credentials.create` gives, as JSON */
  create: (options: Options, origin: string) => object;
  /** what `navigator.credentials.get` gives, as JSON */
  get: (options: Options, origin: string) => object;
}

const PRESENT = 0x01;
const VERIFIED = 0x04;
const HAS_KEY = 0x40;

/** `verifies`: it asks for its owner's finger or PIN. */
export function newAuthenticator({ verifies = true } = {}): Authenticator {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const id = randomBytes(32);
  let uses = 0;
  const flags = PRESENT | (verifies ? VERIFIED : 0);
  const data = (rpId: string, more: number) => {
    const head = Buffer.alloc(37);
    hash(rpId).copy(head);
    head[32] = flags | more;
    head.writeUInt32BE(++uses, 33);
    return head;
  };
  const shown = (response: object) => ({
    id: id.toString("base64url"),
    rawId: id.toString("base64url"),
    type: "public-key",
    clientExtensionResults: {},
    authenticatorAttachment: "platform",
    response,
  });
  return {
    create({ challenge, rp }, origin) {
      const { x = "", y = "" } = publicKey.export({ format: "jwk" });
      const key = [
        hex("a5010203262001215820"),
        Buffer.from(x, "base64url"),
        hex("225820"),
        Buffer.from(y, "base64url"),
      ];
      const authData = Buffer.concat([data(rp?.id ?? "", HAS_KEY), Buffer.alloc(16), hex("0020"), id, ...key]);
      const size = Buffer.alloc(2);
      size.writeUInt16BE(authData.length);
      // CBOR by hand: { fmt: "none", attStmt: {}, authData }
      const head = [hex("a363"), Buffer.from("fmt"), hex("64"), Buffer.from("none"), hex("67"), Buffer.from("attStmt")];
      const tail = [hex("a068"), Buffer.from("authData"), hex("59"), size, authData];
      return shown({
        clientDataJSON: client("webauthn.create", challenge, origin).toString("base64url"),
        attestationObject: Buffer.concat([...head, ...tail]).toString("base64url"),
        transports: ["internal"],
      });
    },
    get({ challenge, rpId = "" }, origin) {
      const clientData = client("webauthn.get", challenge, origin);
      const authenticatorData = data(rpId, 0);
      const signed = Buffer.concat([authenticatorData, createHash("sha256").update(clientData).digest()]);
      return shown({
        clientDataJSON: clientData.toString("base64url"),
        authenticatorData: authenticatorData.toString("base64url"),
        signature: sign("sha256", signed, privateKey).toString("base64url"),
      });
    },
  };
}

const hex = (text: string) => Buffer.from(text, "hex");
const hash = (text: string) => createHash("sha256").update(text).digest();
const client = (type: string, challenge: string, origin: string) =>
  Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
