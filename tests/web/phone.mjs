// SPDX-License-Identifier: GPL-3.0-or-later
// phone.mjs URL: a phone in the hands of another test: each line on standard input is something to do on the page,
// answered by a line "done" as soon as the page shows it, or "failed: why".
import { createInterface } from "node:readline";
import { launch, missing, tab, visit } from "./browser.mjs";

const url = process.argv[2];
if (missing()) {
    console.log(`skipped: ${missing()}`);
    process.exit(77);
}

const WAIT_MS = 60000; // only for what would otherwise hang
const press = (page, name) => page.getByRole("button", { name, exact: true }).click();

// What can be done; the rest of the line is `words`.
const hands = {
    async begin(page, words) {
        await visit(page, "#/routines", ".routine");
        await page.fill("input[type=search]", words);
        await page.getByRole("link", { name: words }).click();
        await press(page, "Begin");
    },
    press,
    async answer(page, words) {
        await page.locator(".question").getByRole("button", { name: words }).click();
    },
    move: (page, words) => page.waitForFunction((name) => document.querySelector("h1.move")?.textContent === name, words),
    side: (page, words) => page.waitForSelector(`.side[data-side=${words}]:not([hidden])`),
    problem: (page) => page.waitForSelector(".problem:not([hidden])"),
    well: (page) => page.waitForSelector(".problem[hidden]", { state: "attached" }),
    link: (page, words) => page.waitForSelector(`body[data-link=${words}]`),
    ended: (page) => page.waitForSelector(".ended:not([hidden])"),
    async status(page) {
        return JSON.stringify(await page.evaluate(async () => (await fetch("/api/ask?q=status")).json()));
    },
    async history(page, words) {
        await page.getByRole("link", { name: "Your history" }).click();
        await page.locator(".session", { hasText: words }).first().waitFor();
    },
};

const browser = await launch();
const page = await tab(browser, url);
page.setDefaultTimeout(WAIT_MS);
await visit(page);
console.log("done");
for await (const line of createInterface({ input: process.stdin })) {
    const [verb] = line.split(" ", 1);
    try {
        const answer = await hands[verb](page, line.slice(verb.length + 1));
        console.log(typeof answer === "string" ? `done ${answer}` : "done");
    } catch (error) {
        console.log(`failed: ${line}: ${error.message.split("\n").join(" | ").slice(0, 600)}`);
    }
}
console.log(JSON.stringify(page.noise));
await browser.close();
