import { expect, test } from "./fixtures.ts";

const told = {
  ...{
    title: "wa-worker failed",
    body: "It ended with exit code 1.",
    tag: "i-1",
    severity: "critical",
    kind: "opened",
  },
  ...{ url: "https://another.example/alerts?state=open", at: "2026-11-21T10:00:00.000Z" },
};

/** What the browser itself does when its push service has something, without such a service. */
test("the page's worker shows what is pushed, the same alert once, and no other script becomes a worker", async ({
  page,
  context,
}) => {
  await context.grantPermissions(["notifications"]);
  await page.goto("/");
  const registered = (file: string) =>
    page.evaluate(async (name) => {
      try {
        await navigator.serviceWorker.register(name, { scope: "/" });
        await navigator.serviceWorker.ready;
        return "registered";
      } catch (error) {
        return String(error);
      }
    }, file);
  expect(await registered("/icon.svg")).toMatch(/No script is loaded from/);
  expect(await registered("/push-worker.js")).toBe("registered");

  const devTools = await context.newCDPSession(page);
  const known = new Promise<string>((resolve) => {
    devTools.on("ServiceWorker.workerRegistrationUpdated", ({ registrations: [first] }) => {
      if (first) resolve(first.registrationId);
    });
  });
  await devTools.send("ServiceWorker.enable");
  const where = { origin: new URL(page.url()).origin, registrationId: await known };
  for (const data of [told, told, { ...told, tag: "i-2", title: "db failed" }])
    await devTools.send("ServiceWorker.deliverPushMessage", { ...where, data: JSON.stringify(data) });
  const shown = () =>
    page.evaluate(async () => {
      const registration = await navigator.serviceWorker.ready;
      return (await registration.getNotifications()).map(({ title, body, tag }) => ({ title, body, tag }));
    });
  const { title, body, tag } = told;
  await expect.poll(shown).toEqual([
    { title, body, tag },
    { title: "db failed", body, tag: "i-2" },
  ]);
});
