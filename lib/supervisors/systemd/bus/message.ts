/** D-Bus messages: a header of 16 bytes, its fields, padding to 8, a body. */
import { type BusValue, Decoder } from "./decode.ts";
import { type Encodable, Encoder } from "./encode.ts";
import { parseSignature } from "./signature.ts";

export type MessageType = "call" | "reply" | "error" | "signal";

export interface Message {
  type: MessageType;
  serial: number;
  replySerial: number;
  path: string;
  interface: string;
  member: string;
  error: string;
  sender: string;
  signature: string;
  /** not decoded until somebody asks: most signals are known by their path alone */
  body: Buffer;
}

export interface Call {
  /** left out on a connection without a bus between */
  destination?: string;
  path: string;
  interface: string;
  member: string;
  signature?: string;
  values?: readonly Encodable[];
}

const TYPES: readonly MessageType[] = ["call", "reply", "error", "signal"];
const LITTLE_ENDIAN = 0x6c;
const NO_AUTO_START = 2;
const MAX_MESSAGE = 128 * 1024 * 1024;
const FIELDS = parseSignature("a(yv)")[0]!;

/** A method call in bytes. Never starts the service that it is for. */
export function encodeCall(serial: number, call: Call): Buffer {
  const body = new Encoder().values(call.signature ?? "", call.values ?? []).bytes();
  const field = (code: number, signature: string, value: string): Encodable => [code, { signature, value }];
  const fields = [field(1, "o", call.path), field(2, "s", call.interface), field(3, "s", call.member)];
  if (call.destination) fields.push(field(6, "s", call.destination));
  if (call.signature) fields.push(field(8, "g", call.signature));
  const header = new Encoder().values("yyyyuu", [LITTLE_ENDIAN, 1, NO_AUTO_START, 1, body.length, serial]);
  header.value(FIELDS, fields);
  header.align(8);
  return Buffer.concat([header.bytes(), body]);
}

/** How long the message at the start of these bytes is; null while too little of it is there. Throws on nonsense. */
export function messageLength(bytes: Buffer): number | null {
  if (bytes.length < 16) return null;
  if (bytes[0] !== LITTLE_ENDIAN) throw new Error("only little-endian messages are understood");
  const length = Math.ceil((16 + bytes.readUInt32LE(12)) / 8) * 8 + bytes.readUInt32LE(4);
  if (length > MAX_MESSAGE) throw new Error(`a message of ${length} bytes is too long`);
  return length;
}

/** One whole message. */
export function decodeMessage(bytes: Buffer): Message {
  const type = TYPES[bytes[1]! - 1];
  if (!type) throw new Error(`no message type: ${bytes[1]}`);
  const message: Message = {
    type,
    serial: bytes.readUInt32LE(8),
    replySerial: 0,
    path: "",
    interface: "",
    member: "",
    error: "",
    sender: "",
    signature: "",
    body: bytes.subarray(bytes.length - bytes.readUInt32LE(4)),
  };
  const fields = new Decoder(bytes.subarray(0, 16 + bytes.readUInt32LE(12)), 12).value(FIELDS) as [number, BusValue][];
  for (const [code, value] of fields) {
    if (code === 1) message.path = String(value);
    else if (code === 2) message.interface = String(value);
    else if (code === 3) message.member = String(value);
    else if (code === 4) message.error = String(value);
    else if (code === 5) message.replySerial = Number(value);
    else if (code === 7) message.sender = String(value);
    else if (code === 8) message.signature = String(value);
  }
  return message;
}

/** The values of a message's body. */
export function bodyOf(message: Message): BusValue[] {
  return new Decoder(message.body).values(message.signature);
}
