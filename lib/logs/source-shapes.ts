/**
 * Sources of lines that are no services: the kernel's part of the journal, and files that an administrator named. Their ids
 * stand wherever a service's id may: `/services/{id}/logs`, `?service={id}`.
 *
 * `GET /log-sources`: everything of that kind. `POST /log-sources` `{pattern, title?, service?}` and
 * `DELETE /log-sources/{key}` are for administrators. `GET /log-sources/boots`: the boots that the journal knows, newest
 * first; `boot=0`, `boot=-1` or `boot={id}` on any log bounds it to the time of that boot.
 */
import { z } from "zod";

export const logSourceSchema = z.object({
  id: z.string().describe("`local/journal/kernel`, or `local/file/{key}`"),
  kind: z.enum(["kernel", "file"]),
  title: z.string(),
  service: z.string().nullable().describe("id of the service that the file belongs to; null: it stands alone"),
  pattern: z.string().nullable().describe("path or glob; null: no file"),
  files: z.number().int().nullable().describe("how many files the pattern finds now, 200 at most"),
  problem: z.string().nullable().describe("why nothing can be read there now, in one sentence"),
  createdAt: z.string().nullable(),
});
export type LogSourceEntry = z.infer<typeof logSourceSchema>;

export const newLogSourceSchema = z.strictObject({
  pattern: z
    .string()
    .min(2)
    .max(1000)
    .describe("absolute path, or a glob with * ? [] {} **; `~/` is the home of the user that Trihelm runs as"),
  title: z.string().max(200).optional().describe("the pattern unless told"),
  service: z.string().max(1000).nullable().optional().describe("id of the service that it belongs to"),
});
export type NewLogSource = z.infer<typeof newLogSourceSchema>;

export const bootSchema = z.object({
  id: z.string().describe("32 hexadecimal digits"),
  index: z.number().int().describe("0: now; -1: the one before"),
  from: z.string().describe("time of its first entry"),
  to: z.string().describe("time of its last entry"),
});
export type Boot = z.infer<typeof bootSchema>;
