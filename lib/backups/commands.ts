/** Commands that a container's labels ask to be run around its backup, where an administrator has allowed these very ones. */
import type { JobHandle } from "#lib/jobs/run.ts";
import { AppError, messageOf } from "#lib/platform/errors.ts";
import { logger } from "#lib/platform/logger.ts";
import { isExecSource } from "#lib/supervisors/volumes.ts";
import { labelsAllowed } from "./consent.ts";
import { lastWords } from "./last-words.ts";
import type { HoldUser } from "./quiesce.ts";
import type { SourceUser } from "./sources.ts";

/** milliseconds that one of them may take */
const PATIENCE = 10 * 60_000;

interface Command {
  user: SourceUser;
  /** its label: the command itself may hold a password, and more people read a job than labels */
  label: string;
  argv: readonly string[];
}

export interface LabelOrders {
  /** users with what their labels are allowed to ask for */
  users: HoldUser[];
  /** Runs what is to run before. Throws AppError `action_failed` when one of them fails: there is no backup then. */
  before(job: JobHandle): Promise<void>;
  /** Runs what is to run after, once, whether there is a backup or not; a failure is told in the job's log. */
  after(job: JobHandle): Promise<void>;
}

/** What the users' labels ask for. */
export async function labelOrders(users: readonly SourceUser[]): Promise<LabelOrders> {
  const asked = await Promise.all(users.map(async (user) => ({ user, allowed: await labelsAllowed(user) })));
  const of = (which: "pre" | "post"): Command[] =>
    asked.flatMap(({ user, allowed }) => {
      const argv = user.state === "running" ? allowed[which] : null;
      return argv ? [{ user, argv, label: `docker-volume-backup.archive-${which}` }] : [];
    });
  let due = of("post");
  return {
    users: asked.map(({ user, allowed }) => ({ ...user, stops: allowed.stop })),
    async before(job) {
      for (const command of of("pre")) await runIn(job, command, job.signal);
    },
    async after(job) {
      const left = due;
      due = [];
      for (const command of left)
        try {
          await runIn(job, command, AbortSignal.timeout(PATIENCE));
        } catch (error) {
          job.say(messageOf(error));
          logger("backups").warn({ err: error, service: command.user.service }, "a command after a backup failed");
        }
    },
  };
}

async function runIn(job: JobHandle, { user, argv, label }: Command, signal: AbortSignal): Promise<void> {
  const { supervisor, name } = user;
  if (!isExecSource(supervisor)) return;
  const both = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]);
  job.say(`${name}: runs the command of its label ${label}`);
  const { exitCode, stderr } = await supervisor.exec(name, { argv, user: null }, both);
  if (exitCode === 0) return;
  throw new AppError(
    "action_failed",
    `${name}: the command of its label ${label} ended with exit code ${exitCode}. ${lastWords(stderr, argv)}`.trim(),
  );
}
