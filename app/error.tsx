"use client";

import { BrokenView } from "@/components/shell/broken-view.tsx";

export default function RootError({ error }: { error: Error & { digest?: string } }) {
  return (
    <main className="flex min-h-dvh flex-col">
      <BrokenView error={error} retry={() => location.reload()} rest="They go on without this page." />
    </main>
  );
}
