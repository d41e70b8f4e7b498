// Starts the demo, waits until its day is over, and signs its administrator in by the link that it prints.
import { spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { chromium } from "@playwright/test";

const PROGRAM = process.env.DESK_PROGRAM ?? "../target/debug/daybook";

/** What the demo says, until it says that it stays up. */
function demo() {
  const child = spawn(PROGRAM, ["demo", "--transactions", "600", "--seconds", "12"], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  const ready = new Promise((resolve, reject) => {
    const hear = (bytes) => {
      said += bytes;
      if (said.includes("It stays up until")) { resolve(said); }
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.on("exit", (code) => reject(new Error(`the demo ended with ${code}:\n${said}`)));
  });
  return { child, ready };
}

export default async function setup(config) {
  const { child, ready } = demo();
  const said = await ready;
  child.removeAllListeners("exit");
  const link = said.match(/http:\/\/\S+\/join\/\S+/)?.[0];
  const settings = said.match(/its configuration\s+(\S+)/)?.[1];
  if (!link) { child.kill(); throw new Error(`no link to sign in by:\n${said}`); }
  const base = new URL(link).origin;
  const browser = await chromium.launch(config.projects[0].use.launchOptions);
  const page = await browser.newPage();
  await page.goto(link);
  await page.locator("main button").last().click();
  await page.waitForURL((url) => !url.pathname.startsWith("/join"));
  mkdirSync("test-results", { recursive: true });
  mkdirSync("screenshots", { recursive: true });
  await page.context().storageState({ path: "test-results/ada.json" });
  await browser.close();
  process.env.DESK = base;
  process.env.DESK_DEMO_CONFIG = settings;
  writeFileSync("test-results/demo.txt", said);
  return () => { child.kill("SIGINT"); };
}
