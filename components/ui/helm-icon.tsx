import { Brackets, Container, Hexagon } from "lucide-react";
import { cn } from "#lib/format/cn.ts";
import type { Supervisor } from "#lib/services/service.ts";

type Kind = Supervisor["kind"];

const GLYPH = { systemd: Brackets, pm2: Hexagon, docker: Container, podman: Container };

export const HELM_NAME: Record<Kind, string> = { systemd: "systemd", pm2: "PM2", docker: "Docker", podman: "Podman" };

/** The attribute value that gives an element and its children `--helm`; Podman wears Docker's colour. */
export function helmOf(kind: Kind): "systemd" | "pm2" | "docker" {
  return kind === "podman" ? "docker" : kind;
}

/** Who supervises: brackets, hexagon or container in its colour. `named` where no text beside it says the name. */
export function HelmIcon({ kind, named, className }: { kind: Kind; named?: boolean; className?: string }) {
  const Glyph = GLYPH[kind];
  return (
    <span data-helm={helmOf(kind)} className="inline-flex flex-none text-helm">
      <Glyph aria-hidden="true" className={cn("icon", className)} />
      {named ? <span className="sr-only">{HELM_NAME[kind]}</span> : null}
    </span>
  );
}
