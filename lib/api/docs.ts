/** The API's own page: plain HTML out of the OpenAPI document, readable without script and without another host. */
import type { Context } from "hono";
import { html, raw } from "hono/html";
import { nonceOf } from "#lib/platform/browser-policy.ts";
import type { OpenApiDocument } from "./openapi.ts";

interface Operation {
  summary?: string;
  description?: string;
  parameters?: { name: string; in: string; required?: boolean; description?: string; schema?: Schema }[];
  requestBody?: { content?: Record<string, { schema?: Schema }> };
  responses?: Record<string, { description?: string; content?: Record<string, { schema?: Schema }> }>;
}

interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  description?: string;
  anyOf?: Schema[];
}

const STYLE = `body{font:14px/20px system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}
code,h2{font-family:ui-monospace,monospace}h2{font-size:15px;margin:2rem 0 .25rem;border-top:1px solid #8884;padding-top:1rem}
td,th{text-align:left;vertical-align:top;padding:.125rem 1rem .125rem 0}table{border-collapse:collapse}`;

/** Every operation with its parameters, body and answers. */
export function docs(c: Context, document: OpenApiDocument): Response | Promise<Response> {
  const operations = Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, Operation>).map(([method, operation]) => ({ path, method, operation })),
  );
  const schemas = Object.entries((document.components?.schemas ?? {}) as Record<string, Schema>);
  return c.html(html`<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<link rel="icon" href="/icon.svg"><title>API · Trihelm</title><style nonce="${nonceOf(c.req.raw.headers) ?? ""}">${raw(STYLE)}</style></head><body><main><h1>Trihelm API</h1>
<p>${document.info.description} The document itself: <a href="/api/v1/openapi.json">openapi.json</a></p>
${operations.map(({ path, method, operation }) => operationOf(path, method, operation))}
<h1>Shapes</h1>${schemas.map(([name, schema]) => html`<h2 id="${name}">${name}</h2>${fieldsOf(schema)}`)}
</main></body></html>`);
}

function operationOf(path: string, method: string, operation: Operation) {
  const body = Object.values(operation.requestBody?.content ?? {})[0]?.schema;
  return html`<section><h2>${method.toUpperCase()} ${path}</h2><p>${operation.summary}. ${operation.description}</p>
${(operation.parameters ?? []).length > 0 ? html`<table><tbody>${operation.parameters!.map((p) => row(`${p.name}${p.required ? "" : "?"}`, `${p.in}, ${typeOf(p.schema)}`, p.description))}</tbody></table>` : ""}
${body ? html`<p>Body</p>${fieldsOf(body)}` : ""}
<table><tbody>${Object.entries(operation.responses ?? {}).map(([status, answer]) => row(status, typeOf(Object.values(answer.content ?? {})[0]?.schema), answer.description))}</tbody></table></section>`;
}

function fieldsOf(schema: Schema) {
  return html`<table><tbody>${Object.entries(schema.properties ?? {}).map(([name, inner]) =>
    row(`${name}${schema.required?.includes(name) ? "" : "?"}`, typeOf(inner), inner.description),
  )}</tbody></table>`;
}

function row(name: string, type: string, text: string | undefined) {
  return html`<tr><td><code>${name}</code></td><td><code>${type}</code></td><td>${text}</td></tr>`;
}

function typeOf(schema: Schema | undefined): string {
  if (!schema) return "";
  if (schema.$ref) return schema.$ref.split("/").at(-1) ?? "";
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(" | ");
  if (schema.items) return `${typeOf(schema.items)}[]`;
  if (schema.properties) return `{ ${Object.keys(schema.properties).join(", ")} }`;
  return [schema.type ?? "any"].flat().join(" | ");
}
