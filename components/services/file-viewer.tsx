import { CopyButton } from "@/components/ui/copy-button.tsx";
import { Tag } from "@/components/ui/tag.tsx";

interface FileViewerProps {
  path: string;
  role: string;
  text: string | null;
  problem: string | null;
}

/** A configuration file as it is, with line numbers; or why it cannot be shown. */
export function FileViewer({ path, role, text, problem }: FileViewerProps) {
  const lines = text === null ? [] : text.replace(/\n$/, "").split("\n");
  return (
    <figure className="min-w-0 overflow-hidden rounded-panel border border-border bg-inset">
      <figcaption className="flex h-9 items-center gap-2 border-b border-border bg-card pr-1 pl-3.5">
        <code className="min-w-0 truncate font-mono text-12" title={path}>
          <bdi>{path}</bdi>
        </code>
        <Tag>{role}</Tag>
        {text === null ? null : (
          <span className="ml-auto">
            <CopyButton text={text} label={`Copy ${path}`} />
          </span>
        )}
      </figcaption>
      {text === null ? (
        <p className="px-3.5 py-3 text-12 text-muted-foreground">
          Trihelm does not show it: {(problem ?? "it is not there").replace(/\.$/, "")}.
        </p>
      ) : lines.length === 1 && lines[0] === "" ? (
        <p className="px-3.5 py-3 text-12 text-muted-foreground">It is empty.</p>
      ) : (
        <section
          aria-label={path}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
          tabIndex={0}
          className="max-h-[640px] overflow-auto py-2 font-mono text-12 leading-5 [tab-size:4]"
        >
          <ol className="w-max min-w-full">
            {lines.map((line, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a line is its number
              <li key={index} className="grid grid-cols-[44px_1fr] hover:bg-muted">
                <span aria-hidden="true" className="pr-3 text-right text-subtle-foreground select-none">
                  {index + 1}
                </span>
                <span className="pr-3.5 whitespace-pre">{line || " "}</span>
              </li>
            ))}
          </ol>
        </section>
      )}
    </figure>
  );
}
