/**
 * Secrets of the kinds that real set-ups hold, each with a word in it that stands nowhere else, planted where each kind is
 * kept. What a service prints into its own log is no such place: logs are shown as they are.
 */
import fs from "node:fs";
import path from "node:path";
import { docker } from "./containers.ts";
import type { TestHost } from "./host.ts";
import { pm2 } from "./stand-ins.ts";

const UNIT = "canary.service";
const APP = "canary-app";
const CONTAINER = "canary-box";
const IMAGE = "trihelm-test/wa-scheduler:latest";
const FOLDER = "/srv/canary";
const programs = path.join(import.meta.dirname, "stand-ins");

/** The word of each secret by where it is. */
export const CANARIES = {
  "Environment= of a unit": "canaryalpha01",
  "Environment= of a drop-in, in quotes": "canarybravo02",
  "EnvironmentFile=, several words": "canarycharlie03",
  "a URL in an EnvironmentFile": "canarydelta04",
  "ExecStart= behind --password=": "canaryecho05",
  "ExecStart= behind --auth-token": "canaryfoxtrot06",
  "a field of a journal entry": "canarygolf07",
  "PM2's environment": "canaryhotel08",
  "a URL in PM2's environment": "canaryindia09",
  "PM2's arguments behind --token": "canaryjuliett10",
  "PM2's arguments behind --secret=": "canarykilo11",
  "docker run -e": "canarylima12",
  "a URL without a user in docker run -e": "canarymike13",
  "a container's command behind --requirepass": "canarynovember14",
  "a label with an api-key": "canaryoscar15",
  "a proxy's label with a hashed password": "canarypapa16",
  "a passphrase of another service in the compose file": "canaryquebec17",
  "an item of a list in the compose file": "canaryromeo18",
  "a key in a block of the compose file": "canarysierra19",
  "the .env beside the compose file": "canarytango20",
  "a URL's access_token in a container's command": "canaryuniform21",
  "the password of curl -u in ExecStartPre=": "canaryvictor22",
};
type Place = keyof typeof CANARIES;
const word = (place: Place) => `x9.${CANARIES[place]}.Q`;

/** Plants all of them in running services: a unit, an app of root's PM2, a container with its compose file. */
export function plantCanaries(host: TestHost): void {
  plantUnit(host);
  plantApp(host);
  plantContainer(host);
}

export function removeCanaries(host: TestHost): void {
  docker("rm", "-f", CONTAINER);
  host.run([
    "sh",
    "-c",
    `systemctl stop ${UNIT}; rm -rf /etc/systemd/system/${UNIT}* ${FOLDER}; systemctl daemon-reload`,
  ]);
  pm2(host, "root", "delete", APP);
}

function plantUnit(host: TestHost): void {
  const node = fs.realpathSync(process.execPath);
  const flags = `--password=${word("ExecStart= behind --password=")} --auth-token ${word("ExecStart= behind --auth-token")}`;
  const unit = `[Unit]
Description=Holds secrets
[Service]
Environment=DB_PASSWORD=${word("Environment= of a unit")}
EnvironmentFile=${FOLDER}/unit.env
ExecStartPre=/bin/true -u app:${word("the password of curl -u in ExecStartPre=")} http://127.0.0.1/
ExecStart=${node} ${programs}/cosyworld.mjs ${flags}
ExecStartPost=/usr/bin/logger --journald=${FOLDER}/entry
`;
  const dropIn = `[Service]
Environment="WEB_PORT=3190" "API_TOKEN=${word("Environment= of a drop-in, in quotes")}"
`;
  const file = `SMTP_PASS="correct ${word("EnvironmentFile=, several words")} horse"
QUEUE=amqp://app:${word("a URL in an EnvironmentFile")}@127.0.0.1:5672/jobs
`;
  write(host, `${FOLDER}/unit.env`, file);
  write(host, `${FOLDER}/entry`, `MESSAGE=signed in\nSESSION_SECRET=${word("a field of a journal entry")}\n`);
  write(host, `/etc/systemd/system/${UNIT}`, unit);
  write(host, `/etc/systemd/system/${UNIT}.d/more.conf`, dropIn);
  host.run(["systemctl", "daemon-reload"]);
  host.run(["systemctl", "start", UNIT]);
}

function plantApp(host: TestHost): void {
  const app = {
    name: APP,
    script: path.join(programs, "cosyworld.mjs"),
    cwd: "/root",
    args: ["--token", word("PM2's arguments behind --token"), `--secret=${word("PM2's arguments behind --secret=")}`],
    env: {
      WEB_PORT: "3191",
      STRIPE_API_KEY: word("PM2's environment"),
      BROKER: `redis://worker:${word("a URL in PM2's environment")}@127.0.0.1:6379/1`,
    },
  };
  const file = path.join(host.share, "canary.config.json");
  fs.writeFileSync(file, JSON.stringify({ apps: [app] }));
  pm2(host, "root", "start", file);
  fs.rmSync(file);
}

function plantContainer(host: TestHost): void {
  const compose = `services:
  box:
    image: ${IMAGE}
    environment:
      POSTGRES_PASSWORD: ${word("docker run -e")}
  other:
    image: ${IMAGE}
    environment:
      BACKUP_PASSPHRASE: correct ${word("a passphrase of another service in the compose file")} horse
  third:
    environment:
      - SIGNING_KEY=two ${word("an item of a list in the compose file")}
      - TLS_PRIVATE_KEY: |
          first line
          ${word("a key in a block of the compose file")}
    env_file: .env
`;
  write(host, `${FOLDER}/compose.yaml`, compose);
  write(host, `${FOLDER}/.env`, `JWT_SECRET=${word("the .env beside the compose file")}\n`);
  const hash = `admin:$apr1$${word("a proxy's label with a hashed password")}$0123456789abcdefABCDEF`;
  const labels = {
    "trihelm.test": "1",
    "trihelm.test.stand-in": "1",
    "com.docker.compose.project": "canary",
    "com.docker.compose.service": "box",
    "com.docker.compose.project.working_dir": FOLDER,
    "com.docker.compose.project.config_files": `${FOLDER}/compose.yaml`,
    "com.example.api-key": word("a label with an api-key"),
    "traefik.http.middlewares.gate.basicauth.users": hash,
  };
  const environment = {
    POSTGRES_PASSWORD: word("docker run -e"),
    CACHE: `redis://:${word("a URL without a user in docker run -e")}@cache:6379/0`,
  };
  docker(
    ...["run", "-d", "--name", CONTAINER],
    ...Object.entries(labels).flatMap(([name, value]) => ["--label", `${name}=${value}`]),
    ...Object.entries(environment).flatMap(([name, value]) => ["-e", `${name}=${value}`]),
    ...[IMAGE, "sh", "-c", "sleep 1000000", "--requirepass", word("a container's command behind --requirepass")],
    `--callback=https://127.0.0.1/done?access_token=${word("a URL's access_token in a container's command")}`,
  );
}

function write(host: TestHost, file: string, text: string): void {
  host.run(["sh", "-c", `mkdir -p "$(dirname "${file}")" && cat >"${file}" && chmod 600 "${file}"`], { input: text });
}
