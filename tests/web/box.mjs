// SPDX-License-Identifier: GPL-3.0-or-later
// box.mjs: the same page on the real box: `limber serve` with control-web and a virtual device, a whole session
// from the first tap to the history, a routine built and played, the box killed and started again.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launch, missing, tab, visit } from "./browser.mjs";

const build = process.env.LIMBER_BUILD || new URL("../../build", import.meta.url).pathname;
const limber = join(build, "bin", "limber");
const absent = missing() || [limber, join(build, "lib/limber/plugins/control-web.so"), join(build, "lib/limber/plugins/speech-espeak.so")].filter((path) => !existsSync(path)).map((path) => `there is no ${path}`)[0];
if (absent) {
    console.log(`skipped: ${absent}`);
    process.exit(77);
}

const WAIT_MS = 30000; // only for what would otherwise hang
const home = mkdtempSync(join(tmpdir(), "limber-web-"));
mkdirSync(join(home, "run"), { mode: 0o700 });
const environment = { PATH: process.env.PATH, LC_ALL: "C.UTF-8", HOME: home, XDG_RUNTIME_DIR: join(home, "run"), XDG_CACHE_HOME: join(home, "cache"), XDG_CONFIG_HOME: join(home, "config"), XDG_DATA_HOME: join(home, "data"), XDG_STATE_HOME: join(home, "state"),
    LIMBER_PLUGIN_PATH: process.env.LIMBER_PLUGIN_PATH || "" };

// A box; `speed`: of its virtual device. `url`: where its page is.
class Box {
    async start(speed, port = 0, ...options) {
        this.log = "";
        this.child = spawn(limber, ["serve", "--output", `null:speed=${speed}`, "--control", "web", "--set", `control-web.port=${port}`, ...options], { env: environment, stdio: ["ignore", "ignore", "pipe"] });
        this.ended = new Promise((resolve) => this.child.once("exit", resolve));
        await new Promise((resolve, reject) => {
            const timer = setTimeout(() => reject(new Error(`the box does not listen: ${this.log}`)), WAIT_MS);
            this.child.once("exit", () => { clearTimeout(timer); reject(new Error(`the box ended: ${this.log}`)); });
            this.child.stderr.setEncoding("utf8").on("data", (words) => {
                this.log += words;
                const match = /listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(this.log);
                if (match) {
                    clearTimeout(timer);
                    this.port = Number(match[1]);
                    this.url = `http://127.0.0.1:${this.port}`;
                    resolve();
                }
            });
        });
        return this;
    }

    async stop(signal = "SIGTERM") {
        this.child.kill(signal);
        return this.ended;
    }
}

let browser;
before(async () => { browser = await launch(); });
after(async () => {
    await browser.close();
    rmSync(home, { recursive: true, force: true });
});

function boxTest(name, speed, run, noise = null, ...options) {
    test(name, { timeout: 180000 }, async () => {
        const box = await new Box().start(speed, 0, ...options);
        const page = await tab(browser, box.url);
        page.setDefaultTimeout(WAIT_MS);
        try {
            await run(page, box);
            assert.deepEqual(page.noise.filter((line) => !noise || !noise.test(line)), []);
        } catch (error) {
            error.message += `\n${box.log.split("\n").slice(-12).join("\n")}`;
            throw error;
        } finally {
            await page.context().close();
            await box.stop();
        }
    });
}

const moveIs = (page, words) => page.waitForFunction((name) => document.querySelector("h1.move")?.textContent === name, words);

