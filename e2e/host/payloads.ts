/** Services whose names, words and values are pieces of HTML and script, wherever their supervisor lets somebody write one. */
import fs from "node:fs";
import path from "node:path";
import { docker } from "./containers.ts";
import type { TestHost } from "./host.ts";
import { pm2 } from "./stand-ins.ts";

const UNIT = "payload.service";
/** `xss` is set on the window of a page that runs any of them; each brings an element that nothing else on a page is */
export const PAYLOADS = [
  `<img src=x class=payload onerror="window.xss=1">`,
  `"><svg class=payload onload=window.xss=1>`,
  `'><script class=payload>window.xss=1</script>`,
  `</script><script class=payload>window.xss=1</script>`,
  `<iframe class=payload srcdoc="<script>parent.xss=1</script>"></iframe>`,
  `javascript:window.xss=1//`,
  "\u001b]8;;javascript:window.xss=1\u0007click\u001b]8;;\u0007",
  `{{constructor.constructor('window.xss=1')()}}`,
] as const;
const all = PAYLOADS.join(" ");
const tag = PAYLOADS[0];

export const APP = tag.replace(/"/g, "");
export const CONTAINER = "onerror-alert.1";

export function plantPayloads(host: TestHost): void {
  plantUnit(host);
  plantApp(host);
  plantContainer();
}

export function removePayloads(host: TestHost): void {
  docker("rm", "-f", "-v", CONTAINER);
  docker("volume", "rm", "-f", "onerror-volume");
  host.run([
    "sh",
    "-c",
    `systemctl stop ${UNIT}; rm -f /etc/systemd/system/${UNIT} /run/payload.sh; systemctl daemon-reload`,
  ]);
  pm2(host, "root", "delete", APP);
}

function plantUnit(host: TestHost): void {
  const lines = PAYLOADS.map((payload) => `printf '%s\\n' '${payload.replaceAll("'", `'\\''`)}'`).join("\n");
  const json = JSON.stringify({ level: "error", msg: tag, [tag]: tag });
  host.run(["tee", "/run/payload.sh"], { input: `while :; do\n${lines}\nprintf '%s\\n' '${json}'\nsleep 3\ndone\n` });
  // systemd takes a specifier out of a single percent sign, and these have none
  const unit = `[Unit]
Description=${PAYLOADS.slice(0, 6).join(" ")}
[Service]
Environment='PAYLOAD=${tag}'
ExecStart=/bin/sh /run/payload.sh '${tag}'
# ${all.replaceAll("\u001b", "")}
`;
  host.run(["tee", `/etc/systemd/system/${UNIT}`], { input: unit });
  host.run(["systemctl", "daemon-reload"]);
  host.run(["systemctl", "start", UNIT]);
}

function plantApp(host: TestHost): void {
  const script = path.join(host.share, "payload.mjs");
  const lines = JSON.stringify(PAYLOADS);
  fs.writeFileSync(script, `setInterval(() => { for (const line of ${lines}) console.log(line); }, 3000);\n`);
  const env = { PAYLOAD: tag, "<b class=payload>NAME": tag };
  const app = { name: APP, namespace: `<b class=payload>`, script, args: [tag], cwd: "/root", env };
  const file = path.join(host.share, "payload.config.json");
  fs.writeFileSync(file, JSON.stringify({ apps: [app] }));
  pm2(host, "root", "start", file);
  fs.rmSync(file);
}

function plantContainer(): void {
  const labels = {
    "trihelm.test": "1",
    "trihelm.test.stand-in": "1",
    "com.docker.compose.project": `<b class=payload>`,
    "com.docker.compose.service": tag,
    "com.docker.compose.depends_on": `${tag}:service_started:false`,
    "com.docker.compose.project.config_files": `/srv/${tag}.yaml`,
    "com.docker.compose.project.working_dir": "/srv",
    "<b>payload": all,
  };
  const says = `while :; do ${PAYLOADS.map((payload) => `echo '${payload.replaceAll("'", `'\\''`)}'`).join("; ")}; sleep 3; done`;
  docker(
    ...["run", "-d", "--name", CONTAINER, "-v", "onerror-volume:/data", "-v", "/tmp:/mnt/<img class=payload>"],
    ...["-e", `PAYLOAD=${tag}`, "-e", `<b class=payload>=${tag}`],
    ...["--health-cmd", `echo '${tag}'; false`, "--health-interval", "1s", "--health-retries", "1"],
    ...Object.entries(labels).flatMap(([name, value]) => ["--label", `${name}=${value}`]),
    ...["trihelm-test/wa-scheduler:latest", "sh", "-c", says, tag],
  );
}
