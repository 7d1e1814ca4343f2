import Link from "next/link";
import { buttonStyle } from "@/components/ui/button.tsx";
import { Mark } from "./mark.tsx";

/** An address without a page behind it. */
export function NothingHere() {
  return (
    <div className="flex flex-1 flex-col items-center justify-center p-5">
      <div className="grid w-full max-w-[400px] justify-items-start gap-1 pb-12">
        <Mark size={28} className="mb-4" />
        <h1 className="text-20 font-semibold tracking-[-.015em]">There is nothing at this address</h1>
        <p className="text-pretty text-muted-foreground">
          The page or the service may have been renamed or removed. The overview shows what is there now.
        </p>
        <Link href="/" className={buttonStyle({ variant: "filled", className: "mt-3 max-sm:h-11" })}>
          Go to overview
        </Link>
      </div>
    </div>
  );
}
