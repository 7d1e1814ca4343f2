export async function forgetSnapshot(snapshot: string, signal: AbortSignal): Promise<void> {
  void [snapshot, signal];
}
