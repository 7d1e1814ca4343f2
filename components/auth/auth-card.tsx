"use client";

import { Lock, LockOpen } from "lucide-react";
import type { ReactNode } from "react";
import { Mark } from "@/components/shell/mark.tsx";
import { useHydrated } from "@/components/ui/use-hydrated.ts";
import type { SignInMethods } from "./sign-in-methods.ts";

interface AuthCardProps {
  title: ReactNode;
  text: ReactNode;
  methods: SignInMethods;
  children: ReactNode;
}

/** A page for somebody who is not signed in: the mark, what is asked, and underneath what is true of this connection. */
export function AuthCard({ title, text, methods, children }: AuthCardProps) {
  return (
    <main className="flex min-h-dvh flex-col items-center px-5 max-sm:px-4">
      <div className="my-auto grid w-full max-w-[352px] gap-3.5 py-8">
        <Mark size={40} className="mb-1" />
        <div className="mb-1.5">
          <h1 className="text-26 font-semibold tracking-[-.02em] [overflow-wrap:anywhere]">{title}</h1>
          <p className="mt-0.5 text-muted-foreground [overflow-wrap:anywhere]">{text}</p>
        </div>
        {children}
      </div>
      <footer className="flex flex-wrap justify-center gap-x-6 gap-y-1 pb-5 text-12 text-subtle-foreground">
        <span>Trihelm {methods.version}</span>
        <Connection secure={methods.secure} />
        <span>5 wrong tries lock this address for 15 min</span>
      </footer>
    </main>
  );
}

/** What the browser sees, once it is asked; the server's own address until then. */
function Connection({ secure }: { secure: boolean }) {
  const encrypted = useHydrated() ? location.protocol === "https:" : secure;
  const Icon = encrypted ? Lock : LockOpen;
  return (
    <span className="inline-flex items-center gap-[5px]">
      <Icon aria-hidden="true" className="size-3.5 stroke-[1.75]" />
      {encrypted ? "Encrypted connection" : "Not encrypted"}
    </span>
  );
}

/** The size of everything on such a card: 38 px with a mouse, 44 with a thumb. */
export const AUTH_SIZE = "h-[38px] max-sm:h-11";

export function Or() {
  return (
    <p className="flex items-center gap-3 text-12 text-subtle-foreground before:h-px before:flex-1 before:bg-border after:h-px after:flex-1 after:bg-border">
      or
    </p>
  );
}
