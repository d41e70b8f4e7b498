// The company's own sign-in, with a real OpenID provider: who comes in, as what, and who does not.
import { spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { accessible, expect, test } from "./desk.js";

const PROGRAM = process.env.DESK_PROGRAM ?? "../target/debug/daybook";

/** A port that nobody listens on. */
const free = () => new Promise((found) => {
  const server = createServer();
  server.listen(0, "127.0.0.1", () => { const { port } = server.address(); server.close(() => found(port)); });
});

/** A Daybook of its own: who signs in needs no shop behind the desk. */
const settings = (port, issuer) => `
[book]
url = "sqlite:company.db"
[sitoo]
base-url = "http://127.0.0.1:9/v2/accounts/1"
api-id = "nobody"
password = "nobody"
[orderwise]
base-url = "http://127.0.0.1:9/OWAPI"
user = "nobody"
password = "nobody"
[web]
listen = "127.0.0.1:${port}"
[web.access]
public-url = "http://127.0.0.1:${port}"
[web.access.single-sign-on]
issuer = "${issuer}"
client-id = "daybook"
client-secret = "between the two: of us"
[web.access.single-sign-on.roles]
books = ["finance"]
shops = ["retail"]
[web.access.single-sign-on.stores]
leeds = [5]
`;

const children = [];
let desk;

function start(program, args, folder) {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], cwd: folder });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) { stream.on("data", (bytes) => { said += bytes; }); }
  children.push(child);
  return () => { if (child.exitCode !== null) { throw new Error(`${program} ended:\n${said}`); } };
}

test.beforeAll(async () => {
  const [at, there] = [await free(), await free()];
  desk = `http://127.0.0.1:${at}`;
  const issuer = `http://127.0.0.1:${there}`;
  const file = join(mkdtempSync(join(tmpdir(), "daybook-company-")), "daybook.toml");
  writeFileSync(file, settings(at, issuer));
  const lives = [start(process.execPath, ["provider.mjs", String(there), desk]), start(PROGRAM, ["--config", file, "serve"])];
  for (const address of [`${issuer}/.well-known/openid-configuration`, `${desk}/readyz`]) {
    await expect.poll(async () => {
      lives.forEach((check) => check());
      return fetch(address).then((answer) => answer.status, () => 0);
    }, { timeout: 30_000 }).toBe(200);
  }
});

test.afterAll(() => { for (const child of children) { child.kill("SIGINT"); } });

/** A browser that nobody has signed in with, at the page it wanted. */
async function wants(browser, path) {
  const context = await browser.newContext({ baseURL: desk, storageState: undefined });
  // The provider's own forms want letters from elsewhere.
  await context.route((url) => url.hostname !== "127.0.0.1", (route) => route.abort());
  const page = await context.newPage();
  await page.goto(path);
  return page;
}

/** Goes to the provider and signs in there. */
async function comesAs(page, name) {
  await page.getByRole("link", { name: "Sign in with the company's account" }).click();
  await page.locator("input[name=login]").fill(name);
  await page.locator("input[name=password]").fill("any");
  await page.locator("button[type=submit]").click();
  await page.getByRole("button", { name: "Continue" }).click();
}

test("sign in with the company's account", async ({ browser }) => {
  const page = await wants(browser, "/books");
  await accessible(page);
  await comesAs(page, "fay");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Books");
  expect(page.url()).toBe(`${desk}/books`);
  await page.goto("/account");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Fay Marsh");
  await expect(page.locator("dl.facts")).toContainText("finance");
  await expect(page.getByLabel("Present password")).toHaveCount(0);
  await accessible(page);
  // What finance may not, the provider's word does not change.
  expect((await page.goto("/people")).status()).toBe(403);
  await page.goto("/account");
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await page.goto("/books");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sign in");
  await page.context().close();
});

test("a group may look after some stores", async ({ browser }) => {
  const page = await wants(browser, "/account");
  await comesAs(page, "leo");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Leo Hart");
  await expect(page.locator("dl.facts")).toContainText("only 5");
  expect((await page.goto("/activity")).status()).toBe(403);
  await page.context().close();
});

test("who is in no group of Daybook's stays outside", async ({ browser }) => {
  const page = await wants(browser, "/");
  await comesAs(page, "nia");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("in no group that may use Daybook");
  await expect(page.locator("body")).not.toContainText("Nia");
  await accessible(page);
  await page.goto("/");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sign in");
  await page.context().close();
});
