"use client";

import { BrokenView } from "@/components/shell/broken-view.tsx";

export default function PanelError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return <BrokenView error={error} retry={reset} />;
}
