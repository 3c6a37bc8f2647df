// SPDX-License-Identifier: GPL-3.0-or-later
// built.mjs: what the page builds is what the program plays: every move as written, every setting that a move can
// have, and titles and sentences full of signs, through the real `limber check` and `limber plan`.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { routinePage } from "../../plugins/control-web/page/markdown.js";

const source = process.env.LIMBER_SOURCE || new URL("../..", import.meta.url).pathname;
const limber = process.env.LIMBER_PROGRAM || join(process.env.LIMBER_BUILD || join(source, "build"), "bin", "limber");
if (!existsSync(limber)) {
    console.log(`skipped: there is no ${limber}`);
    process.exit(77);
}

const home = mkdtempSync(join(tmpdir(), "limber-built-"));
const scripts = join(home, "scripts");
cpSync(join(source, "scripts"), scripts, { recursive: true });
after(() => rmSync(home, { recursive: true, force: true }));

const moves = readdirSync(join(scripts, "moves")).filter((name) => /^[\w-]+\.md$/.test(name)).map((name) => ({
    name: `moves/${name}`, title: /^# ([^`\n]+)/m.exec(readFileSync(join(scripts, "moves", name), "utf8"))[1].trim(), amount: "", number: 0, sets: 1, rest: 30, sides: false, note: "" }));

function run(verb, page, ...options) {
    const path = join(scripts, "built.md");
    writeFileSync(path, page);
    const environment = { PATH: process.env.PATH, HOME: home, XDG_CACHE_HOME: join(home, "cache"), XDG_CONFIG_HOME: join(home, "config"), XDG_DATA_HOME: join(home, "data"), XDG_STATE_HOME: join(home, "state") };
    return spawnSync(limber, [verb, path, ...options], { encoding: "utf8", env: environment, timeout: 120000 });
}

function good(routine) {
    const { text } = routinePage({ title: "Built", language: "en", rounds: 1, rest: 30, items: [], ...routine });
    const result = run("check", text);
    assert.equal(result.status, 0, `${result.stderr}\n${text}`);
    return text;
}

test("every move, as written", () => {
    assert.ok(moves.length > 30);
    good({ items: moves });
});

test("rounds, sets and sentences", () => {
    good({ rounds: 3, rest: 45, items: moves.slice(0, 4).map((move) => ({ ...move, sets: 2, rest: 20, note: "Slowly, and with a smile." })) });
    good({ rounds: 2, items: [{ ...moves[0], note: "One move alone." }] });
});

test("a changed hold, a changed number", () => {
    const of = (name) => moves.find((move) => move.name === `moves/${name}.md`);
    good({ items: [{ ...of("side-stretch"), amount: "hold", number: 35 }, { ...of("cat-cow-reps"), amount: "reps", number: 7 }] });
});

// Words are words: the title comes out as it went in, and no sentence becomes a mark, a link or a heading.
for (const words of ["`hodl 3s`", "# A heading", "## 10 reps", "1. First", "2) Second", "- Item", "+ Item", "=====", "---", "> Quote", "A | B | C", "*Stars* and _lines_", "[link](http://example.org)", "![picture](x.png)",
    "<b>bold</b>", "<!-- gone -->", "{side}", "{unknown}", "\\{side}", "Ends with a backslash \\", "& &amp; &#42;", "~~~", "~~no~~", "Trailing hash #", "``` code", "100 % of it!", "Größe & Maß, 🧘", "http://example.org/a_b_c", "*", "Tabs\tand\nlines"])
    test(`words as they are: ${JSON.stringify(words)}`, () => {
        const text = good({ title: words, items: [{ ...moves[0], note: words }] });
        const plan = JSON.parse(run("plan", text, "--json").stdout);
        const clean = words.replace(/\s+/g, " ");
        assert.equal(plan.title, clean);
        assert.ok(!/\p{L}/u.test(words) || plan.cues.some((cue) => cue.source && cue.text && cue.source.line === text.split("\n").findIndex((line, i) => i > 6 && line) + 1), "the sentence is spoken");
        assert.equal(plan.moves.length, 1);
    });
