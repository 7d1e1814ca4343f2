// Behaves like the Fondation worker: several of them poll for jobs, and a job reports its six steps as text.
const STEPS = ["Extracting", "Analyzing", "Ordering", "Generating", "Reviewing", "Publishing"];
const id = process.env.NODE_APP_INSTANCE ?? "0";
const every = Number(process.env.POLL_INTERVAL ?? 5000);

console.log(`🚀 Starting Fondation Worker ${id}`);
console.log("Config:", {
  workerId: `worker-${id}`,
  convexUrl: process.env.CONVEX_URL ? "✓ Set" : "✗ Missing",
  pollInterval: every,
});
console.log("ready fondation-worker");

let polls = 0;
setInterval(() => {
  polls += 1;
  console.log("🔍 Polling for jobs...");
  if (polls % 3 !== Number(id) % 3) return;
  console.log(`Job claimed: repo-${polls}`);
  for (const [index, step] of STEPS.entries())
    setTimeout(() => console.log(`Step ${index + 1}/${STEPS.length}: ${step} repo-${polls}`), 150 * index);
  if (polls % 9 === 0) console.error("❌ CLI execution failed: Analysis timed out after 1 hour");
}, every);
process.on("SIGTERM", stop);
process.on("SIGINT", stop);

function stop() {
  console.log("🛑 shutting down gracefully...");
  process.exit(0);
}
