/** For tests only: a server that is killed, and started again on the same data. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import type { Job } from "#lib/jobs/job.ts";
import type { Order, Sight } from "./killed-server-rig.ts";

interface Told {
  ready?: true;
  step?: string;
  ended?: string;
  state?: string;
  message?: string;
  answer?: unknown;
  failed?: string;
}

export class KilledServer {
  readonly #dataDir: string;
  readonly #env: Record<string, string>;
  #child: ChildProcess | null = null;
  #listeners = new Set<(told: Told) => void>();
  #said = "";

  constructor(dataDir: string, env: Record<string, string> = {}) {
    this.#dataDir = dataDir;
    this.#env = env;
  }

  /** Resolves when it has recovered and would take its first request. `more`: what its environment says this time. */
  async start(more: Record<string, string> = {}): Promise<void> {
    const env: NodeJS.ProcessEnv = {
      ...{ PATH: process.env.PATH ?? "", HOME: this.#dataDir, TZ: "Australia/Lord_Howe" },
      ...{ TRIHELM_DATA_DIR: this.#dataDir, TRIHELM_SYSTEMD: "off", TRIHELM_PM2_HOMES: "/nowhere" },
      NODE_ENV: "production",
      ...{ TRIHELM_LOG_LEVEL: "warn", ...this.#env, ...more },
    };
    const child = fork(path.join(import.meta.dirname, "killed-server-rig.ts"), {
      env,
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    this.#child = child;
    this.#said = "";
    for (const output of [child.stdout, child.stderr]) output?.on("data", (chunk) => (this.#said += String(chunk)));
    child.on("message", (told: Told) => {
      for (const listener of [...this.#listeners]) listener(told);
    });
    const died = once(child, "exit").then(([code]) => {
      throw new Error(`the server ended with ${code}:\n${this.#said}`);
    });
    died.catch(() => "told to whoever waits");
    await Promise.race([this.#until(({ ready }) => ready === true), died]);
  }

  backup(wanted: Extract<Order, { do: "backup" }>["wanted"]): Promise<Job> {
    return this.#ask({ do: "backup", wanted });
  }

  restore(id: string, wanted: Extract<Order, { do: "restore" }>["wanted"]): Promise<Job> {
    return this.#ask({ do: "restore", id, wanted });
  }

  look(): Promise<Sight> {
    return this.#ask({ do: "look" });
  }

  /** Resolves at the first word of this step, of any job, or when a job has ended. */
  async step(name: string): Promise<void> {
    await this.#until(({ step, ended }) => step === name || ended !== undefined);
  }

  /** How the next job to end has ended. */
  async ended(): Promise<{ state: string; message: string }> {
    const { state = "", message = "" } = await this.#until(({ ended }) => ended !== undefined);
    return { state, message };
  }

  /** Without a word of warning. */
  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill(signal);
    await gone;
  }

  get log(): string {
    return this.#said;
  }

  async #ask<T>(order: Order): Promise<T> {
    const answered = this.#until(({ answer, failed }) => answer !== undefined || failed !== undefined);
    this.#child?.send(order);
    const { answer, failed } = await answered;
    if (failed !== undefined) throw new Error(failed);
    return answer as T;
  }

  #until(isIt: (told: Told) => boolean): Promise<Told> {
    return new Promise((resolve) => {
      const listener = (told: Told) => {
        if (!isIt(told)) return;
        this.#listeners.delete(listener);
        resolve(told);
      };
      this.#listeners.add(listener);
    });
  }
}
