// The desk in a real Chromium, on a demo of its own. See README, "Every test".
import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: "tests",
  // One made-up shop for all: what one journey changes the next one sees.
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  retries: 0,
  timeout: 60_000,
  // Everything here runs on two cores beside the demo that it looks at.
  expect: { timeout: 20_000 },
  reporter: [["list"]],
  globalSetup: "./setup.js",
  use: {
    locale: "en-GB",
    timezoneId: "Europe/London",
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
    },
  },
});
