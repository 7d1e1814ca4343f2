"use client";

import { useState } from "react";
import type { Destination } from "#lib/backups/shapes.ts";
import { PasswordField } from "@/components/auth/password-field.tsx";
import { useSubmit } from "@/components/auth/use-submit.ts";
import { FormProblem } from "@/components/forms/form-problem.tsx";
import { FormDialog } from "@/components/settings/form-dialog.tsx";
import { call } from "@/components/shell/api-client.ts";
import { say } from "@/components/shell/toast.tsx";
import { FormField } from "@/components/ui/form-field.tsx";
import { Segmented } from "@/components/ui/segmented.tsx";
import { TextArea, TextField } from "@/components/ui/text-field.tsx";

interface DestinationDialogProps {
  /** what is changed; null: a new one */
  known: Destination | null;
  onClose: () => void;
  onSaved: () => void;
}

type Kind = "s3" | "sftp";

/** A place for copies: where it is, and what opens it. Secrets are kept sealed and never shown again. */
export function DestinationDialog({ known, onClose, onSaved }: DestinationDialogProps) {
  const [kind, setKind] = useState<Kind>(known?.kind === "sftp" ? "sftp" : "s3");
  const { busy, problem, onSubmit } = useSubmit(async (fields) => {
    const { name } = fields;
    const config = kind === "s3" ? s3Config(fields) : sftpConfig(fields);
    const secrets = secretsOf(kind, fields);
    const body = { name, config, ...(secrets ? { secrets } : {}) };
    if (known) await call("PATCH", `/destinations/${encodeURIComponent(known.id)}`, body);
    else await call("POST", "/destinations", { kind, ...body });
    say({ tone: "ok", title: `${name} is ${known ? "changed" : "added"}` });
    onSaved();
  });
  const given = (field: string) => {
    const value = known?.config[field];
    return typeof value === "string" || typeof value === "number" ? String(value) : "";
  };
  return (
    <FormDialog
      width="wide"
      title={known ? `Edit ${known.name}` : "Add a destination"}
      text="Only copies of finished, verified backups go there."
      verb={known ? "Save" : "Add destination"}
      busy={busy}
      onSubmit={onSubmit}
      onClose={onClose}
    >
      <FormProblem problem={problem} title={`The destination was not ${known ? "changed" : "added"}`} />
      {known ? null : (
        <Segmented
          label="Kind"
          value={kind}
          options={[
            { value: "s3", label: "S3-compatible" },
            { value: "sftp", label: "SFTP" },
          ]}
          onChange={setKind}
          className="justify-self-start max-sm:h-11"
        />
      )}
      <Plain name="name" label="Name" hint="As it stands in plans." value={known?.name ?? ""} required />
      {kind === "s3" ? (
        <div key="s3" className="grid grid-cols-2 items-start gap-3.5 max-sm:grid-cols-1">
          <Plain
            name="endpoint"
            label="Endpoint"
            hint="Empty for AWS."
            value={given("endpoint")}
            placeholder="https://"
          />
          <Plain name="region" label="Region" value={given("region") || "us-east-1"} />
          <Plain name="bucket" label="Bucket" value={given("bucket")} required />
          <Plain name="prefix" label="Folder in it" value={given("prefix")} />
          <Plain
            name="accessKeyId"
            label="Access key"
            value=""
            required={!known}
            hint={known ? UNCHANGED : undefined}
          />
          <PasswordField
            label="Secret key"
            name="secretAccessKey"
            autoComplete="off"
            required={!known}
            hint={known ? UNCHANGED : undefined}
          />
        </div>
      ) : (
        <div key="sftp" className="grid grid-cols-2 items-start gap-3.5 max-sm:grid-cols-1">
          <Plain name="host" label="Host" value={given("host")} required />
          <Plain name="port" label="Port" value={given("port") || "22"} />
          <Plain name="user" label="User" value={given("user")} required />
          <Plain name="folder" label="Folder" value={given("folder")} required placeholder="/backups" />
          <div className="sm:col-span-2">
            <Plain
              name="hostKey"
              label="Host key"
              value={given("hostKey")}
              required
              placeholder="SHA256:"
              hint={
                <>
                  On that server: <code className="font-mono">ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub</code>.
                  No other key is trusted.
                </>
              }
            />
          </div>
          <PasswordField
            label="Password"
            name="password"
            autoComplete="off"
            hint={known ? UNCHANGED : "Or a private key."}
          />
          <FormField label="Private key" hint={known ? UNCHANGED : "In OpenSSH's form, without a passphrase."}>
            {(attributes) => <TextArea {...attributes} name="privateKey" rows={3} />}
          </FormField>
        </div>
      )}
    </FormDialog>
  );
}

const UNCHANGED = "Left empty, it stays as it is.";

interface PlainProps {
  name: string;
  label: string;
  value: string;
  hint?: React.ReactNode;
  placeholder?: string;
  required?: boolean;
}

function Plain({ name, label, value, hint, placeholder, required }: PlainProps) {
  return (
    <FormField label={label} hint={hint}>
      {(attributes) => (
        <TextField
          {...attributes}
          name={name}
          defaultValue={value}
          placeholder={placeholder}
          required={required}
          autoCapitalize="none"
          className="w-full max-sm:h-11"
        />
      )}
    </FormField>
  );
}

function s3Config({ endpoint, region, bucket, prefix }: Record<string, string>) {
  return { endpoint: endpoint || null, region: region || "us-east-1", bucket, prefix: prefix ?? "" };
}

function sftpConfig({ host, port, user, folder, hostKey }: Record<string, string>) {
  return { host, port: Number(port) || 22, user, folder, hostKey };
}

/** Null where nothing was typed: what is kept stays. */
function secretsOf(kind: Kind, fields: Record<string, string>): Record<string, string> | null {
  const names = kind === "s3" ? ["accessKeyId", "secretAccessKey"] : ["password", "privateKey"];
  const given = names.flatMap((name) => (fields[name] ? [[name, fields[name]] as const] : []));
  return given.length === 0 ? null : Object.fromEntries(given);
}
