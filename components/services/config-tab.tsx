import type { ServiceDetail } from "#lib/services/detail.ts";
import { CommandLine } from "@/components/ui/command-line.tsx";
import { FileViewer } from "./file-viewer.tsx";

/** How it is started, and the files that say so, in the order they apply. */
export function ConfigTab({ detail }: { detail: ServiceDetail }) {
  const { command, workingDirectory, user, files } = detail;
  return (
    <div className="grid grid-cols-1 gap-4">
      {command.length === 0 ? null : (
        <section aria-labelledby="command">
          <h2 id="command" className="mb-1.5 text-13 font-semibold">
            Command
          </h2>
          <CommandLine command={command.map(quoted).join(" ")} />
          <p className="mt-1.5 text-12 text-muted-foreground">
            {user ? (
              <>
                As <code className="font-mono text-12 text-foreground">{user}</code>
              </>
            ) : null}
            {user && workingDirectory ? " in " : workingDirectory ? "In " : null}
            {workingDirectory ? (
              <code className="font-mono text-12 text-foreground [overflow-wrap:anywhere]">{workingDirectory}</code>
            ) : null}
          </p>
        </section>
      )}
      {files.length === 0 ? (
        <p className="text-muted-foreground">
          {command.length === 0
            ? "Its supervisor names no command and no configuration file."
            : "Its supervisor names no configuration file."}
        </p>
      ) : (
        <section aria-label="Files" className="grid grid-cols-1 gap-3">
          {files.map((file) => (
            <FileViewer key={`${file.role} ${file.path}`} {...file} />
          ))}
        </section>
      )}
    </div>
  );
}

/** As a shell would need it, so that a copied line means the same. */
function quoted(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
}
