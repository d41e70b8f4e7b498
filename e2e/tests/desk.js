// What every test of the desk starts from: signed in as the demo's administrator.
import { readFileSync } from "node:fs";
import AxeBuilder from "@axe-core/playwright";
import { expect, test as base } from "@playwright/test";

export const test = base.extend({
  storageState: "test-results/ada.json",
  baseURL: async ({}, use) => { await use(process.env.DESK); },
});
export { expect };

/** The demo's summary, as it was printed. */
export const demo = () => readFileSync("test-results/demo.txt", "utf8");

/** No breach of WCAG 2.2 AA that a program can find. */
export async function accessible(page) {
  const found = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]).analyze();
  const told = found.violations.map((one) => `${one.id}: ${one.help}\n    ${one.nodes.map((node) => node.target.join(" ")).slice(0, 4).join("\n    ")}`);
  expect(told, page.url()).toEqual([]);
}

/** Every page that is reached by a link of the navigation, and one of each kind below. */
export async function pages(page) {
  const found = new Set();
  await page.goto("/");
  for (const link of await page.locator(".sections a").all()) { found.add(await link.getAttribute("href")); }
  const first = async (from, selector) => {
    await page.goto(from);
    const link = page.locator(selector).first();
    if (await link.count()) { found.add(await link.getAttribute("href")); }
  };
  await first("/exceptions", "#groups a");
  await first("/find", "tbody th a");
  await first("/books", "a.day");
  await first("/mappings/store", "tbody th a");
  await first("/catalogue", "td.mono a");
  // From the month down to the entries behind a figure: store, till, way of paying, day.
  await first("/books", "a[href$='/drill']");
  for (let here = [...found].at(-1); here?.includes("/drill"); here = [...found].at(-1)) {
    const before = found.size;
    await first(here, "tbody th a");
    if (found.size === before) { break; }
  }
  for (const address of ["/manual/finance", "/manual/retail/here-stores", "/manual/finance/settings", "/manual/finance/differs", "/manual/retail/cause-sku-unmapped", "/manual/retail/print", "/manual/routines", "/manual/responsible", "/manual/tour", "/manual?q=stock"]) { found.add(address); }
  found.add("/account");
  found.add("/api");
  return [...found];
}
