import type { Metadata } from "next";
import { admitPage } from "#lib/api/page-guard.ts";
import { DecodePage } from "@/components/relay/decode-page.tsx";

export const metadata: Metadata = { title: "Codes in a log" };

export default async function DecodeRoute() {
  await admitPage();
  return <DecodePage />;
}
