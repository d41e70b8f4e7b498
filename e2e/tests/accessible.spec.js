// Every page: no breach that axe finds, light and dark; nothing asked of elsewhere; no error of a script.
import { accessible, expect, pages, test } from "./desk.js";

for (const colours of ["light", "dark"]) {
  test(`every page is accessible, ${colours}`, async ({ page, baseURL }) => {
    test.setTimeout(360_000);
    await page.emulateMedia({ colorScheme: colours });
    const troubles = [];
    page.on("pageerror", (error) => troubles.push(String(error)));
    page.on("console", (message) => { if (message.type() === "error") { troubles.push(message.text()); } });
    page.on("request", (request) => { if (!request.url().startsWith(baseURL)) { troubles.push(`asked elsewhere: ${request.url()}`); } });
    for (const address of await pages(page)) {
      const answer = await page.goto(address);
      expect(answer.status(), address).toBe(200);
      await expect(page.locator("h1")).toHaveCount(1);
      await accessible(page);
      const name = address.replace(/[^a-z0-9]+/gi, "-").replace(/^-|-$/g, "").slice(0, 40) || "today";
      await page.screenshot({ path: `screenshots/${colours}-${name}.png`, fullPage: true });
    }
    expect(troubles).toEqual([]);
  });
}

test("the pages fit a phone", async ({ page }) => {
  test.setTimeout(120_000);
  await page.setViewportSize({ width: 360, height: 740 });
  const wide = [];
  for (const address of await pages(page)) {
    await page.goto(address);
    const [needs, has] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
    if (needs > has) { wide.push(`${address}: ${needs} of ${has}`); }
  }
  expect(wide).toEqual([]);
  await page.goto("/");
  await page.screenshot({ path: "screenshots/phone-today.png" });
});
