// SPDX-License-Identifier: GPL-3.0-or-later
// checking.js: a page is checked by the box while it is written, and stored. Shared by writing and building.
import { ask } from "./box.js";
import { button, confirmed, field, h, icon, toast } from "./dom.js";
import { playRoutine } from "./playing.js";
import { about, count, nameFromTitle } from "./words.js";

const PAUSE_MS = 600; // of typing, before the page is checked

// Checks the newest text only; answers about older ones are thrown away.
export class Checker {
    // `done(result)`: {"diagnostics", "title", "seconds", "playable"}, or {"problem"}.
    constructor(done) {
        this.done = done;
        this.timer = 0;
        this.turn = 0;
    }

    soon(page) {
        clearTimeout(this.timer);
        this.turn++;
        this.timer = setTimeout(() => this.now(page), PAUSE_MS);
    }

    async now(page) {
        clearTimeout(this.timer);
        const turn = ++this.turn;
        let result;
        try {
            result = page.trim() ? await ask("check", page) : { diagnostics: [], title: "", seconds: 0, playable: false };
        } catch (problem) {
            result = problem.data && problem.data.diagnostics ? problem.data : { problem };
        }
        if (turn === this.turn)
            this.done(result);
    }

    destroy() {
        clearTimeout(this.timer);
        this.turn++;
    }
}

export function summary(result) {
    if (result.problem)
        return result.problem.message;
    const number = (severity) => result.diagnostics.filter((diagnostic) => diagnostic.severity === severity).length;
    const found = [number("error") ? count(number("error"), "mistake", "mistakes") : null, number("warning") ? count(number("warning"), "warning", "warnings") : null].filter(Boolean);
    if (!result.playable)
        return found.length ? `${found.join(", ")}. It cannot be played yet.` : "Nothing to play yet.";
    return `${found.length ? `${found.join(", ")}.` : "No mistakes."} About ${about(result.seconds)}.`;
}

const severities = { error: "Mistake", warning: "Warning", note: "Note" };

// The list under the text; each leads to its place.
export function diagnosticList(diagnostics, jump) {
    return h("ul", { class: "plain diagnostics" }, diagnostics.map((diagnostic) => {
        const severity = Object.hasOwn(severities, diagnostic.severity) ? diagnostic.severity : "note";
        return h("li", {}, h("button", { type: "button", class: `diagnostic ${severity}`, on: { click: () => jump(diagnostic) } },
            h("strong", {}, diagnostic.line ? `${severities[severity]}, line ${diagnostic.line}` : severities[severity]), h("span", {}, diagnostic.message),
            diagnostic.hint ? h("span", { class: "hint" }, diagnostic.hint) : null));
    }));
}

// Name, save, save and play. `page()` gives the text, `known` is the name it was opened under (or "").
export class SaveBox {
    constructor({ page, title, known = "", saved = () => {}, failed = () => {} }) {
        Object.assign(this, { page, title, known, saved, failed });
        this.name = h("input", { type: "text", value: known, autocomplete: "off", autocapitalize: "none", spellcheck: "false", maxlength: 60, on: { input: () => { this.touched = true; } } });
        this.touched = known !== "";
        this.line = h("p", { role: "status", class: "quiet" });
        this.element = h("section", { class: "card save", "aria-label": "Save" }, field("Saved as", this.name, "Small letters, digits and hyphens."), this.line,
            h("div", { class: "row" }, button("Save", "check", () => this.save(), { class: "primary" }), button("Save and play", "play", async () => {
                const name = await this.save();
                if (name)
                    playRoutine(name, this.title() || name);
            })));
    }

    // The title has changed: so does the name, unless the person has given one.
    follow(title) {
        if (!this.touched)
            this.name.value = nameFromTitle(title || "");
    }

    tell(words, bad = false) {
        this.line.className = bad ? "bad-words" : "quiet";
        this.line.replaceChildren(...(bad ? [icon("warn")] : []), words);
    }

    // The name it was stored under, or "".
    async save() {
        const name = nameFromTitle(this.name.value);
        if (!name) {
            this.tell("It needs a name.", true);
            this.name.focus();
            return "";
        }
        this.name.value = name;
        if (name !== this.known && !await this.mayReplace(name))
            return "";
        try {
            const result = await ask(`save ${name}`, this.page());
            this.known = result.saved || name;
            this.tell(`Saved as “${this.known}”.`);
            toast("Saved.");
            this.saved(this.known, result.diagnostics || []);
            return this.known;
        } catch (problem) {
            this.tell(`Not saved. ${problem.message}`, true);
            if (problem.data && Array.isArray(problem.data.diagnostics))
                this.failed(problem.data.diagnostics);
            return "";
        }
    }

    async mayReplace(name) {
        let own = false;
        try {
            own = (await ask("routines")).routines.some((routine) => routine.own && routine.name === name);
        } catch { /* then saving itself tells what is wrong */ }
        return !own || confirmed({ title: `Replace “${name}”?`, words: "You have a routine of that name. Its page would be replaced by this one.", yes: "Replace it" });
    }
}

// What was typed and not stored outlives a closed page, where the browser lets it.
export const drafts = {
    read(key) {
        try {
            return JSON.parse(localStorage.getItem(`limber.${key}`));
        } catch {
            return null;
        }
    },
    write(key, value) {
        try {
            if (value === null)
                localStorage.removeItem(`limber.${key}`);
            else
                localStorage.setItem(`limber.${key}`, JSON.stringify(value));
        } catch { /* private mode, or full: then not */ }
    },
};
