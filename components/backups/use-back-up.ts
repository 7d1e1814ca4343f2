"use client";

import { useCallback } from "react";
import type { Job } from "#lib/jobs/job.ts";
import type { Volume } from "#lib/volumes/shapes.ts";
import { useJobs } from "@/components/jobs/jobs-store.tsx";
import { call } from "@/components/shell/api-client.ts";
import { attempt } from "@/components/shell/use-reading.ts";

/** Backs a volume up right now: as its plan does where it has one, else with what is usual. */
export function useBackUp(): (volume: Volume) => void {
  const { put } = useJobs();
  return useCallback(
    ({ id, name, schedule }) =>
      void attempt(`${name} was not backed up`, async () => {
        const job = schedule
          ? await call<Job>("POST", `/schedules/${encodeURIComponent(schedule.id)}/run`)
          : await call<Job>("POST", "/backups", { source: { volume: id } });
        put(job);
      }),
    [put],
  );
}
