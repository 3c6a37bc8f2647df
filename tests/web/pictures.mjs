// SPDX-License-Identifier: GPL-3.0-or-later
// pictures.mjs FOLDER: the pictures of the page for the manual, from the stand-in:
//     tests/web/run.py pictures.mjs docs/images
import { join } from "node:path";
import { launch, tab, visit } from "./browser.mjs";
import { Standin } from "./standin.mjs";

const folder = process.argv[2] || ".";
const box = await new Standin(new URL("../../plugins/control-web/page", import.meta.url).pathname).listen();
const browser = await launch();

async function picture(name, address, colorScheme, prepare) {
    box.reset();
    const page = await tab(browser, box.url, { colorScheme, viewport: { width: 360, height: 740 } });
    await prepare(page);
    await visit(page, address);
    await prepare(page, true);
    await page.screenshot({ path: join(folder, `page-${name}.png`) });
    await page.context().close();
}

await picture("now", "#/now", "light", async (page, there) => {
    if (there)
        await page.waitForSelector(".piece");
    else
        box.play("upper-back-relief", 3);
});
await picture("routines", "#/routines", "dark", async (page, there) => {
    if (there)
        await page.waitForSelector(".bar:not([hidden])");
    else
        box.play("desk-break", 1);
});
await picture("build", "#/build", "light", async (page, there) => {
    if (!there)
        return;
    await page.waitForSelector(".add-move");
    await page.getByLabel("Title").fill("My morning");
    for (const title of ["Cat-cow", "Bridge", "Side stretch"])
        await page.locator(".add-move").filter({ has: page.getByText(title, { exact: true }) }).click();
    await page.waitForSelector(".verdict[data-state=good]");
    await page.evaluate(() => scrollTo(0, 0));
});
await browser.close();
await box.close();
