/** A process of its own that sends what waits, to be killed in the middle of it. */
import { openDatabase } from "#lib/db/client.ts";
import { runDeliveries } from "./deliveries.ts";

await openDatabase();
await runDeliveries(new AbortController().signal);
