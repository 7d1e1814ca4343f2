/**
 * Between the account library and its tables: the library would keep what a cookie holds as it is, and whoever reads the
 * database could then be anybody. Here only its hash is stored, and put back where the library goes on with the session.
 */

import { hashSecret } from "./secret.ts";
import type { libraryDatabase } from "./store.ts";

type Open = Awaited<ReturnType<typeof libraryDatabase>>;
type Adapter = ReturnType<Open>;
type Where = NonNullable<Parameters<Adapter["findMany"]>[0]["where"]>;

/** The library's adapter with session tokens hashed on the way in. */
export function withHashedSessions(open: Open): Open {
  return (options) => hashing(open(options));
}

function hashing(inner: Adapter): Adapter {
  const wrapped: Adapter = {
    ...inner,
    async create(request) {
      const token = tokenIn(request.model, request.data);
      if (token === null) return inner.create(request);
      const made = await inner.create({ ...request, data: { ...request.data, token: hashSecret(token) } });
      return { ...made, token } as never;
    },
    async findOne(request) {
      const found = await inner.findOne({ ...request, where: hashed(request.model, request.where) });
      const token = request.where.find(({ field }) => field === "token")?.value;
      return (found && request.model === "session" && token ? { ...found, token } : found) as never;
    },
    async findMany(request) {
      return (await inner.findMany({ ...request, where: hashed(request.model, request.where) })) as never;
    },
    async update(request) {
      const done = await inner.update({ ...request, where: hashed(request.model, request.where) });
      const token = request.where.find(({ field }) => field === "token")?.value;
      return (done && request.model === "session" && token ? { ...done, token } : done) as never;
    },
    updateMany: (request) => inner.updateMany({ ...request, where: hashed(request.model, request.where) }),
    delete: (request) => inner.delete({ ...request, where: hashed(request.model, request.where) }),
    deleteMany: (request) => inner.deleteMany({ ...request, where: hashed(request.model, request.where) }),
    count: (request) => inner.count({ ...request, where: hashed(request.model, request.where) }),
  };
  return wrapped;
}

function tokenIn(model: string, data: object): string | null {
  return model === "session" && "token" in data && typeof data.token === "string" ? data.token : null;
}

function hashed<W extends Where | undefined>(model: string, where: W): W extends undefined ? Where | undefined : Where {
  if (model !== "session" || !where) return where as never;
  return where.map((one) => {
    if (one.field !== "token") return one;
    const value = Array.isArray(one.value)
      ? one.value.map((item) => hashSecret(String(item)))
      : hashSecret(String(one.value));
    return { ...one, value };
  }) as never;
}
