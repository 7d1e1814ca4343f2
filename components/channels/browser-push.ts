/** This browser and web push: whether it can, whether it does, and how it begins and ends. */

const WORKER = "/push-worker.js";

export type PushStanding =
  /** why not, in a sentence */
  | { state: "cannot"; why: string }
  | { state: "off" }
  /** `endpoint`: where its messages go, which is what the server knows it by */
  | { state: "on"; endpoint: string };

/** How it stands, without asking anybody for anything. */
export async function pushStanding(): Promise<PushStanding> {
  const why = whyNot();
  if (why) return { state: "cannot", why };
  const registration = await navigator.serviceWorker.getRegistration("/");
  const subscription = await registration?.pushManager.getSubscription();
  return subscription ? { state: "on", endpoint: subscription.endpoint } : { state: "off" };
}

/** Asks the person, then the browser's own push service. Throws `Error` with a sentence where either refuses. `key`: the server's. */
export async function subscribe(key: string): Promise<PushSubscriptionJSON> {
  if ((await Notification.requestPermission()) !== "granted")
    throw new Error("This browser was told not to show notifications of this page. Its site settings can allow them.");
  await navigator.serviceWorker.register(WORKER, { scope: "/" });
  const registration = await navigator.serviceWorker.ready;
  try {
    const options = { userVisibleOnly: true, applicationServerKey: key };
    return (await registration.pushManager.subscribe(options)).toJSON();
  } catch (cause) {
    throw new Error(`This browser's push service refused: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

export async function unsubscribe(): Promise<void> {
  const registration = await navigator.serviceWorker.getRegistration("/");
  await (await registration?.pushManager.getSubscription())?.unsubscribe();
}

function whyNot(): string | null {
  if (!window.isSecureContext)
    return "Browsers allow it only over HTTPS, or at localhost. Put a proxy with a certificate before Trihelm.";
  if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window))
    return "This browser cannot do it. On an iPhone or iPad, add this page to the home screen first.";
  if (Notification.permission === "denied")
    return "This browser was told not to show notifications of this page. Its site settings can allow them again.";
  return null;
}
