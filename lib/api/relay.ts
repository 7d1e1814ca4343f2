import { createRoute, z } from "@hono/zod-openapi";
import { detectCodes } from "#lib/relay/detector.ts";
import { KINDS } from "#lib/relay/kind.ts";
import { access } from "./gate.ts";
import { problemResponses } from "./problem.ts";
import { router } from "./router.ts";

const decode = createRoute({
  method: "post",
  path: "/relay/decode",
  ...access("read"),
  summary: "The QR codes in a piece of log",
  description: "The text is read and forgotten: it is neither kept nor sent anywhere.",
  tags: ["QR relay"],
  request: {
    body: { required: true, content: { "text/plain": { schema: z.string().max(1024 * 1024) } } },
  },
  responses: {
    200: {
      description: "oldest first; payload is null where a code is drawn but cannot be read",
      content: {
        "application/json": {
          schema: z.object({
            codes: z.array(
              z.object({
                payload: z.string().nullable(),
                kind: z.enum(KINDS),
                modules: z.number().int().describe("its side"),
                firstLine: z.number().int().describe("counted from 1"),
                lastLine: z.number().int(),
              }),
            ),
          }),
        },
      },
    },
    ...problemResponses("validation", "too_large"),
  },
});

export const relayRoutes = router().openapi(decode, async (c) => {
  const codes = detectCodes(await c.req.text());
  const told = codes.map(({ matrix, ...code }) => ({ ...code, modules: matrix.length }));
  return c.json({ codes: told }, 200);
});
