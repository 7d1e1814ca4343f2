"use client";

import { useTheme } from "next-themes";
import { useSingleKeys } from "@/components/shell/keys.tsx";
import { THEMES } from "@/components/shell/theme-menu.tsx";
import { Checkbox } from "@/components/ui/checkbox.tsx";
import { Segmented } from "@/components/ui/segmented.tsx";
import { Skeleton } from "@/components/ui/skeleton.tsx";
import { useHydrated } from "@/components/ui/use-hydrated.ts";
import { PageHead, Section } from "./section.tsx";

/** How it looks and which keys it hears, in this browser. */
export function AppearancePage() {
  const { theme = "dark", setTheme } = useTheme();
  const [singleKeys, setSingleKeys] = useSingleKeys();
  // what this browser has chosen is known to it alone
  const known = useHydrated();
  return (
    <>
      <PageHead title="Appearance" text="Kept in this browser, for this browser." />
      <Section
        title="Theme"
        text="Dark unless you choose otherwise."
        action={
          known ? (
            <Segmented
              label="Theme"
              value={theme}
              options={THEMES.map(({ value, label }) => ({ value: value as string, label }))}
              onChange={setTheme}
              className="max-sm:h-11"
            />
          ) : (
            <Skeleton className="h-8 w-56" />
          )
        }
      />
      <Section title="Keys" text="The key ? shows all that work where you are.">
        <div className="px-4 py-3">
          <Checkbox
            checked={singleKeys}
            onChange={(event) => setSingleKeys(event.target.checked)}
            hint="Off: j, k, r, s and the like do nothing. Ctrl K or ⌘ K, arrows, Enter and Escape always work."
          >
            Single keys
          </Checkbox>
        </div>
      </Section>
    </>
  );
}
