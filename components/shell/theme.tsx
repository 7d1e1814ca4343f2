"use client";

import { CSPProvider } from "@base-ui/react/csp-provider";
import { ThemeProvider } from "next-themes";
import { type ReactNode, useState } from "react";

/** Dark unless the person chose otherwise; the choice stays in this browser. */
export function Theme({ nonce, children }: { nonce: string | undefined; children: ReactNode }) {
  // a later answer for the same document brings a nonce of its own, which this document does not know
  const [own] = useState(nonce);
  return (
    <CSPProvider nonce={own}>
      <ThemeProvider
        attribute="data-theme"
        defaultTheme="dark"
        enableSystem
        disableTransitionOnChange
        storageKey="theme"
        nonce={own}
      >
        {children}
      </ThemeProvider>
    </CSPProvider>
  );
}
