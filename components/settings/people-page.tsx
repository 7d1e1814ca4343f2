"use client";

import { UserPlus } from "lucide-react";
import { useState } from "react";
import { useMay, useMe } from "@/components/shell/me.tsx";
import { useReading } from "@/components/shell/use-reading.ts";
import { Button } from "@/components/ui/button.tsx";
import { Pill } from "@/components/ui/pill.tsx";
import { Tag } from "@/components/ui/tag.tsx";
import { TimeAgo } from "@/components/ui/time-ago.tsx";
import type { User } from "./account-shapes.ts";
import { PersonDialog } from "./person-dialog.tsx";
import { PersonMenu } from "./person-menu.tsx";
import { NoPermission, ReadView } from "./read-view.tsx";
import { narrowedWords, ROLES } from "./scope.ts";
import { PageHead } from "./section.tsx";

/** Who may sign in here, and what each may do. */
export function PeoplePage() {
  return useMay("manage") ? <People /> : <NoPermission />;
}

function People() {
  const reading = useReading<{ items: User[] }>("/users");
  const [edited, setEdited] = useState<User | "new" | null>(null);
  return (
    <>
      <PageHead title="People" text="Who may sign in, and what each may do. The audit trail names them.">
        <Button
          variant="filled"
          icon={<UserPlus aria-hidden="true" />}
          onClick={() => setEdited("new")}
          className="max-sm:h-11 max-sm:flex-1"
        >
          Add a person…
        </Button>
      </PageHead>
      <ReadView reading={reading} what="The people">
        {({ items }) => (
          <div className="rounded-panel border border-border bg-card">
            <div
              aria-hidden="true"
              className={`${GRID} border-b border-border py-2 text-11 text-subtle-foreground max-md:hidden`}
            >
              <span>Name</span>
              <span>Role</span>
              <span>Narrowed to</span>
              <span>Second factor</span>
              <span>Last seen</span>
              <span />
            </div>
            <ul aria-label="People">
              {items.map((user) => (
                <li key={user.id} className="border-hairline not-first:border-t">
                  <PersonRow user={user} onEdit={() => setEdited(user)} onChanged={reading.reload} />
                </li>
              ))}
            </ul>
          </div>
        )}
      </ReadView>
      {edited === null ? null : (
        <PersonDialog
          user={edited === "new" ? null : edited}
          onClose={() => setEdited(null)}
          onSaved={() => {
            setEdited(null);
            reading.reload();
          }}
        />
      )}
    </>
  );
}

const GRID =
  "grid grid-cols-[minmax(0,1.3fr)_80px_minmax(0,1.4fr)_112px_88px_32px] items-center gap-x-4 px-4 max-md:grid-cols-[minmax(0,1fr)_auto]";

interface PersonRowProps {
  user: User;
  onEdit: () => void;
  onChanged: () => void;
}

function PersonRow({ user, onEdit, onChanged }: PersonRowProps) {
  const me = useMe();
  const narrowed = user.services !== null || user.verbs !== null;
  return (
    <div className={`${GRID} min-h-13 gap-y-0.5 py-2`}>
      <div className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1">
        <button
          type="button"
          onClick={onEdit}
          className="min-w-0 truncate rounded-tag font-medium underline-offset-3 hover:underline max-sm:min-h-9"
          title={`Edit ${user.name}`}
        >
          {user.name}
        </button>
        {user.id === me.id ? <Tag>you</Tag> : null}
        {user.via === "local" ? null : <Tag>{user.via === "oidc" ? "OIDC" : "proxy"}</Tag>}
        {user.disabled ? <Pill small>Disabled</Pill> : null}
      </div>
      <span className="max-md:order-1 max-md:col-start-1">
        {ROLES.find(({ value }) => value === user.role)?.label}
        <span className="text-muted-foreground md:hidden">, {narrowedWords(user)}</span>
      </span>
      <span
        className={`truncate max-md:hidden ${narrowed ? "font-mono text-12" : "text-muted-foreground"}`}
        title={[...(user.services ?? []), ...(user.verbs ?? [])].join("\n")}
      >
        {narrowedWords(user)}
      </span>
      <span className="text-muted-foreground max-md:order-2 max-md:col-start-1">
        <span className="md:hidden">Second factor: {factorWords(user).toLowerCase()}</span>
        <span className="max-md:hidden">{factorWords(user)}</span>
        <span className="md:hidden">
          , {user.lastSeenAt === null ? "never seen" : <TimeAgo time={user.lastSeenAt} ago />}
        </span>
      </span>
      <span className="num text-muted-foreground max-md:hidden">
        {user.lastSeenAt === null ? "Never" : <TimeAgo time={user.lastSeenAt} ago />}
      </span>
      <span className="max-md:col-start-2 max-md:row-span-3 max-md:row-start-1">
        <PersonMenu user={user} onEdit={onEdit} onChanged={onChanged} />
      </span>
    </div>
  );
}

/** `App`, `App, 2 passkeys`, `Passkey`, `None`. */
function factorWords({ twoFactor, passkeys }: User): string {
  const keys = passkeys === 0 ? null : passkeys === 1 ? "passkey" : `${passkeys} passkeys`;
  const parts = [twoFactor ? "app" : null, keys].filter((part) => part !== null);
  const text = parts.length === 0 ? "none" : parts.join(", ");
  return `${text[0]!.toUpperCase()}${text.slice(1)}`;
}
