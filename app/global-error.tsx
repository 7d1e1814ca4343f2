"use client";

import "./globals.css";
import { BrokenView } from "@/components/shell/broken-view.tsx";

/** In place of the framework's own page, whose inline styles the policy refuses. */
export default function GlobalError({ error }: { error: Error & { digest?: string } }) {
  return (
    <html lang="en" data-theme="dark">
      <body>
        <main className="flex min-h-dvh flex-col">
          <BrokenView error={error} retry={() => location.reload()} rest="They go on without this page." />
        </main>
      </body>
    </html>
  );
}
