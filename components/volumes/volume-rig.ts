/** Volumes for tests. */
import { serviceId } from "#lib/services/id.ts";
import type { Volume } from "#lib/volumes/shapes.ts";

/** A volume in use, with a schedule and no backup, but for what is given. */
export function someVolume(part: Partial<Volume> & { name: string }): Volume {
  return {
    id: serviceId("local", "docker", part.name),
    host: "local",
    scope: "docker",
    driver: "local",
    mountpoint: `/var/lib/docker/volumes/${part.name}/_data`,
    size: 412 * 1024 ** 2,
    files: 214,
    measuredAt: "2025-11-14T14:00:00Z",
    growth: 0,
    usedBy: ["local/docker/api"],
    unusedSince: null,
    databases: [],
    group: null,
    labels: {},
    protected: false,
    createdAt: null,
    lastBackup: null,
    lastDrill: null,
    schedule: {
      id: "s1",
      words: "Daily 03:00",
      enabled: true,
      nextRun: "2025-11-15T03:00:00Z",
      keeps: "keep 14, s3",
      destinations: ["s3"],
      failed: 0,
    },
    overdue: false,
    job: null,
    actions: ["backup", "restore", "clone", "delete", "protect"],
    ...part,
  };
}
