import { GeistMono } from "geist/font/mono";
import { GeistSans } from "geist/font/sans";
import type { Metadata, Viewport } from "next";
import { headers } from "next/headers";
import type { ReactNode } from "react";
import { nonceOf } from "#lib/platform/browser-policy.ts";
import { Theme } from "@/components/shell/theme.tsx";
import "./globals.css";

export const metadata: Metadata = {
  title: { default: "Trihelm", template: "%s · Trihelm" },
  description: "systemd units, PM2 processes and Docker containers of this server, side by side.",
  robots: { index: false, follow: false },
};

export const viewport: Viewport = {
  width: "device-width",
  initialScale: 1,
  themeColor: [
    { media: "(prefers-color-scheme: dark)", color: "#111519" },
    { media: "(prefers-color-scheme: light)", color: "#fcfdfd" },
  ],
};

// A page made ahead of time would have no nonce, and nothing on it would run.
export const dynamic = "force-dynamic";

export default async function RootLayout({ children }: { children: ReactNode }) {
  const nonce = nonceOf(await headers());
  return (
    <html lang="en" className={`${GeistSans.variable} ${GeistMono.variable}`} suppressHydrationWarning>
      <body>
        <Theme nonce={nonce}>{children}</Theme>
      </body>
    </html>
  );
}
