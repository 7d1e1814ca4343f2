"use client";

import { ThemeProvider } from "next-themes";
import type { ReactNode } from "react";

/** Dark unless the person chose otherwise; the choice stays in this browser. */
export function Theme({ children }: { children: ReactNode }) {
  return (
    <ThemeProvider attribute="data-theme" defaultTheme="dark" enableSystem disableTransitionOnChange storageKey="theme">
      {children}
    </ThemeProvider>
  );
}
