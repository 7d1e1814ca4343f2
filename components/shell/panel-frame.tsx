"use client";

/** What stands around every page: bars, palette, keys, questions, messages, and the live stream under all of it. */
import { Keyboard } from "lucide-react";
import { type ReactNode, useCallback, useState } from "react";
import { CodeNotices } from "../relay/code-notices.tsx";
import { AccountCommands } from "./account-menu.tsx";
import { ActProvider } from "./act.tsx";
import { AlertsReader } from "./alerts-reader.tsx";
import { PaletteProvider, useCommands } from "./commands.tsx";
import { KeysProvider, useKeys } from "./keys.tsx";
import { KeysDialog } from "./keys-dialog.tsx";
import { type First, LiveProvider } from "./live-provider.tsx";
import { type Me, MeProvider } from "./me.tsx";
import { NetBar } from "./net-bar.tsx";
import { CommandPalette } from "./palette.tsx";
import { StatusBar } from "./status-bar.tsx";
import { StepUpProvider } from "./step-up.tsx";
import { ThemeCommands } from "./theme-menu.tsx";
import { Toasts } from "./toast.tsx";
import { PhoneBar, TopBar } from "./top-bar.tsx";

interface PanelFrameProps {
  first: First;
  me: Me;
  children: ReactNode;
}

export function PanelFrame({ first, me, children }: PanelFrameProps) {
  const [floating, setFloating] = useState<"palette" | "keys" | null>(null);
  const close = useCallback(() => setFloating(null), []);
  const openPalette = useCallback(() => setFloating("palette"), []);
  const showKeys = useCallback(() => setFloating("keys"), []);
  return (
    <MeProvider me={me}>
      <LiveProvider first={first}>
        <KeysProvider>
          <PaletteProvider open={openPalette}>
            <StepUpProvider>
              <ActProvider>
                <a
                  href="#content"
                  className="sr-only z-60 rounded-control bg-primary text-primary-foreground focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:px-3 focus:py-2"
                >
                  Skip to content
                </a>
                <div className="flex min-h-dvh flex-col md:has-[[data-fill]]:h-dvh md:has-[[data-fill]]:overflow-hidden">
                  <TopBar />
                  <NetBar />
                  <main
                    id="content"
                    tabIndex={-1}
                    className="flex min-h-0 min-w-0 flex-1 flex-col outline-none max-sm:pb-16"
                  >
                    {children}
                  </main>
                  <StatusBar />
                  <PhoneBar onShowKeys={showKeys} />
                </div>
                <ShellKeys onPalette={openPalette} onKeys={showKeys} />
                <ThemeCommands />
                <AccountCommands />
                <AlertsReader />
                <CodeNotices />
                <CommandPalette open={floating === "palette"} onClose={close} />
                <KeysDialog open={floating === "keys"} onClose={close} />
                <Toasts />
              </ActProvider>
            </StepUpProvider>
          </PaletteProvider>
        </KeysProvider>
      </LiveProvider>
    </MeProvider>
  );
}

function ShellKeys({ onPalette, onKeys }: { onPalette: () => void; onKeys: () => void }) {
  useKeys("everywhere", [
    { keys: ["Mod+k"], label: "Search or run a command", run: onPalette },
    { keys: ["?"], label: "All keys", bar: "All keys", run: onKeys },
  ]);
  useCommands([{ id: "keys", label: "Show all keys", icon: Keyboard, keyName: "?", run: onKeys }]);
  return null;
}
