// SPDX-License-Identifier: GPL-3.0-or-later
// browser.mjs: Chromium for the tests: nothing but the page, no network but the box, and every word on
// the console is a failure.
import { createRequire } from "node:module";
import { existsSync } from "node:fs";

const require = createRequire(process.env.LIMBER_WEB_MODULES || import.meta.url);
export const axePath = () => require.resolve("axe-core/axe.min.js");
export const chromiumPath = process.env.CHROMIUM || "/usr/bin/chromium";
const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--font-render-hinting=none"];

// Why the tests cannot run here, or "".
export function missing() {
    if (!existsSync(chromiumPath))
        return `there is no ${chromiumPath}`;
    try {
        require.resolve("playwright-core");
        require.resolve("axe-core");
        return "";
    } catch {
        return "playwright-core and axe-core are not installed";
    }
}

export async function launch() {
    const { chromium } = require("playwright-core");
    return chromium.launch({ executablePath: chromiumPath, args: flags, headless: true });
}

// A tab of its own, with no memory. `noise`: what the page complained about.
export async function tab(browser, url, options = {}) {
    const context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: "en-GB", timezoneId: "Europe/Berlin", reducedMotion: "reduce", ...options });
    const page = await context.newPage();
    page.noise = [];
    page.on("pageerror", (error) => page.noise.push(`error: ${error.stack || error.message}`));
    page.on("console", (message) => { if (["error", "warning"].includes(message.type())) page.noise.push(`console: ${message.text()}`); });
    page.on("dialog", (dialog) => { page.noise.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
    page.on("request", (request) => { if (!request.url().startsWith(url)) page.noise.push(`asks elsewhere: ${request.url()}`); });
    page.setDefaultTimeout(20000);
    page.box = url;
    return page;
}

export async function visit(page, hash = "#/now", ready = "h1") {
    await page.goto(`${page.box}/${hash}`);
    await page.waitForSelector("body[data-link='live'], body[data-link='pair']");
    await page.waitForSelector(ready);
}
