/** The composition root: everything that runs for the life of the server is started here, once. */
import { runDeliveries } from "#lib/alerts/channels/deliveries.ts";
import { startAlerts } from "#lib/alerts/start.ts";
import { offerSetup } from "#lib/auth/setup.ts";
import { deleteExpired } from "#lib/auth/store.ts";
import { runSchedules } from "#lib/backups/plans/run-plans.ts";
import { recoverBackups } from "#lib/backups/recover.ts";
import { loadChecks, runChecks } from "#lib/checks/watch.ts";
import { openDatabase } from "#lib/db/client.ts";
import { failInterrupted } from "#lib/jobs/interrupted.ts";
import { endJobs } from "#lib/jobs/run.ts";
import { readHostForever } from "#lib/metrics/host.ts";
import { keepFigures } from "#lib/metrics/keep.ts";
import { env } from "#lib/platform/env.ts";
import { messageOf } from "#lib/platform/errors.ts";
import { prepareRequests } from "#lib/platform/incoming.ts";
import { logger } from "#lib/platform/logger.ts";
import { endingSignal, installShutdown, onEnding } from "#lib/platform/shutdown.ts";
import { singleton } from "#lib/platform/singleton.ts";
import { startRelay } from "#lib/relay/start.ts";
import { explainFailures } from "#lib/services/causes/cause.ts";
import { tellDemoPast } from "#lib/services/demo-past.ts";
import { recordHappenings } from "#lib/services/events/record.ts";
import { rememberPorts } from "#lib/services/ports/remembered.ts";
import { sampleForever } from "#lib/services/sample.ts";
import type { Service } from "#lib/services/service.ts";
import { snapshot } from "#lib/services/snapshot.ts";
import { readMarks } from "#lib/services/store.ts";
import { traffic } from "#lib/services/traffic.ts";
import { firstLook, watchSupervisor } from "#lib/services/watch.ts";
import { openSupervisors } from "#lib/supervisors/registry.ts";
import type { Supervisor } from "#lib/supervisors/supervisor.ts";
import { measureForever } from "#lib/volumes/measure.ts";
import { watchVolumes } from "#lib/volumes/watch.ts";

const RESCAN = 30_000;
// anybody can begin a sign-in, and each leaves a challenge behind
const CLEANING = 10 * 60_000;

/** Awaited before the first request. Ends the process, and says why, when configuration or database are unusable. */
export function boot(): Promise<void> {
  return singleton("boot", () => start().catch(giveUp));
}

/** The framework would go on listening, and answer each request by trying again what has failed. */
function giveUp(error: unknown): never {
  logger("boot").fatal({ err: error }, `Trihelm cannot start: ${messageOf(error)}`);
  process.exit(1);
}

async function start(): Promise<void> {
  const log = logger("boot");
  const config = env();
  prepareRequests();
  if (config.unknown.length > 0) log.warn({ names: config.unknown }, "these settings are not known and do nothing");
  for (const warning of config.warnings) log.warn(warning);
  installShutdown();
  const applied = await openDatabase();
  if (applied.length > 0) log.info({ applied }, "database migrated");
  for (const [id, mark] of await readMarks()) snapshot().setMark(id, mark);

  const signal = endingSignal();
  await offerSetup(signal);
  await deleteExpired();
  const cleaning = setInterval(
    () => void deleteExpired().catch((err) => log.error({ err }, "what has expired stays")),
    CLEANING,
  );
  await recordHappenings();
  await explainFailures();
  rememberPorts();
  await loadChecks();
  await startAlerts(signal);
  const watched = new Map<string, Supervisor>();
  const look = () => {
    for (const source of openSupervisors(config, watched)) {
      watched.set(`${source.host}/${source.scope}`, source);
      watchSupervisor(source, signal);
    }
  };
  look();
  const rescan = setInterval(() => {
    look();
    snapshot().refreshNeeds();
  }, RESCAN);
  onEnding(() => {
    clearInterval(rescan);
    clearInterval(cleaning);
  });
  // what a job holds still is let go through them
  onEnding(() =>
    endJobs().finally(() => {
      for (const source of watched.values()) source.close();
    }),
  );
  // made-up services are not those that a job held still
  await (config.demo ? failInterrupted() : recoverBackups());
  void readHostForever(signal);
  await startRelay(signal);
  await firstLook(1500);
  if (config.demo) await tellDemoPast();
  // only now is there something to sample, and somebody to ask for what a plan names
  void sampleForever(signal);
  void watchVolumes(signal);
  void measureForever(signal);
  void runSchedules(signal);
  void runDeliveries(signal);
  void runChecks(signal);
  const isKept = ({ listed, pinned, state }: Service) => listed || pinned || state !== "stopped";
  void keepFigures({ services: () => snapshot().services().filter(isKept), traffic: traffic() }, signal);
  log.info({ supervisors: [...watched.keys()], dataDir: config.dataDir }, "ready");
}
