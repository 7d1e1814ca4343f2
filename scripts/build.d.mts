/** Generates the database client from the schema, if the schema is another one. */
export function ensureClient(say: (line: string) => unknown): void;
