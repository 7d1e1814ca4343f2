"use client";

import { useState } from "react";
import { PasswordField } from "@/components/auth/password-field.tsx";
import { useSubmit } from "@/components/auth/use-submit.ts";
import { call } from "@/components/shell/api-client.ts";
import { FormField } from "@/components/ui/form-field.tsx";
import { Note } from "@/components/ui/note.tsx";
import { TextField } from "@/components/ui/text-field.tsx";
import type { User } from "./account-shapes.ts";
import { FormDialog } from "./form-dialog.tsx";
import { ScopeFields, scopeBody, scopeOf, scopeProblem } from "./scope-fields.tsx";

interface PersonDialogProps {
  /** null: somebody new */
  user: User | null;
  onClose: () => void;
  onSaved: () => void;
}

/** Adds a person, or changes what one may do. */
export function PersonDialog({ user, onClose, onSaved }: PersonDialogProps) {
  const [scope, setScope] = useState(() => scopeOf(user ?? { role: "viewer", services: null, verbs: null }));
  const [tried, setTried] = useState(false);
  const { busy, problem, onSubmit } = useSubmit(async ({ name, password }) => {
    setTried(true);
    if (scopeProblem(scope)) return;
    const body = { ...scopeBody(scope), ...(password ? { password } : {}) };
    if (user) await call("PATCH", `/users/${encodeURIComponent(user.id)}`, body);
    else await call("POST", "/users", { name, ...body });
    onSaved();
  });
  const placed = problem?.errors.some(({ path }) => path === "name" || path === "password");
  return (
    <FormDialog
      onClose={onClose}
      title={user ? user.name : "Add a person"}
      text={user ? "What changes here holds at once: their open pages start anew." : undefined}
      width="wide"
      verb={user ? "Save" : "Add person"}
      busy={busy}
      onSubmit={onSubmit}
    >
      {problem && !placed ? (
        <Note tone="fail" alert title={user ? `${user.name} was not changed` : "Nobody was added"}>
          {problem.words}
        </Note>
      ) : null}
      {user ? null : (
        <FormField
          label="User name"
          hint="They sign in with it, and the audit trail names it."
          error={problem?.about("name", "A user name")}
        >
          {(attributes) => (
            <TextField {...attributes} name="name" autoCapitalize="none" required className="w-full max-sm:h-11" />
          )}
        </FormField>
      )}
      <PasswordField
        label={user ? "New password" : "Password"}
        name="password"
        autoComplete="new-password"
        required={user === null}
        hint={passwordHint(user)}
        error={problem?.about("password", "A password")}
      />
      <ScopeFields scope={scope} onChange={setScope} complain={tried} who="They" />
    </FormDialog>
  );
}

function passwordHint(user: User | null): string {
  if (user?.hasPassword) return "Empty: it stays as it is. A new one signs them out everywhere.";
  if (user) return "Empty: they have none, and come in another way.";
  return "10 signs at least. They change it under Settings, Sign-in methods.";
}
