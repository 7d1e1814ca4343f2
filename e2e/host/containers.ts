/** The compose-labelled stack `wa-scheduler` and two containers in trouble, on this machine's Docker engine. */
import { execFileSync } from "node:child_process";
import { makeImage } from "./image.ts";

const APP = "trihelm-test/wa-scheduler:latest";
const DRAGONFLY = "trihelm-test/dragonfly:latest";
const NETWORK = "wa-scheduler-net";
const VOLUMES = ["wa-db", "wa-session", "wa-dragonfly"];
export const CONTAINERS = [
  "wa-scheduler-dragonfly",
  "wa-scheduler-api",
  "wa-scheduler-worker",
  "thumbnail-cache",
  "photo-import",
];
/** on everything made here, and on nothing else: what carries it is removed afterwards */
const OWN = "trihelm.test.stand-in=1";

/** Makes and starts them. Refuses where something of the same name is there that tests did not make. */
export function startContainers(folder: string): void {
  removeContainers();
  refuseStrangers();
  makeImage(folder, [APP, DRAGONFLY], { "trihelm.test": "1", "trihelm.test.stand-in": "1" });
  docker("network", "create", "--label", OWN, "--label", "trihelm.test=1", NETWORK);
  for (const volume of VOLUMES)
    docker("volume", "create", "--label", OWN, "--label", "trihelm.test=1", ...project(), volume);

  compose("dragonfly", [], DRAGONFLY, [
    "-v",
    "wa-dragonfly:/data",
    "--health-cmd",
    "nc -w 1 127.0.0.1 6379 </dev/null",
  ]);
  compose("api", ["dragonfly"], APP, [
    ...["-v", "wa-db:/app/server/data", "-p", "127.0.0.1:3001:3001", "--memory", "300m"],
    ...["--health-cmd", "wget -q -O - http://127.0.0.1:3001/ >/dev/null"],
    ...["-e", "LOCALHOST=0.0.0.0", "-e", "REDIS_HOST=dragonfly", "-e", "BETTER_AUTH_SECRET=stand-in-auth-secret"],
  ]);
  compose("worker", ["dragonfly"], APP, [
    ...["-v", "wa-db:/app/server/data", "-v", "wa-session:/app/server/baileys_session", "--memory", "512m"],
    ...["-e", "REDIS_HOST=dragonfly"],
  ]);
  const sick = ["--health-cmd", "false", "--health-interval", "1s", "--health-retries", "1"];
  run("thumbnail-cache", [...sick, "--restart", "unless-stopped"], APP, ["sleep", "1000000"]);
  const hungry = "const held = []; setInterval(() => held.push(Buffer.alloc(4 << 20, 1)), 5);";
  run("photo-import", ["--memory", "48m", "--memory-swap", "48m"], APP, [
    "sh",
    "-c",
    // The engine misses the kernel's word when the first process itself is killed and gone.
    `node -e '${hungry}'; code=$?; sleep 1; exit $code`,
  ]);
}

/** Removes every container, volume, network and image that carries the tests' own label. */
export function removeContainers(): void {
  const listed = (...command: string[]) =>
    docker(...command, "--filter", `label=${OWN}`)
      .split("\n")
      .filter(Boolean);
  const containers = listed("ps", "-aq");
  if (containers.length > 0) docker("rm", "-f", "-v", ...containers);
  const volumes = listed("volume", "ls", "-q");
  if (volumes.length > 0) docker("volume", "rm", ...volumes);
  const networks = listed("network", "ls", "-q");
  if (networks.length > 0) docker("network", "rm", ...networks);
  const images = [...new Set(listed("images", "-q"))];
  if (images.length > 0) docker("rmi", "-f", ...images);
}

/** Calls the engine's own command line and gives what it prints. */
export function docker(...argv: string[]): string {
  return execFileSync("docker", argv, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

function refuseStrangers(): void {
  const names = docker("ps", "-a", "--format", "{{.Names}}").split("\n");
  const volumes = docker("volume", "ls", "-q").split("\n");
  const strangers = [
    ...CONTAINERS.filter((name) => names.includes(name)),
    ...VOLUMES.filter((v) => volumes.includes(v)),
  ];
  if (strangers.length > 0)
    throw new Error(`${strangers.join(", ")} exist on this machine and are not the tests': they are left alone`);
}

function compose(service: string, needs: string[], image: string, options: string[]): void {
  const labels = {
    "com.docker.compose.service": service,
    "com.docker.compose.container-number": "1",
    "com.docker.compose.oneoff": "False",
    "com.docker.compose.depends_on": needs.map((name) => `${name}:service_started:false`).join(","),
    "com.docker.compose.project.working_dir": "/srv/wa-scheduler",
    "com.docker.compose.project.config_files": "/srv/wa-scheduler/compose.yaml",
  };
  const health = ["--health-interval", "2s", "--health-timeout", "2s", "--health-retries", "2"];
  const command = ["node", "/app/wa-scheduler.mjs", service];
  const marked = Object.entries(labels).flatMap(([name, value]) => ["--label", `${name}=${value}`]);
  const net = ["--network", NETWORK, "--network-alias", service, "--restart", "unless-stopped"];
  const all = [...project(), ...marked, ...net, ...(options.includes("--health-cmd") ? health : []), ...options];
  run(`wa-scheduler-${service}`, all, image, command);
}

function project(): string[] {
  return ["--label", "com.docker.compose.project=wa-scheduler"];
}

function run(name: string, options: string[], image: string, command: string[]): void {
  docker("run", "-d", "--name", name, "--label", OWN, "--label", "trihelm.test=1", ...options, image, ...command);
}
