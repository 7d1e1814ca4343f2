"use client";

import { Monitor, Moon, Sun } from "lucide-react";
import { useTheme } from "next-themes";
import { IconButton } from "@/components/ui/icon-button.tsx";
import { Menu, MenuChoice } from "@/components/ui/menu.tsx";
import { useCommands } from "./commands.tsx";

export const THEMES = [
  { value: "dark", label: "Dark", icon: Moon },
  { value: "light", label: "Light", icon: Sun },
  { value: "system", label: "As the system", icon: Monitor },
] as const;

/** Dark, light or as the system. */
export function ThemeMenu() {
  return (
    <Menu
      trigger={
        <IconButton label="Theme">
          <Sun aria-hidden="true" className="light:hidden" />
          <Moon aria-hidden="true" className="dark:hidden" />
        </IconButton>
      }
    >
      <ThemeChoice />
    </Menu>
  );
}

export function ThemeChoice() {
  const { theme = "dark", setTheme } = useTheme();
  return (
    <MenuChoice
      label="Theme"
      value={theme}
      onChange={setTheme}
      options={THEMES.map(({ value, label, icon: Icon }) => ({ value, label, icon: <Icon aria-hidden="true" /> }))}
    />
  );
}

/** The same by the command palette. */
export function ThemeCommands() {
  const { setTheme } = useTheme();
  useCommands(
    THEMES.map(({ value, label, icon }) => ({
      id: `theme ${value}`,
      label: value === "system" ? "Theme as the system" : `${label} theme`,
      icon,
      run: () => setTheme(value),
    })),
  );
  return null;
}
