import { VolumeTableSkeleton } from "./volume-table.tsx";
import { VolumesStripSkeleton } from "./volumes-strip.tsx";

/** The page in its final geometry, before anything is known. */
export function VolumesSkeleton() {
  return (
    <div data-fill className="flex min-h-0 flex-1 flex-col gap-3 px-5 py-4 max-sm:p-3">
      <VolumesStripSkeleton />
      <div className="h-8 max-sm:h-11" />
      <VolumeTableSkeleton />
    </div>
  );
}
