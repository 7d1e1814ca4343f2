import os from "node:os";
import { createRoute, z } from "@hono/zod-openapi";
import { AppError } from "#lib/platform/errors.ts";
import { act } from "#lib/services/act.ts";
import { detailSchema } from "#lib/services/detail.ts";
import { serviceId } from "#lib/services/id.ts";
import { mark } from "#lib/services/mark.ts";
import { readService, readServices } from "#lib/services/read.ts";
import { reveal } from "#lib/services/reveal.ts";
import { boardSchema, serviceSchema, supervisorSchema } from "#lib/services/service.ts";
import { viewService, viewServices, viewSupervisors } from "#lib/services/view.ts";
import { SERVICE_ACTIONS, SERVICE_STATES } from "#lib/supervisors/supervisor.ts";
import { actorOf, callerOf } from "./caller.ts";
import { access } from "./gate.ts";
import { problemResponses } from "./problem.ts";
import { router } from "./router.ts";

const Service = z.object(serviceSchema.shape).openapi("Service");
const Supervisor = z.object(supervisorSchema.shape).openapi("Supervisor");
const address = z.object({
  host: z.string().openapi({ example: "local" }),
  scope: z.string().openapi({ example: "docker" }),
  name: z.string().openapi({ example: "umami" }),
});

const list = createRoute({
  method: "get",
  path: "/services",
  ...access("read", "filtered"),
  summary: "Every service, side by side",
  tags: ["Services"],
  request: {
    query: z.strictObject({
      supervisor: z.string().optional().describe("a kind, a scope or an id: docker, pm2@deploy, local/docker"),
      state: z.enum(SERVICE_STATES).optional(),
      q: z.string().max(200).optional().describe("in name, title, group, source, state or :port"),
      all: z.enum(["0", "1"]).optional().describe("1: also the units that no administrator wrote or enabled"),
    }),
  },
  responses: {
    200: {
      description: "from memory: no daemon is asked",
      content: {
        "application/json": {
          schema: z.object({ ...boardSchema.shape, items: z.array(Service), supervisors: z.array(Supervisor) }),
        },
      },
    },
    ...problemResponses("validation"),
  },
});

const one = createRoute({
  method: "get",
  path: "/services/{host}/{scope}/{name}",
  ...access("read", "path"),
  summary: "One service with its native detail",
  tags: ["Services"],
  request: { params: address },
  responses: {
    200: {
      description: "secrets are masked; detail is null while its supervisor does not give it, and problem says why",
      content: {
        "application/json": {
          schema: Service.extend({ detail: detailSchema.nullable(), problem: z.string().nullable() }),
        },
      },
    },
    ...problemResponses("not_found"),
  },
});

const action = createRoute({
  method: "post",
  path: "/services/{host}/{scope}/{name}/{action}",
  ...access("act", "path"),
  summary: "Act on a service",
  description:
    "Answers when the supervisor says it is done. 409 while an action is under way (`joined` when it is the same one), when the name has to be confirmed (`confirm`) or a start limit would be hit (`retryAfter`).",
  tags: ["Services"],
  request: {
    params: address.extend({ action: z.enum(SERVICE_ACTIONS) }),
    body: {
      required: false,
      content: {
        "application/json": {
          schema: z.strictObject({
            timeout: z.number().min(0).max(3600).optional().describe("seconds to end by itself before it is killed"),
            signal: z
              .string()
              .refine((name) => name in os.constants.signals, "is a signal's name, such as SIGTERM")
              .optional()
              .describe("for kill; SIGKILL unless told"),
            force: z.boolean().optional().describe("go on although a start limit would be hit"),
            confirm: z.string().optional().describe("the service's name, where it is asked for"),
          }),
        },
      },
    },
  },
  responses: {
    200: {
      description: "done",
      content: { "application/json": { schema: z.object({ service: Service, tookMs: z.number().int() }) } },
    },
    ...problemResponses("validation", "not_found", "conflict", "action_failed", "supervisor_unavailable", "timeout"),
  },
});

const revealed = createRoute({
  method: "post",
  path: "/services/{host}/{scope}/{name}/reveal",
  ...access("reveal", "path", { fresh: true }),
  summary: "One masked environment variable as it is",
  tags: ["Services"],
  request: {
    params: address,
    body: {
      required: true,
      content: { "application/json": { schema: z.strictObject({ name: z.string().min(1).max(1000) }) } },
    },
  },
  responses: {
    200: {
      description: "its reading is in the audit trail",
      content: { "application/json": { schema: z.object({ name: z.string(), value: z.string() }) } },
    },
    ...problemResponses("validation", "forbidden", "not_found", "supervisor_unavailable"),
  },
});

const change = createRoute({
  method: "patch",
  path: "/services/{host}/{scope}/{name}",
  ...access("configure", "path"),
  summary: "Pin to the board, protect",
  tags: ["Services"],
  request: {
    params: address,
    body: {
      required: true,
      content: {
        "application/json": {
          schema: z.strictObject({ pinned: z.boolean().optional(), protected: z.boolean().optional() }),
        },
      },
    },
  },
  responses: {
    200: { description: "the service as it is now", content: { "application/json": { schema: Service } } },
    ...problemResponses("validation", "not_found"),
  },
});

export const services = router()
  .openapi(list, (c) => {
    const { all, ...filter } = c.req.valid("query");
    const board = readServices({ ...filter, all: all === "1" });
    const { access: allowed } = callerOf(c);
    const items = viewServices(board.items, allowed);
    return c.json({ ...board, items, supervisors: viewSupervisors(board.supervisors, allowed) }, 200);
  })
  .openapi(one, async (c) => {
    const id = idOf(c.req.valid("param"));
    const reading = await readService(id);
    if (!reading) throw unknown(id);
    const service = viewService(reading.service, callerOf(c).access)!;
    return c.json({ ...service, detail: reading.detail, problem: reading.problem }, 200);
  })
  // before the actions: their pattern fits this path too
  .openapi(revealed, async (c) => {
    const { name } = c.req.valid("json");
    return c.json(await reveal({ id: idOf(c.req.valid("param")), name, ...actorOf(c) }), 200);
  })
  .openapi(action, async (c) => {
    const param = c.req.valid("param");
    const body = c.req.valid("json") ?? {};
    const request = {
      timeout: body.timeout ?? null,
      signal: body.signal ?? null,
      force: body.force ?? false,
      confirm: body.confirm ?? null,
    };
    const done = await act({ id: idOf(param), action: param.action, ...request, ...actorOf(c) });
    return c.json({ ...done, service: viewService(done.service, callerOf(c).access)! }, 200);
  })
  .openapi(change, async (c) => {
    const id = idOf(c.req.valid("param"));
    const marked = await mark({ id, ...c.req.valid("json"), ...actorOf(c) });
    return c.json(viewService(marked, callerOf(c).access)!, 200);
  });

function idOf(param: { host: string; scope: string; name: string }): string {
  return serviceId(param.host, param.scope, param.name);
}

function unknown(id: string): AppError {
  return new AppError("not_found", `There is no service ${id}. GET /api/v1/services?all=1 lists them`);
}
