import type { ReactNode } from "react";
import type { ServiceDetail } from "#lib/services/detail.ts";
import { Tag } from "@/components/ui/tag.tsx";

type Mounts = ServiceDetail["mounts"];
type Networks = ServiceDetail["networks"];

/** What it sees of the disk and of the network. */
export function MountsTab({ mounts, networks }: { mounts: Mounts; networks: Networks }) {
  return (
    <div className="grid grid-cols-1 gap-5">
      {mounts.length === 0 ? null : (
        <Table title="Mounts" heads={["Inside", "From", "Kind"]}>
          {mounts.map((mount) => (
            <tr key={mount.target} className="border-b border-hairline last:border-b-0 hover:bg-muted">
              <Cell mono>{mount.target}</Cell>
              <Cell mono>{mount.source}</Cell>
              <Cell>
                <span className="inline-flex flex-wrap items-center gap-1.5">
                  {mount.type}
                  {mount.readOnly ? <Tag>read only</Tag> : null}
                </span>
              </Cell>
            </tr>
          ))}
        </Table>
      )}
      {networks.length === 0 ? null : (
        <Table title="Networks" heads={["Network", "Address", "Known there as"]}>
          {networks.map((network) => (
            <tr key={network.name} className="border-b border-hairline last:border-b-0 hover:bg-muted">
              <Cell mono>{network.name}</Cell>
              <Cell mono>{network.address ?? "–"}</Cell>
              <Cell mono>{network.aliases.join(" ") || "–"}</Cell>
            </tr>
          ))}
        </Table>
      )}
    </div>
  );
}

export function Table({ title, heads, children }: { title: string; heads: readonly string[]; children: ReactNode }) {
  return (
    <section aria-label={title} className="min-w-0">
      <h2 className="mb-1.5 text-13 font-semibold">{title}</h2>
      <section
        aria-label={`${title}, the table`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        tabIndex={0}
        className="overflow-x-auto rounded-panel border border-border bg-card"
      >
        <table className="w-full border-collapse text-12">
          <thead>
            <tr className="border-b border-border text-left text-11 text-subtle-foreground">
              {heads.map((head) => (
                <th key={head} scope="col" className="px-3.5 py-1.5 font-normal whitespace-nowrap">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>{children}</tbody>
        </table>
      </section>
    </section>
  );
}

export function Cell({ mono, children }: { mono?: boolean; children: ReactNode }) {
  return (
    <td className={`px-3.5 py-1.5 align-top leading-5 [overflow-wrap:anywhere] ${mono ? "font-mono" : ""}`}>
      {children}
    </td>
  );
}
