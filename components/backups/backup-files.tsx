"use client";

import { useState } from "react";
import type { Backup } from "#lib/backups/shapes.ts";
import { formatBytes } from "#lib/format/bytes.ts";
import { formatExact } from "#lib/format/exact-time.ts";
import { plural } from "#lib/format/plural.ts";
import { visible } from "#lib/format/visible.ts";
import { FileBrowser } from "@/components/files/file-browser.tsx";
import { ReadView } from "@/components/settings/read-view.tsx";
import { PageHead } from "@/components/settings/section.tsx";
import { useMay } from "@/components/shell/me.tsx";
import { useReading } from "@/components/shell/use-reading.ts";
import { Button, buttonStyle } from "@/components/ui/button.tsx";
import { RestoreBackup } from "./backups-page.tsx";

/** What is inside a backup, without unpacking it. */
export function BackupFiles({ id, firstPath }: { id: string; firstPath: string }) {
  const path = `/backups/${encodeURIComponent(id)}`;
  const reading = useReading<Backup>(path);
  const restores = useMay("restore");
  const [asked, setAsked] = useState<{ paths?: string[] } | null>(null);
  return (
    <ReadView reading={reading} what="The backup">
      {(backup) => (
        <>
          <PageHead
            title={visible(backup.title)}
            text={`Backup of ${formatExact(backup.createdAt)}: ${plural(backup.files, "file")}, ${formatBytes(backup.originalSize)} unpacked, ${formatBytes(backup.size)} packed${backup.encrypted ? ", encrypted" : ""}.`}
          >
            {restores && backup.damage === null ? (
              <Button onClick={() => setAsked({})} className="max-sm:h-11 max-sm:flex-1">
                Restore…
              </Button>
            ) : null}
            <a
              href={`/api/v1${path}/archive`}
              download
              className={buttonStyle({ className: "max-sm:h-11 max-sm:flex-1" })}
            >
              Download
            </a>
          </PageHead>
          <FileBrowser
            api={path}
            root={backup.title}
            firstPath={firstPath}
            actions={(open, type) =>
              restores && backup.damage === null && open !== "/" && open !== "" ? (
                <Button size="sm" onClick={() => setAsked({ paths: [open] })} className="max-sm:h-11">
                  Restore this {type}…
                </Button>
              ) : null
            }
          />
          {asked ? <RestoreBackup backup={backup} {...asked} onClose={() => setAsked(null)} /> : null}
        </>
      )}
    </ReadView>
  );
}
