/** Databases that are told by their image, and the command by which each writes itself out whole while it runs. */

export interface DumpProfile {
  kind: "postgresql" | "mysql" | "mariadb" | "redis";
  /** what people call it */
  title: string;
  /** of the file in the archive */
  file: string;
  /** never with a secret in it: the container's own environment has what it needs, and a shell there puts it in */
  argv: readonly string[];
  /** why a dump beside the files is worth having, in a sentence */
  hint: string;
}

const HINT =
  "its files can be restored only into the same version. A dump restores into any newer one and needs no pause";

const variable = (name: string, otherwise: string) => `\${${name}:-${otherwise}}`;
const POSTGRESQL: DumpProfile = {
  kind: "postgresql",
  title: "PostgreSQL",
  file: "postgresql.sql",
  argv: ["sh", "-c", `exec pg_dumpall --clean --if-exists --username "${variable("POSTGRES_USER", "postgres")}"`],
  hint: `PostgreSQL runs on this volume: ${HINT}`,
};
const MYSQL_OPTIONS = "--all-databases --single-transaction --quick --routines --events --triggers";
const fromFile = (name: string) => `$(cat "${variable(name, "/dev/null")}")`;
const MYSQL_PASSWORD = variable("MYSQL_ROOT_PASSWORD", fromFile("MYSQL_ROOT_PASSWORD_FILE"));
const MYSQL: DumpProfile = {
  kind: "mysql",
  title: "MySQL",
  file: "mysql.sql",
  argv: ["sh", "-c", `export MYSQL_PWD="${MYSQL_PASSWORD}"; exec mysqldump --user root ${MYSQL_OPTIONS}`],
  hint: `MySQL runs on this volume: ${HINT}`,
};
const MARIADB_PASSWORD = variable(
  "MARIADB_ROOT_PASSWORD",
  variable("MYSQL_ROOT_PASSWORD", fromFile("MARIADB_ROOT_PASSWORD_FILE")),
);
const MARIADB: DumpProfile = {
  kind: "mariadb",
  title: "MariaDB",
  file: "mariadb.sql",
  argv: [
    "sh",
    "-c",
    `export MYSQL_PWD="${MARIADB_PASSWORD}"; exec $(command -v mariadb-dump || command -v mysqldump) --user root ${MYSQL_OPTIONS}`,
  ],
  hint: `MariaDB runs on this volume: ${HINT}`,
};
const REDIS: DumpProfile = {
  kind: "redis",
  title: "Redis",
  file: "dump.rdb",
  argv: ["sh", "-c", "exec $(command -v redis-cli || command -v valkey-cli || command -v keydb-cli) --rdb -"],
  hint: "Redis runs on this volume: what it holds in memory is newer than its files. A dump has all of it",
};

const IMAGES: readonly (readonly [RegExp, DumpProfile])[] = [
  [/^(postgres|postgresql|postgis|timescaledb|timescaledb-ha|pgvector|pgvecto-rs|supabase-postgres)$/, POSTGRESQL],
  [/^(mariadb|mariadb-galera|linuxserver-mariadb)$/, MARIADB],
  [/^(mysql|mysql-server|percona|percona-server)$/, MYSQL],
  [/^(redis|redis-stack|redis-stack-server|valkey|keydb)$/, REDIS],
];

/** By the last part of an image's name, whatever its registry and tag: `docker.io/library/postgres:16` is PostgreSQL. */
export function profileOf(image: string): DumpProfile | null {
  const last = image.split("@")[0]?.split("/").at(-1)?.split(":")[0]?.toLowerCase() ?? "";
  return IMAGES.find(([name]) => name.test(last))?.[1] ?? null;
}
