// The journeys of the people at the desk, each with and without script.
import { execFileSync } from "node:child_process";
import { demo, expect, test } from "./desk.js";

const PROGRAM = process.env.DESK_PROGRAM ?? "../target/debug/daybook";
/** The command line on the demo's book. */
const daybook = (...args) => execFileSync(PROGRAM, ["--config", process.env.DESK_DEMO_CONFIG, "--json", ...args], { encoding: "utf8" });

for (const script of [true, false]) {
  test.describe(script ? "with script" : "without script", () => {
    test.use({ javaScriptEnabled: script });

    test("is all well?", async ({ page }) => {
      await page.goto("/");
      await expect(page.locator("#truth p")).toContainText(/stores? (are|is) up to date/);
      await expect(page.locator("#stores tr")).toHaveCount(6);
      await expect(page.locator("#flow li")).toHaveCount(7);
    });

    test("where is receipt X?", async ({ page }) => {
      const [entry] = JSON.parse(daybook("entries", "--state", "confirmed", "--limit", "1")).entries;
      await page.goto("/");
      await page.getByRole("searchbox").first().fill(entry.receipt);
      await page.getByRole("button", { name: "Find" }).first().click();
      // A receipt number is unique in a register only: one of them leads to the page, more to a list.
      if (new URL(page.url()).pathname === "/find") { await page.getByRole("link", { name: entry.reference, exact: true }).click(); }
      await expect(page.getByRole("heading", { level: 1 })).toContainText(entry.reference);
      await expect(page.locator("main")).toContainText(entry.document.number);
      await expect(page.locator("#timeline li").first()).toBeVisible();
      await expect(page.locator("tfoot")).toContainText("the same");
    });

    test("nothing is found, and it says so", async ({ page }) => {
      await page.goto("/find?q=no-such-thing");
      await expect(page.getByRole("status")).toContainText("Nothing is known");
    });
  });
}

test("unmapped SKU: map, preview, release, watch it post", async ({ page }) => {
  const groups = JSON.parse(run(["exceptions", "list"])).groups;
  const group = groups.find((one) => one.cause === "sku-unmapped");
  // What OrderWise sells for certain: it is on a receipt that is in its books.
  const [sold] = JSON.parse(daybook("entries", "--state", "confirmed", "--limit", "1")).entries;
  await page.goto(`/entries/${sold.reference}`);
  const code = await page.locator("tbody th.mono").first().textContent();
  await page.goto("/exceptions");
  await page.locator("#groups tr").filter({ hasText: group.subject }).getByRole("link").click();
  await page.getByLabel(/: code$/).fill(code);
  await page.getByRole("button", { name: "Show what it would do" }).click();
  await expect(page.locator(".note-well")).toContainText(/releases \d+ entr/);
  await page.screenshot({ path: "screenshots/journey-preview.png", fullPage: true });
  await page.getByRole("button", { name: "Set the mapping and release" }).click();
  await expect(page.locator(".note-well").first()).toContainText(/released/);
  await expect(page.locator("main")).toContainText("None is open any more");
  await page.goto("/mappings/sku");
  await expect(page.locator("tbody").last()).toContainText(code);
});

test("posting is paused, a sale waits, and it goes on", async ({ page }) => {
  await page.goto("/health");
  await page.getByLabel("Why Posting to OrderWise is paused").fill("stock-take");
  await page.locator("form", { has: page.getByLabel("Why Posting to OrderWise is paused") }).getByRole("button").click();
  await expect(page.locator("main")).toContainText("stock-take");
  await page.goto("/");
  await expect(page.locator("#truth")).toContainText("Posting to OrderWise is paused.");
  const waiting = page.locator("#flow li", { hasText: "On their way" }).locator("b");
  await sells();
  await expect(waiting).toHaveText("1");
  await page.goto("/health");
  await page.getByRole("button", { name: "Resume" }).click();
  await page.goto("/");
  await expect(waiting).toHaveText("0");
  await expect(page.locator("#truth")).not.toContainText("paused");
});

/** One sale at a till of the demo. */
async function sells() {
  const [, address, body] = demo().match(/curl (http:\S+\/control\/sitoo\/sales) --json \\?\s*'([^']+)'/);
  const answer = await fetch(address, { method: "POST", headers: { "content-type": "application/json" }, body });
  expect(answer.ok).toBe(true);
}

/** As `daybook`, where exit code 3 only says that exceptions are open. */
function run(args) {
  try { return daybook(...args); } catch (error) {
    if (error.status === 3) { return error.stdout; }
    throw error;
  }
}

test("close yesterday: see what differs, sign it, see it closed", async ({ page }) => {
  await page.goto("/books");
  await page.locator("a.day-differs").first().click();
  await expect(page.locator("#figures tr")).toHaveCount(3);
  const details = page.locator("#causes details[open]");
  for (let left = await details.count(); left > 0; left -= 1) {
    const open = page.locator("#causes details[open]").first();
    await open.getByLabel("They may stay, because").fill("Agreed with the store");
    await open.getByRole("button", { name: "Sign off these differences" }).click();
    await expect(page.locator(".note-well").first()).toContainText("Signed");
  }
  await expect(page.locator("#state")).toContainText("Signed off");
  await page.screenshot({ path: "screenshots/journey-signed.png", fullPage: true });
  await page.goto("/activity");
  await expect(page.locator("tbody")).toContainText("sign off");
});

test("figures move by themselves", async ({ page }) => {
  await page.goto("/");
  const before = await page.locator("#flow li b").nth(1).textContent();
  await expect(page.locator(".live-state")).toHaveText("live");
  await sells();
  await expect(page.locator("#flow li b").nth(1)).not.toHaveText(before);
});
