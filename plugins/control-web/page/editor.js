// SPDX-License-Identifier: GPL-3.0-or-later
// editor.js: a text area with line numbers, and marks under what `check` found. A copy of the text lies
// under the area, line by line, in the same type: it carries the numbers and the marks, and gives the height.
import { h } from "./dom.js";

const MOST_LINES = 4000; // beyond, the area is a plain one: the copy would cost more than it shows

// The place in UTF-16 units of a column that counts characters, from 1.
function unitsBefore(line, column) {
    let units = 0;
    for (const character of line) {
        if (--column <= 0)
            break;
        units += character.length;
    }
    return units;
}

function marked(line, diagnostics) {
    const row = h("div", { class: "code-line" });
    const spans = diagnostics.filter((diagnostic) => diagnostic.column > 0).map((diagnostic) => {
        const from = unitsBefore(line, diagnostic.column);
        return { from, to: Math.max(unitsBefore(line, diagnostic.column + Math.max(1, diagnostic.length || 1)), from), severity: diagnostic.severity };
    }).sort((a, b) => a.from - b.from);
    let at = 0;
    for (const { from, to, severity } of spans) {
        if (from < at || from >= line.length)
            continue;
        row.append(line.slice(at, from), h("span", { class: `wave ${severity}` }, line.slice(from, to)));
        at = to;
    }
    row.append(line.slice(at) || (at ? "" : "\u200b"));
    const worst = ["error", "warning"].find((severity) => diagnostics.some((diagnostic) => diagnostic.severity === severity));
    if (worst)
        row.classList.add(`line-${worst}`);
    return row;
}

export class Editor {
    // `changed()`: the person has typed.
    constructor(label, changed) {
        this.copy = h("div", { class: "copy", "aria-hidden": "true" });
        this.area = h("textarea", { class: "area", "aria-label": label, spellcheck: "true", autocapitalize: "sentences", autocomplete: "off", wrap: "soft",
            on: { input: () => { this.refresh(); changed(); } } });
        this.element = h("div", { class: "editor" }, this.copy, this.area);
        this.lines = [];
        this.diagnostics = new Map();
        this.refresh();
    }

    get value() { return this.area.value; }
    set value(words) {
        this.area.value = words;
        this.diagnostics = new Map();
        this.refresh();
    }

    // Only lines that changed are made anew: typing in a long page stays quick.
    refresh() {
        const lines = this.area.value.split("\n");
        const plain = lines.length > MOST_LINES;
        this.element.classList.toggle("plain-area", plain);
        if (plain) {
            this.copy.replaceChildren();
            this.lines = [];
            return;
        }
        let first = 0;
        while (first < lines.length && first < this.lines.length && lines[first] === this.lines[first])
            first++;
        let tail = 0;
        while (tail < lines.length - first && tail < this.lines.length - first && lines[lines.length - 1 - tail] === this.lines[this.lines.length - 1 - tail])
            tail++;
        const rows = this.copy.children;
        for (let gone = this.lines.length - first - tail; gone > 0; gone--)
            rows[first].remove();
        const fresh = document.createDocumentFragment();
        for (const line of lines.slice(first, lines.length - tail))
            fresh.append(marked(line, []));
        this.copy.insertBefore(fresh, rows[first] || null);
        this.lines = lines;
    }

    // What `check` says about the text as it is now.
    mark(diagnostics) {
        const byLine = new Map();
        for (const diagnostic of diagnostics)
            byLine.set(diagnostic.line, [...(byLine.get(diagnostic.line) || []), diagnostic]);
        for (const line of new Set([...this.diagnostics.keys(), ...byLine.keys()])) {
            const row = this.copy.children[line - 1];
            if (row)
                row.replaceWith(marked(this.lines[line - 1], byLine.get(line) || []));
        }
        this.diagnostics = byLine;
    }

    // Puts the cursor at a place (line and column from 1), and shows it.
    jump(line, column, length) {
        const lines = this.area.value.split("\n");
        const nth = Math.min(Math.max(line, 1), lines.length) - 1;
        const before = lines.slice(0, nth).reduce((sum, one) => sum + one.length + 1, 0);
        const from = before + (column > 0 ? unitsBefore(lines[nth], column) : 0);
        const to = column > 0 ? before + unitsBefore(lines[nth], column + Math.max(1, length || 1)) : before + lines[nth].length;
        this.area.focus({ preventScroll: true });
        this.area.setSelectionRange(from, Math.max(from, to));
        const row = this.copy.children[nth];
        if (row)
            row.scrollIntoView({ block: "center" });
    }

    insert(words) {
        this.area.focus();
        this.area.setRangeText(words, this.area.selectionStart, this.area.selectionEnd, "end");
        this.area.dispatchEvent(new Event("input"));
    }
}
