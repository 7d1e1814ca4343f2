"use client";

import { Copy, Ellipsis, FileText, HeartPulse, Lock, LockOpen, Pin, PinOff } from "lucide-react";
import { useRouter } from "next/navigation";
import type { ReactElement } from "react";
import type { Service } from "#lib/services/service.ts";
import { useAct } from "@/components/shell/act.tsx";
import { WORDS } from "@/components/shell/asking.ts";
import { useMay, useMayWhole } from "@/components/shell/me.tsx";
import { newCheckHref, serviceHref } from "@/components/shell/places.ts";
import { copyText } from "@/components/ui/copy-button.tsx";
import { IconButton } from "@/components/ui/icon-button.tsx";
import { Menu, MenuItem, MenuSeparator } from "@/components/ui/menu.tsx";
import { ActionIcon, moreActions } from "./action-look.tsx";

interface ServiceMenuProps {
  service: Service;
  /** on a service's own page there is nothing to open */
  here?: boolean;
  trigger?: ReactElement;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
}

const ASKS = new Set(["kill"]);

/** Everything else that can be done with a service. */
export function ServiceMenu({ service, here, trigger, open, onOpenChange }: ServiceMenuProps) {
  const { act } = useAct();
  const configures = useMay("configure");
  const makesChecks = useMayWhole("configure");
  const router = useRouter();
  const actions = service.pending ? [] : moreActions(service);
  return (
    <Menu
      open={open}
      onOpenChange={onOpenChange}
      trigger={
        trigger ?? (
          <IconButton label={`More for ${service.name}`}>
            <Ellipsis aria-hidden="true" />
          </IconButton>
        )
      }
    >
      {here ? null : (
        <MenuItem icon={<FileText aria-hidden="true" />} hint="↵" onSelect={() => router.push(serviceHref(service.id))}>
          Open
        </MenuItem>
      )}
      {actions.map((action) => (
        <MenuItem
          key={action}
          icon={<ActionIcon action={action} />}
          danger={action === "kill"}
          onSelect={() => act(service, action)}
        >
          {WORDS[action].verb}
          {ASKS.has(action) ? "…" : ""}
        </MenuItem>
      ))}
      {(here && actions.length === 0) || !configures ? null : <MenuSeparator />}
      {configures ? <Marks service={service} /> : null}
      {makesChecks ? (
        <MenuItem icon={<HeartPulse aria-hidden="true" />} onSelect={() => router.push(newCheckHref(service.id))}>
          Add a check…
        </MenuItem>
      ) : null}
      <MenuItem icon={<Copy aria-hidden="true" />} onSelect={() => void copyText(service.name)}>
        Copy name
      </MenuItem>
    </Menu>
  );
}

function Marks({ service }: { service: Service }) {
  const { mark } = useAct();
  return (
    <>
      <MenuItem
        icon={service.pinned ? <PinOff aria-hidden="true" /> : <Pin aria-hidden="true" />}
        onSelect={() => mark(service, { pinned: !service.pinned })}
      >
        {service.pinned ? "Unpin" : "Pin to board"}
      </MenuItem>
      <MenuItem
        icon={service.protected ? <LockOpen aria-hidden="true" /> : <Lock aria-hidden="true" />}
        onSelect={() => mark(service, { protected: !service.protected })}
      >
        {service.protected ? "Unprotect" : "Protect"}
      </MenuItem>
    </>
  );
}
