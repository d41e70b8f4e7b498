// Who comes in, and what they may not see.
import { createHmac } from "node:crypto";
import { PASSWORD } from "../password.js";
import { accessible, expect, test } from "./desk.js";

/** The six digits of RFC 6238 for a secret in base 32, at a moment. */
function totp(secret, at = Date.now()) {
  const bits = [...secret.replace(/[\s=]/g, "")].map((one) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(one).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const mac = createHmac("sha1", key).update(counter).digest();
  const from = mac[19] & 15;
  return String((mac.readUInt32BE(from) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** Lets somebody in as the administrator would, and signs them in with a password, in a browser of their own. */
async function joins(page, browser, name, role) {
  await page.goto("/people");
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Signs in as", { exact: true }).fill(`${name.toLowerCase()}@example.test`);
  await page.locator(`form[action='/people/invite'] input[name=role][value=${role}]`).check();
  await page.getByRole("button", { name: "Make a link" }).click();
  const link = await page.locator("code.address").textContent();
  const theirs = await browser.newContext({ baseURL: process.env.DESK, storageState: undefined });
  const desk = await theirs.newPage();
  await desk.goto(link);
  await accessible(desk);
  await desk.locator("input[type=password]").fill(PASSWORD);
  await desk.locator("main button").click();
  await expect(desk.getByRole("heading", { level: 1 })).toHaveText("Today");
  return desk;
}

test("sign in with a second factor", async ({ page, browser }) => {
  const desk = await joins(page, browser, "Grace", "finance");
  await desk.goto("/account");
  await desk.getByRole("button", { name: "Set up a second factor" }).click();
  await accessible(desk);
  const secret = await desk.locator("code").first().textContent();
  await desk.getByLabel(/Six digits/).fill(totp(secret));
  await desk.getByRole("button", { name: "Put it in force" }).click();
  await expect(desk.locator("ul.codes li")).toHaveCount(10);
  const spare = await desk.locator("ul.codes code").first().textContent();
  await desk.goto("/account");
  await desk.getByRole("button", { name: "Sign out", exact: true }).click();
  await desk.goto("/books");
  await expect(desk.getByRole("heading", { level: 1 })).toHaveText("Sign in");
  await accessible(desk);
  await desk.getByLabel("Name or e-mail address").fill("grace@example.test");
  await desk.getByLabel("Password").fill(PASSWORD);
  await desk.getByRole("button", { name: "Sign in" }).click();
  await accessible(desk);
  await desk.getByLabel("Code").fill("000000");
  await desk.getByRole("button", { name: "Go on" }).click();
  await expect(desk.getByRole("alert")).toBeVisible();
  // The code of the set-up was used: a recovery code does as well, once.
  await desk.getByLabel("Code").fill(spare);
  await desk.getByRole("button", { name: "Go on" }).click();
  // And one goes on where one wanted to be.
  await expect(desk.getByRole("heading", { level: 1 })).toContainText("Books");
  await desk.context().close();
});

test("what may this role not see", async ({ page, browser }) => {
  const desk = await joins(page, browser, "Eve", "auditor");
  await expect(desk.locator(".sections a")).not.toContainText(["People"]);
  const refused = await desk.goto("/people");
  expect(refused.status()).toBe(403);
  await expect(desk.locator("h1")).toContainText("not among the things that you may do");
  await accessible(desk);
  await desk.goto("/exceptions");
  await desk.locator("#groups a").first().click();
  await expect(desk.getByRole("button", { name: "Find" })).toBeVisible();
  await expect(desk.getByRole("button", { name: /again|map|see to it|Write/i })).toHaveCount(0);
  await desk.goto("/find");
  await desk.locator("tbody th a").first().click();
  await expect(desk.getByText("Show the shopper")).toHaveCount(0);
  await desk.context().close();
});
