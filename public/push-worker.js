// Shows what Trihelm pushes to this browser, and leads to it. It does nothing else: no page is served out of it.
self.addEventListener("push", (event) => {
  const told = event.data ? event.data.json() : {};
  event.waitUntil(
    self.registration.showNotification(String(told.title || "Trihelm"), {
      body: String(told.body || ""),
      // the same alert again takes the place of what was shown about it
      tag: String(told.tag || "trihelm"),
      renotify: told.kind !== "recovered" && told.kind !== "acknowledged",
      requireInteraction: told.severity === "critical" && told.kind === "opened",
      timestamp: Date.parse(told.at) || Date.now(),
      data: { url: String(told.url || "/") },
    }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const told = new URL(event.notification.data.url, self.location.origin);
  // only ever a page of this server, under whichever name this browser knows it
  const target = new URL(`${told.pathname}${told.search}`, self.location.origin).href;
  event.waitUntil(
    self.clients.matchAll({ type: "window", includeUncontrolled: true }).then((windows) => {
      const open = windows.find((one) => one.url === target);
      return open ? open.focus() : self.clients.openWindow(target);
    }),
  );
});