boxTest("a whole session from the phone", 25, async (page) => {
    await visit(page, "#/routines", ".routine");
    await page.fill("input[type=search]", "desk");
    await page.getByRole("link", { name: "Desk break" }).click();
    await page.locator(".handout").getByRole("link", { name: "Butterfly wings" }).waitFor();
    await page.locator(".begin summary").click();
    await page.locator(".begin label", { hasText: "Easy" }).click();
    await page.getByRole("button", { name: "Begin" }).click();
    await moveIs(page, "Lateral neck stretch");
    await page.waitForSelector(".piece");
    assert.equal(await page.locator(".piece").count(), 5);
    await page.getByRole("button", { name: "Pause" }).click();
    await page.waitForSelector("button[aria-label='Go on']");
    const master = page.locator("input[data-part=master]");
    await master.focus();
    await page.keyboard.press("ArrowLeft");
    await page.waitForFunction(async () => (await (await fetch("/api/ask?q=status")).json()).levels.master === -1);
    await page.getByRole("button", { name: "Go on" }).click();
    await page.getByRole("button", { name: "Where am I?" }).click();
    await page.waitForFunction(() => document.getElementById("toast").textContent !== "");
    await page.getByRole("slider", { name: "Moves of the session" }).focus();
    await page.keyboard.press("Home");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    await moveIs(page, "Shoulder-blade squeeze");
    await page.getByRole("button", { name: "Next", exact: true }).click();
    await moveIs(page, "Side stretch");
    await page.getByRole("button", { name: "10 s more" }).click();
    await page.waitForSelector(".side[data-side=left]:not([hidden])");
    await page.waitForSelector(".side[data-side=right]:not([hidden])");
    await moveIs(page, "One last breath");
    await page.locator(".question").getByRole("button", { name: "Easy" }).click();
    await page.waitForSelector(".ended:not([hidden])");
    await page.getByRole("link", { name: "Your history" }).click();
    await page.waitForSelector(".session");
    assert.match(await page.textContent(".session"), /Desk break.*felt easy/s);
}, /status of 409/); // the session may end between a change and the question about it

boxTest("a routine built by tapping is checked, kept and played by the box", 1, async (page) => {
    await visit(page, "#/build", ".add-move");
    await page.getByLabel("Title").fill("My `morning` <b>");
    for (const title of ["Bridge", "Side stretch", "Cat-cow"])
        await page.locator(".add-move").filter({ has: page.getByText(title, { exact: true }) }).click();
    await page.locator(".chosen", { hasText: "Bridge" }).locator("summary").click();
    await page.locator(".chosen", { hasText: "Bridge" }).getByLabel("How long, how often").selectOption("hold");
    await page.waitForSelector(".verdict[data-state]:not([data-state=''])");
    await page.locator(".chosen", { hasText: "Bridge" }).getByLabel("How long, how often").selectOption("");
    await page.waitForSelector(".verdict[data-state=good]");
    await page.getByRole("button", { name: "Save and play" }).click();
    await moveIs(page, "Bridge");
    assert.match(readFileSync(join(home, "data/limber/scripts/my-morning-b.md"), "utf8"), /^## \[Side stretch\]\(moves\/side-stretch\.md\)$/m);
    await page.getByRole("button", { name: "End the session" }).click();
    await page.getByRole("button", { name: "End it" }).click();
    await page.waitForSelector(".idle");
    await page.goto(`${page.box}/#/routine/my-morning-b`);
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("button", { name: "Delete it" }).click();
    await page.waitForSelector(".routine");
    assert.ok(!existsSync(join(home, "data/limber/scripts/my-morning-b.md")));
});

boxTest("mistakes of a page, told by the box, stand at their lines", 1, async (page) => {
    await visit(page, "#/write", ".verdict[data-state=good]");
    await page.fill("textarea", "# Ä 🧘\n\n## Move `each elbow`\n\n- 🧘 Los. `hodl 3s` Und.\n");
    await page.waitForSelector(".diagnostic.error");
    await page.getByRole("button", { name: /line 5/ }).first().click();
    assert.equal(await page.evaluate(() => document.activeElement.value.slice(document.activeElement.selectionStart, document.activeElement.selectionEnd)), "hodl 3s");
});

test("the box is killed, and switched off: the page comes back by itself", { timeout: 180000 }, async () => {
    let box = await new Box().start(1);
    const { port } = box;
    const page = await tab(browser, box.url);
    page.setDefaultTimeout(WAIT_MS);
    try {
        await visit(page, "#/routine/desk-break", ".begin");
        await page.getByRole("button", { name: "Begin" }).click();
        await moveIs(page, "Lateral neck stretch");
        await box.stop("SIGKILL");
        await page.waitForSelector("body[data-link=lost]");
        box = await new Box().start(1, port);
        await page.waitForSelector("body[data-link=live]");
        await moveIs(page, "Lateral neck stretch"); // a box that went down goes on by itself
        await page.getByRole("button", { name: "Pause" }).click();
        await page.waitForSelector("button[aria-label='Go on']");
        await box.stop("SIGTERM");
        await page.waitForSelector("body[data-link=lost]");
        box = await new Box().start(1, port);
        await page.locator(".offer").getByRole("button", { name: "Go on" }).click(); // one that was switched off asks
        await moveIs(page, "Lateral neck stretch");
    } catch (error) {
        error.message += `\n${box.log.split("\n").slice(-12).join("\n")}`;
        throw error;
    } finally {
        await page.context().close();
        await box.stop();
    }
});

// A voice that writes down what it is told to say: the only way to hear a code without ears.
function tellingVoice() {
    const folder = join(home, "data/limber/voices/teller");
    const said = join(home, "said.txt");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "teller.mjs"), `import { appendFileSync, readFileSync } from "node:fs";
appendFileSync(${JSON.stringify(said)}, readFileSync(0, "utf8") + "\\n");
process.stdout.write(Buffer.from(Int16Array.from({ length: 8000 }, (_, i) => 9000 * Math.sin(i / 8)).buffer));
`);
    writeFileSync(join(folder, "voice.yaml"), `languages: [en]\nengine: speech-command\nlicense: GPL-3.0-or-later\nauthor: Limber\noptions:\n  command: [${process.execPath}, ${join(folder, "teller.mjs")}]\n  format: s16\n  rate: 22050\n`);
    writeFileSync(join(home, "teller.yaml"), "voice: teller\n");
    return said;
}

