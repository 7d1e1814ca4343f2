import type { Metadata } from "next";
import Link from "next/link";
import { Mark } from "@/components/shell/mark.tsx";
import { buttonStyle } from "@/components/ui/button.tsx";

export const metadata: Metadata = { title: "Not found" };

export default function NotFound() {
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center p-5">
      <div className="grid w-full max-w-[400px] justify-items-start gap-1 pb-12">
        <Mark size={28} className="mb-4" />
        <h1 className="text-20 font-semibold tracking-[-.015em]">There is nothing at this address</h1>
        <p className="text-pretty text-muted-foreground">
          The page or the service may have been renamed or removed. The overview shows what is there now.
        </p>
        <Link href="/" className={buttonStyle({ variant: "filled", className: "mt-3" })}>
          Go to overview
        </Link>
      </div>
    </main>
  );
}
