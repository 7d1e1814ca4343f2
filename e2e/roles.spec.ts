import { expect, test } from "./fixtures.ts";
import { BoardPage } from "./pages/board.ts";

const UNIT = "clawdis-gateway.service";

test("who is not signed in sees no service, and is sent to sign in", async ({ pageAs }) => {
  const page = await pageAs(null);
  for (const path of ["/", "/logs", `/services/local/systemd/${UNIT}`]) {
    await page.goto(path);
    await expect(page).toHaveURL(/\/sign-in/);
    expect(await page.content()).not.toContain("wa-scheduler");
  }
});

test("a viewer sees the board and is offered no action; an operator is", async ({ pageAs }) => {
  const viewer = new BoardPage(await pageAs("viewer"));
  await viewer.open();
  await expect(viewer.row(UNIT)).toBeVisible();
  await expect(await viewer.button("Restart", UNIT)).toHaveCount(0);
  const operator = new BoardPage(await pageAs("operator"));
  await operator.open();
  await expect(await operator.button("Restart", UNIT)).toBeVisible();
});
