// SPDX-License-Identifier: GPL-3.0-or-later
// write.js: a routine as a text, with what `check` says about it at its lines.
import { ask } from "./box.js";
import { button, confirmed, failure, h, heading, loading, text, toast } from "./dom.js";
import { Checker, diagnosticList, drafts, SaveBox, summary } from "./checking.js";
import { Editor } from "./editor.js";

const MOST_BYTES = 256 << 10; // of a page; what the box takes
const empty = "# My routine\n\nWelcome. Move slowly, and breathe.\n\n## Side stretch `each side`\n\nStand tall, feet hip-width apart.\n\n- Reach your {side} arm overhead and lean to the {other side}.\n- `hold 20s` Breathe deeply.\n- Come back to the centre.\n";

const marks = [["hold 30s", "a position is held"], ["for 40s", "something is done for that time"], ["10 reps", "on a heading: repeat the list"], ["2 sets", "on a heading"], ["rest 30s", "a rest"], ["each side", "on a heading: left, then right"],
    ["wait 5s", "silence"], ["in 4s", "a breath in"], ["out 6s", "a breath out"], ["ready", "waits for you"], ["halfway", "nested under a hold"], ["tip", "at the start: left out when brief"], ["caution", "at the start: never left out"]];

export function createTabs(here) {
    return h("nav", { class: "tabs", "aria-label": "Create" }, [["build", "From moves"], ["write", "As a text"]].map(([name, words]) =>
        h("a", { href: `#/${name}`, "aria-current": name === here ? "page" : null }, words)));
}

function markChips(editor) {
    return h("details", { class: "fold marks" }, h("summary", {}, "Marks to put in"),
        h("div", { class: "chips" }, marks.map(([mark, meaning]) => h("button", { type: "button", class: "chip", title: meaning, on: { click: () => editor.insert(`\`${mark}\` `) } }, h("code", {}, mark)))),
        h("p", { class: "quiet" }, "Text is spoken. What stands between `backticks` is a moment or a length of time; it happens where it stands."));
}

function uploadButton(opened) {
    const input = h("input", { type: "file", accept: ".md,.markdown,.txt,text/markdown,text/plain", class: "hidden", tabindex: "-1", "aria-hidden": "true" });
    input.addEventListener("change", async () => {
        const file = input.files[0];
        input.value = "";
        if (!file)
            return;
        if (file.size > MOST_BYTES) {
            toast(`“${file.name}” is too long for a page: at most 256 KiB.`, true);
            return;
        }
        try {
            const words = new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer());
            if (words.includes("\0"))
                throw new Error();
            opened(words.replace(/\r\n?/g, "\n"), file.name.replace(/\.[^.]*$/, ""));
        } catch {
            toast(`“${file.name}” is not a text in UTF-8.`, true);
        }
    });
    return h("span", {}, input, button("Open a file", "upload", () => input.click()));
}

function titleOf(page) {
    const match = /^#\s+(.+?)\s*(?:`.*)?$/m.exec(page.replace(/^---\n[\s\S]*?\n(---|\.\.\.)\n/, ""));
    return match ? match[1] : "";
}

export function writeView(main, name) {
    const key = `write.${name}`;
    const told = h("p", { class: "verdict", role: "status" });
    const found = h("div", {});
    const body = h("div", {});
    let result = null;
    let original = empty;
    const view = { title: name ? `Change ${name}` : "Write", destroy() { checker.destroy(); } };

    const show = (answer) => {
        result = answer;
        text(told, summary(answer));
        told.dataset.state = answer.problem || answer.diagnostics.some((one) => one.severity === "error") ? "bad" : answer.playable ? "good" : "";
        editor.mark(answer.diagnostics || []);
        found.replaceChildren(...(answer.problem ? [failure(answer.problem, () => checker.now(editor.value))] : [diagnosticList(answer.diagnostics, (one) => editor.jump(one.line, one.column, one.length))]));
    };
    const checker = new Checker(show);
    const changed = () => {
        drafts.write(key, editor.value === original ? null : editor.value);
        save.follow(titleOf(editor.value));
        checker.soon(editor.value);
    };
    const editor = new Editor("The page, in Markdown", changed);
    const save = new SaveBox({
        page: () => editor.value, title: () => (result && result.title) || titleOf(editor.value),
        saved: (_, diagnostics) => { original = editor.value; drafts.write(key, null); if (diagnostics.length) show({ ...result, diagnostics }); },
        failed: (diagnostics) => show({ ...result, problem: undefined, playable: false, diagnostics }),
    });

    const put = (words) => {
        editor.value = words;
        changed();
        checker.now(words);
    };
    const opened = async (words, fileName) => {
        if (editor.value !== original && !await confirmed({ title: "Replace the text?", words: "What you have written here is not saved.", yes: "Replace it" }))
            return;
        if (!save.known) {
            save.touched = true;
            save.name.value = fileName;
        }
        put(words);
        toast("Opened. It is not saved yet.");
    };
    const revert = async () => {
        if (editor.value === original || await confirmed({ title: "Begin anew?", words: "What you have changed here is dropped.", yes: "Drop it" }))
            put(original);
    };

    main.append(h("div", { class: "head" }, heading(name ? "Change a routine" : "Create a routine")), createTabs("write"), body);
    const fill = (page, own) => {
        original = page;
        if (own)
            save.known = save.name.value = name;
        save.touched = Boolean(own);
        const draft = drafts.read(key);
        editor.value = typeof draft === "string" ? draft : page;
        save.follow(titleOf(editor.value));
        body.replaceChildren(h("div", { class: "row tools" }, uploadButton(opened), button("Begin anew", "again", revert, { class: "subtle" })), markChips(editor), editor.element, told, found, save.element);
        if (typeof draft === "string")
            toast("This is what you had written, not saved yet.");
        checker.now(editor.value);
    };
    const load = async () => {
        body.replaceChildren(loading());
        try {
            const routine = await ask(`routine ${name}`);
            fill(routine.source || "", routine.own);
        } catch (problem) {
            body.replaceChildren(failure(problem, load));
        }
    };
    if (name)
        load();
    else
        fill(empty, false);
    return view;
}