const pairing = ["--set", "control-web.pairing=yes"];

test("a phone is paired by the code that the box says", { timeout: 180000, skip: !existsSync(join(build, "lib/limber/plugins/speech-command.so")) && "there is no speech-command" }, async () => {
    const said = tellingVoice();
    const box = await new Box().start(1, 0, "--config", join(home, "teller.yaml"), ...pairing);
    const page = await tab(browser, box.url);
    page.setDefaultTimeout(WAIT_MS);
    try {
        await visit(page, "#/routines", "#code");
        await page.getByRole("button", { name: "Let the box say a code" }).click();
        await page.getByText("Listen: the box says").waitFor();
        const heard = () => /code is([^.]*)\./.exec(existsSync(said) ? readFileSync(said, "utf8") : "");
        for (let i = 0; i < 3000 && !heard(); i++)
            await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
        const code = (heard() || ["", ""])[1].replace(/\D/g, "");
        assert.match(code, /^\d{6}$/, "it was said");
        assert.ok(!box.log.includes(code) && !box.log.includes([...code].join(" ")), "and stands in no log");
        await page.fill("#code", code);
        await page.waitForSelector(".routine");
        await page.reload();
        await page.waitForSelector(".routine");
        await page.goto(`${page.box}/#/phones`);
        await page.getByText("this one").waitFor();
        await page.getByRole("button", { name: "Send away" }).click();
        await page.getByRole("button", { name: "Send it away" }).click();
        await page.waitForSelector("#code");
    } catch (error) {
        error.message += `\n${box.log.split("\n").slice(-12).join("\n")}`;
        throw error;
    } finally {
        await page.context().close();
        await box.stop();
    }
});

boxTest("wrong codes lock the box", 1, async (page) => {
    await visit(page, "#/now", "#code");
    await page.getByRole("button", { name: "Let the box say a code" }).click();
    await page.getByText("Listen: the box says").waitFor();
    for (let i = 0; i < 12 && !/Too many tries/.test(await page.textContent("#pair-error")); i++) {
        await page.fill("#code", "");
        await page.fill("#code", String(100000 + i * 7919));
        await page.waitForFunction(() => document.getElementById("code").value === "" && document.getElementById("pair-error").textContent !== "");
    }
    assert.match(await page.textContent("#pair-error"), /Too many tries/);
}, /status of (401|403|429)/, ...pairing);
