"use client";

import { ArrowLeft } from "lucide-react";
import Link from "next/link";
import { visible } from "#lib/format/visible.ts";
import { FileBrowser } from "@/components/files/file-browser.tsx";
import { buttonStyle } from "@/components/ui/button.tsx";

/** What is inside a volume now. */
export function VolumeFiles({ id, name, firstPath }: { id: string; name: string; firstPath: string }) {
  return (
    <div className="mx-auto grid w-full max-w-[1280px] min-w-0 content-start gap-4 px-5 py-5 max-sm:px-3">
      <header className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="min-w-0">
          <h1 className="font-mono text-20 font-semibold tracking-[-.015em] [overflow-wrap:anywhere]">
            {visible(name)}
          </h1>
          <p className="text-muted-foreground">What is in the volume now, read only.</p>
        </div>
        <Link
          href={`/volumes?volume=${id}`}
          className={buttonStyle({ className: "ml-auto max-sm:ml-0 max-sm:h-11 max-sm:w-full" })}
        >
          <ArrowLeft aria-hidden="true" />
          Back to volumes
        </Link>
      </header>
      <FileBrowser api={`/volumes/${id}`} root={name} firstPath={firstPath} />
    </div>
  );
}
