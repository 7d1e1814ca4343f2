import { describe, expect, test } from "vitest";
import { createEventParser } from "./event-stream.ts";

describe("event stream", () => {
  test("gives a message once its empty line is there, however it is cut", () => {
    const text = 'id: 7\nevent: service\ndata: {"a":\ndata: 1}\n\n';
    for (let cut = 1; cut < text.length; cut++) {
      const parse = createEventParser();
      const first = parse(text.slice(0, cut)).messages;
      const all = [...first, ...parse(text.slice(cut)).messages];
      expect(all).toEqual([{ event: "service", data: '{"a":\n1}', id: "7" }]);
    }
  });

  test("comments are no messages, and an event without data is none either", () => {
    const parse = createEventParser();
    expect(parse(": heartbeat\n\nevent: gone\n\n").messages).toEqual([]);
    expect(parse("event: gone\ndata: x\n\n").messages).toEqual([{ event: "gone", data: "x", id: null }]);
  });

  test("understands CRLF, and a CR at the end of a piece", () => {
    const parse = createEventParser();
    expect(parse("data: a\r").messages).toEqual([]);
    expect(parse("\n\r\n").messages).toEqual([{ event: "message", data: "a", id: null }]);
  });

  test("reads the wait that the server asks for", () => {
    expect(createEventParser()("retry: 2500\n\n").retry).toBe(2500);
    expect(createEventParser()("retry: soon\n\n").retry).toBeNull();
  });
});
