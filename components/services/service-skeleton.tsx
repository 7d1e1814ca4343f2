import { Skeleton } from "@/components/ui/skeleton.tsx";

/** A service's page before anything is known, in its final geometry. */
export function ServiceSkeleton() {
  return (
    <div data-fill aria-busy="true" className="flex min-h-0 min-w-0 flex-1 flex-col">
      <div className="px-5 py-3 max-sm:px-3">
        <div className="h-5">
          <Skeleton className="h-2.5 w-40" />
        </div>
        <div className="mt-1 h-[34px]">
          <Skeleton className="h-5 w-64" />
        </div>
      </div>
      <div className="mt-2 h-[39px] border-b border-border px-5">
        <Skeleton className="h-2.5 w-72" />
      </div>
      <div className="grid min-h-0 flex-1 max-md:grid-cols-1 md:grid-cols-[minmax(0,1fr)_300px] xl:grid-cols-[minmax(0,1fr)_340px]">
        <div className="px-5 py-4">
          <Skeleton className="h-9 w-full" />
        </div>
        <div className="grid content-start gap-4 border-border bg-card px-5 py-4 md:border-l">
          {["w-40", "w-56", "w-48", "w-52", "w-36"].map((width) => (
            <Skeleton key={width} className={`h-2.5 ${width}`} />
          ))}
        </div>
      </div>
    </div>
  );
}
