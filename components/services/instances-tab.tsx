"use client";

import { formatCpu } from "#lib/format/percent.ts";
import type { Service } from "#lib/services/service.ts";
import { StateMark } from "@/components/ui/state-mark.tsx";
import { TimeAgo } from "@/components/ui/time-ago.tsx";
import { instanceMark } from "./instance-rows.tsx";
import { Cell, Table } from "./mounts-tab.tsx";
import { MemoryWords } from "./row-figures.tsx";
import { Restarts } from "./row-line.tsx";

/** The processes of a cluster. */
export function InstancesTab({ service }: { service: Service }) {
  const { instances, memory } = service;
  const limit = memory?.limit == null ? null : memory.limit / instances.length;
  return (
    <Table title="Instances" heads={["Instance", "State", "Process", "For", "Restarts", "CPU %", "Memory / limit"]}>
      {instances.map((instance) => (
        <tr key={instance.id} className="border-b border-hairline last:border-b-0 hover:bg-muted">
          <Cell mono>#{instance.id}</Cell>
          <Cell>
            <span className="inline-flex items-center gap-1.5 whitespace-nowrap">
              <StateMark mark={instanceMark(instance)} word="" stale={service.stale !== null} />
              {instance.state}
            </span>
          </Cell>
          <Cell mono>{instance.pid ?? "–"}</Cell>
          <Cell>{instance.since === null ? "–" : <TimeAgo time={instance.since} />}</Cell>
          <Cell>
            <Restarts count={instance.restarts} />
          </Cell>
          <Cell>
            <span className="num">{instance.cpu === null ? "–" : formatCpu(instance.cpu)}</span>
          </Cell>
          <Cell>
            <span className="num">
              <MemoryWords used={instance.memory} limit={limit} />
            </span>
          </Cell>
        </tr>
      ))}
    </Table>
  );
}
