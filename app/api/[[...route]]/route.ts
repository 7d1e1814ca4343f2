import { handle } from "hono/vercel";
import { createApp } from "#lib/api/app.ts";

export const dynamic = "force-dynamic";

const handler = handle(createApp());

export {
  handler as DELETE,
  handler as GET,
  handler as HEAD,
  handler as OPTIONS,
  handler as PATCH,
  handler as POST,
  handler as PUT,
};
