import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, expect, test } from "vitest";
import { migrate } from "./migrate.ts";

let folder: string;
let file: string;
const real = path.resolve("prisma/migrations");

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "trihelm-migrate-"));
  file = path.join(folder, "data", "t.db");
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

function written(...scripts: [name: string, sql: string][]): string {
  const migrations = path.join(folder, "migrations");
  for (const [name, sql] of scripts) {
    fs.mkdirSync(path.join(migrations, name), { recursive: true });
    fs.writeFileSync(path.join(migrations, name, "migration.sql"), sql);
  }
  return migrations;
}

function rows(sql: string): unknown[] {
  const db = new Database(file, { readonly: true });
  try {
    return db.prepare(sql).all();
  } finally {
    db.close();
  }
}

test("the project's own migrations apply to an empty folder, once, and the file is private", () => {
  expect(migrate(file, real).length).toBeGreaterThan(0);
  expect(migrate(file, real)).toEqual([]);
  expect(fs.statSync(file).mode & 0o077).toBe(0);
  expect(rows("SELECT finished_at FROM _prisma_migrations")).not.toContainEqual({ finished_at: null });
});

test("a migration that fails is rolled back whole and the data stays", () => {
  migrate(file, written(["1", "CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (7);"]));
  const bad = written(["2", "DELETE FROM t; CREATE TABLE u (a INTEGER); SELECT nonsense();"]);
  expect(() => migrate(file, bad)).toThrow(/2 failed.*nonsense/s);
  expect(rows("SELECT a FROM t")).toEqual([{ a: 7 }]);
  expect(rows("SELECT name FROM sqlite_master WHERE name = 'u'")).toEqual([]);
});

test("a database of a newer version is refused and left alone", () => {
  migrate(file, written(["1", "CREATE TABLE t (a INTEGER);"], ["9", "CREATE TABLE later (a INTEGER);"]));
  fs.rmSync(path.join(folder, "migrations", "9"), { recursive: true });
  expect(() => migrate(file, path.join(folder, "migrations"))).toThrow(/newer than this version/);
  expect(rows("SELECT name FROM sqlite_master WHERE name = 'later'")).toHaveLength(1);
});

test("a migration whose text was changed afterwards is refused", () => {
  migrate(file, written(["1", "CREATE TABLE t (a INTEGER);"]));
  expect(() => migrate(file, written(["1", "CREATE TABLE t (a TEXT);"]))).toThrow(/another text/);
});

test("redefining a parent table keeps its children, and a copy of the old file is kept", () => {
  const first =
    "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p INTEGER REFERENCES p(id) ON DELETE CASCADE); INSERT INTO p VALUES (1); INSERT INTO c VALUES (1);";
  migrate(file, written(["1", first]));
  migrate(
    file,
    written([
      "2",
      "CREATE TABLE n (id INTEGER PRIMARY KEY, x TEXT); INSERT INTO n(id) SELECT id FROM p; DROP TABLE p; ALTER TABLE n RENAME TO p;",
    ]),
  );
  expect(rows("SELECT count(*) AS n FROM c")).toEqual([{ n: 1 }]);
  expect(fs.existsSync(`${file}.before-migration`)).toBe(true);
});
