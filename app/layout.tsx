import { GeistMono } from "geist/font/mono";
import { GeistSans } from "geist/font/sans";
import type { Metadata, Viewport } from "next";
import type { ReactNode } from "react";
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

export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    <html lang="en" className={`${GeistSans.variable} ${GeistMono.variable}`} suppressHydrationWarning>
      <body>
        <Theme>{children}</Theme>
      </body>
    </html>
  );
}
