/** People, tokens and the trail from a shell on the server, also while it runs and when nobody can sign in any more. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { type Asked, audited } from "#lib/audit/audited.ts";
import { verify } from "#lib/audit/store.ts";
import { addPerson, changePerson, removeSecondFactor, requirePerson } from "#lib/auth/people.ts";
import { nameSchema, passwordSchema, patternsSchema, roleSchema, verbsSchema } from "#lib/auth/role.ts";
import { close as closeSetup, setupFile } from "#lib/auth/setup.ts";
import { makeToken, tokenNameSchema } from "#lib/auth/tokens.ts";
import { openDatabase } from "#lib/db/client.ts";
import { AppError } from "#lib/platform/errors.ts";
import { readConfiguration } from "./configuration.ts";
import { readPassword } from "./read-password.ts";

const list = z.string().transform((text) =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter(Boolean),
);
const narrow = { services: list.pipe(patternsSchema).optional(), verbs: list.pipe(verbsSchema).optional() };
const named = z.strictObject({ name: nameSchema });
const newUser = named.extend({ role: roleSchema.default("viewer"), ...narrow });
const newToken = z.strictObject({
  user: z.string("is missing").min(1, "is empty"),
  name: tokenNameSchema,
  role: roleSchema.optional(),
  expires: z
    .string()
    .regex(/^\d{1,4}[hd]$/, "is hours or days: 12h, 90d")
    .optional(),
  ...narrow,
});

const TYPIST = nameOfUser();

/** `user create --name alice --role admin`, password on standard input. */
export async function createUser(argv: string[]): Promise<void> {
  const { services = null, verbs = null, ...given } = read(newUser, argv);
  const password = passwordSchema.parse(await readPassword());
  await open();
  const account = { ...given, services, verbs };
  await audited(by("user.create", given.name, account), () => addPerson({ ...account, password }));
  closeSetup();
  console.log(`${given.name} has an account now, as ${given.role}.`);
}

/** `user set-password --name alice`, password on standard input: every session ends. */
export async function setPassword(argv: string[]): Promise<void> {
  const { name } = read(named, argv);
  const password = passwordSchema.parse(await readPassword());
  await open();
  const person = await requirePerson(name);
  const asked = by("user.change", person.name, { password: "changed" });
  await audited(asked, () => changePerson(person.id, { password }));
  console.log(`${person.name} has a new password and is signed out everywhere.`);
}

/** `user reset --name alice`: a new password, and no second factor any more. */
export async function resetUser(argv: string[]): Promise<void> {
  const { name } = read(named, argv);
  const password = passwordSchema.parse(await readPassword());
  await open();
  const person = await requirePerson(name);
  const asked = by("user.reset", person.name, { password: "changed", secondFactor: "removed", disabled: false });
  await audited(asked, async () => {
    await changePerson(person.id, { password, disabled: false });
    await removeSecondFactor(person.id);
  });
  console.log(`${person.name} can sign in with the new password alone.`);
}

/** `user disable --name alice`. */
export const disableUser = (argv: string[]) => setDisabled(argv, true);

/** `user enable --name alice`. */
export const enableUser = (argv: string[]) => setDisabled(argv, false);

/** `token create --user alice --name ci`: prints the token alone. */
export async function createToken(argv: string[]): Promise<void> {
  const { user, name, role = null, services = null, verbs = null, expires } = read(newToken, argv);
  await open();
  const owner = await requirePerson(user);
  const hours = expires === undefined ? null : Number.parseInt(expires, 10) * (expires.endsWith("d") ? 24 : 1);
  const intent = { name, role, services, verbs, expiresIn: hours === null ? null : hours * 3600 };
  const { token } = await audited(by("token.create", owner.name, intent), () => makeToken(owner, intent));
  console.log(token);
}

/** `setup-code`: the link and the code of the first run, as the server wrote them. */
export async function showSetupCode(argv: string[]): Promise<void> {
  read(z.strictObject({}), argv);
  readConfiguration();
  if (!fs.existsSync(setupFile()))
    throw new AppError("not_found", "There is no setup code: somebody has an account already, or the server never ran");
  process.stdout.write(fs.readFileSync(setupFile(), "utf8"));
}

/** `audit verify`: reads the whole trail. Gives 1 where a row was changed or removed. */
export async function verifyAudit(argv: string[]): Promise<number> {
  read(z.strictObject({}), argv);
  await open();
  const { rows, broken, head } = await verify();
  if (broken === null) console.log(`${rows} ${rows === 1 ? "row" : "rows"}, unbroken. The last is ${head}`);
  else
    console.error(
      `Row ${broken} does not fit the one before it: the trail was changed there. ${rows} rows before it fit.`,
    );
  return broken === null ? 0 : 1;
}

async function setDisabled(argv: string[], disabled: boolean): Promise<void> {
  const { name } = read(named, argv);
  await open();
  const person = await requirePerson(name);
  await audited(by("user.change", person.name, { disabled }), () => changePerson(person.id, { disabled }));
  console.log(`${person.name} is ${disabled ? "disabled: every session and token of theirs is refused" : "enabled"}.`);
}

function by(action: string, subject: string, intent: Record<string, unknown>): Asked {
  return { actor: `console/${TYPIST}`, address: "console", action, subject, intent };
}

/** `--name value` pairs, checked. Throws with every problem. */
function read<S extends z.ZodObject>(schema: S, argv: string[]): z.infer<S> {
  const options = Object.fromEntries(Object.keys(schema.shape).map((name) => [name, { type: "string" as const }]));
  const { values, positionals } = parseArgs({ args: argv, options, allowPositionals: true });
  // `user disable alice` says the same as `user disable --name alice`
  const [first, ...more] = positionals;
  if (more.length > 0 || (first !== undefined && (!("name" in schema.shape) || values.name !== undefined)))
    throw new AppError("validation", `${positionals.join(" ")}: not understood. Give --name value pairs`);
  const checked = schema.safeParse(first === undefined ? values : { ...values, name: first });
  if (checked.success) return checked.data;
  const problems = checked.error.issues.map(({ path, message }) => `--${path[0]?.toString() ?? ""} ${message}`);
  throw new AppError("validation", problems.join("\n"));
}

function nameOfUser(): string {
  try {
    return os.userInfo().username;
  } catch {
    // a container may run as a user that has no name in it
    return String(process.getuid?.() ?? "unknown");
  }
}

/** As the owner of the data folder where root asks: files of root's making would shut the server out. */
async function open(): Promise<void> {
  const { dataDir } = readConfiguration();
  // the migrations are found from there; and another user's folder would be another one, where none was named
  process.chdir(path.dirname(import.meta.dirname));
  process.env.TRIHELM_DATA_DIR = dataDir;
  const owner = process.getuid?.() === 0 && fs.existsSync(dataDir) ? fs.statSync(dataDir) : null;
  if (owner && owner.uid !== 0) {
    process.setgroups?.([owner.gid]);
    process.setgid?.(owner.gid);
    process.setuid?.(owner.uid);
  }
  await openDatabase();
}
