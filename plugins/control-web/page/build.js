// SPDX-License-Identifier: GPL-3.0-or-later
// build.js: a routine put together from moves by tapping. What comes out is a page like any other.
import { ask } from "./box.js";
import { announce, button, confirmed, failure, field, h, heading, icon, iconButton, id, loading, select, show, text } from "./dom.js";
import { Checker, diagnosticList, drafts, SaveBox, summary } from "./checking.js";
import { routinePage } from "./markdown.js";
import { createTabs } from "./write.js";
import { about, upperFirst } from "./words.js";

const amounts = { reps: { label: "Repetitions", unit: "times", first: 8, least: 1, most: 200, step: 1 }, hold: { label: "Hold", unit: "seconds", first: 30, least: 5, most: 600, step: 5 }, for: { label: "Keep going", unit: "seconds", first: 40, least: 5, most: 900, step: 5 } };

// − number +, each of them large; `changed(number)`.
function stepper(label, value, { least, most, step, unit }, changed) {
    const input = h("input", { type: "number", inputmode: "numeric", min: least, max: most, step: 1, value, id: id("number") });
    const put = (number) => {
        const whole = Math.round(Math.min(most, Math.max(least, Number.isFinite(number) ? number : least)));
        input.value = whole;
        changed(whole);
    };
    input.addEventListener("change", () => put(Number.parseInt(input.value, 10)));
    return h("div", { class: "stepper", role: "group", "aria-label": label }, h("label", { for: input.id }, label),
        iconButton(`${label}: less`, "less", () => put(Number(input.value) - step)), input, iconButton(`${label}: more`, "more", () => put(Number(input.value) + step)), h("span", { class: "quiet" }, unit));
}

function settingsWords(item, move) {
    const parts = [];
    if (item.amount === "reps")
        parts.push(`${item.number} times`);
    else if (item.amount)
        parts.push(`${item.amount === "hold" ? "hold" : "for"} ${item.number} s`);
    if (item.sets > 1)
        parts.push(`${item.sets} sets`);
    if (item.sides)
        parts.push("each side");
    return parts.join(" · ") || `as written${move && move.seconds ? `, ${about(move.seconds)}` : ""}`;
}

// --- the view's parts ---

function moveRow(move, add) {
    return h("li", {}, h("button", { type: "button", class: "add-move", on: { click: () => add(move) } }, icon("more"), h("span", { class: "hidden" }, "Add "),
        h("span", { class: "grow" }, h("span", {}, move.title), h("span", { class: "quiet" }, [move.position, move.sides ? "both sides" : null, about(move.seconds)].filter(Boolean).join(" · ")))));
}

function picker(moves, add) {
    const list = h("ul", { class: "plain pick-list" });
    const result = h("p", { class: "quiet", role: "status" });
    const search = h("input", { type: "search", placeholder: "Search moves", "aria-label": "Search moves", autocomplete: "off", spellcheck: "false", on: { input: () => fill() } });
    const positions = [...new Set(moves.map((move) => move.position).filter(Boolean))].sort();
    const position = select([["", "Any position"], ...positions.map((one) => [one, upperFirst(one)])], "", () => fill());
    position.setAttribute("aria-label", "Position of the moves");
    const fill = () => {
        const words = search.value.toLowerCase().split(/\s+/);
        const found = moves.filter((move) => words.every((word) => `${move.title} ${move.position || ""}`.toLowerCase().includes(word)) && (!position.value || move.position === position.value));
        list.replaceChildren(...found.map((move) => moveRow(move, add)));
        text(result, found.length ? "" : "No such move.");
    };
    fill();
    return h("section", { class: "card picker" }, h("h2", {}, "Moves to choose from"), h("div", { class: "row" }, search, position), result, list);
}

function itemSettings(item, move, changed) {
    const element = h("div", { class: "settings" });
    const fill = () => {
        const amount = select([["", "As written"], ...Object.entries(amounts).map(([key, one]) => [key, one.label])], item.amount, (value) => {
            item.amount = value;
            item.number = value ? amounts[value].first : 0;
            fill();
            changed();
            element.querySelector("select").focus();
        });
        const sides = h("input", { type: "checkbox", id: id("sides"), checked: item.sides, on: { change: () => { item.sides = sides.checked; changed(); } } });
        const note = h("input", { type: "text", value: item.note, maxlength: 200, on: { input: () => { item.note = note.value; changed(); } } });
        element.replaceChildren(...[field("How long, how often", amount),
            item.amount ? stepper(amounts[item.amount].label, item.number, amounts[item.amount], (number) => { item.number = number; changed(); }) : null,
            stepper("Sets", item.sets, { least: 1, most: 20, step: 1, unit: "" }, (number) => { const before = item.sets > 1; item.sets = number; changed(); if (before !== number > 1) rest.hidden = number < 2; }),
            restStepper(item, changed),
            move && move.sides ? null : h("div", { class: "switch" }, h("label", { for: sides.id }, "Each side, left and right"), sides),
            field("A sentence of yours before it", note, "Is spoken after the move’s name.")].filter(Boolean));
        const rest = element.querySelector(".rest-between");
        rest.hidden = item.sets < 2;
    };
    fill();
    return element;
}

function restStepper(item, changed) {
    const element = stepper("Rest between sets", item.rest, { least: 5, most: 300, step: 5, unit: "seconds" }, (number) => { item.rest = number; changed(); });
    element.classList.add("rest-between");
    return element;
}

// One chosen move. It tells of itself what is wrong with it.
class Item {
    constructor(data, move, owner) {
        this.data = data;
        this.title = move ? move.title : data.title;
        this.words = h("span", { class: "quiet" });
        this.problems = h("div", {});
        const changed = () => { this.update(); owner.changed(); };
        this.update = () => text(this.words, settingsWords(data, move));
        this.up = iconButton(`${this.title}: up`, "up", () => owner.shift(this, -1));
        this.down = iconButton(`${this.title}: down`, "down", () => owner.shift(this, 1));
        const gone = iconButton(`${this.title}: take out`, "remove", () => owner.remove(this));
        this.element = h("li", { class: "card chosen" },
            h("div", { class: "chosen-head" }, h("p", { class: "grow" }, h("strong", {}, this.title), h("br"), this.words), this.up, this.down, gone),
            move && move.cautions && move.cautions.length ? h("p", { class: "quiet caution" }, icon("warn"), move.cautions.join(" ")) : null, this.problems,
            h("details", { class: "fold" }, h("summary", {}, "Change", h("span", { class: "hidden" }, ` ${this.title}`)), itemSettings(data, move, changed)));
        this.update();
    }

    // The moves of the page that are wrong say so where they stand in the list.
    complain(diagnostics) {
        this.problems.replaceChildren(...diagnostics.map((one) => h("p", { class: "bad-words" }, icon("warn"), h("span", {}, one.message, one.hint ? h("span", { class: "hint" }, ` ${one.hint}`) : null))));
    }
}

const fresh = () => ({ title: "", language: "en", rounds: 1, rest: 30, items: [] });

// Only what a draft of this page can hold; anything else in the browser's store is not taken.
function restored(draft) {
    const number = (value, least, otherwise) => (Number.isInteger(value) && value >= least && value < 10000 ? value : otherwise);
    const start = fresh();
    if (!draft || typeof draft !== "object" || !Array.isArray(draft.items))
        return start;
    return { ...start, title: String(draft.title || ""), rounds: number(draft.rounds, 1, 1), rest: number(draft.rest, 5, 30),
        items: draft.items.filter((item) => item && typeof item.name === "string").map((item) => ({ name: item.name, title: String(item.title || item.name), amount: Object.hasOwn(amounts, item.amount) ? item.amount : "",
            number: number(item.number, 1, 10), sets: number(item.sets, 1, 1), rest: number(item.rest, 5, 30), sides: item.sides === true, note: String(item.note || "") })) };
}

class Builder {
    constructor(moves) {
        this.routine = restored(drafts.read("build"));
        this.moves = new Map(moves.map((move) => [move.name, move]));
        this.verdict = h("p", { class: "verdict", role: "status" });
        this.other = h("div", {});
        this.source = h("pre", { class: "source", tabindex: "0", "aria-label": "The page" });
        this.list = h("ol", { class: "plain chosen-list" });
        this.none = h("p", { class: "quiet empty" }, "Tap moves below; they come here in that order.");
        this.checker = new Checker((result) => this.judge(result));
        this.save = new SaveBox({ page: () => this.page.text, title: () => this.routine.title, saved: () => {}, failed: (diagnostics) => this.judge({ diagnostics, playable: false }) });
        this.items = this.routine.items.map((data) => new Item(data, this.moves.get(data.name), this));
        this.title = h("input", { type: "text", maxlength: 100, value: this.routine.title, placeholder: "My morning", autocomplete: "off", on: { input: () => { this.routine.title = this.title.value; this.changed(); } } });
        this.element = this.build(moves);
        this.arrange();
        this.changed(true);
    }

    build(moves) {
        const rest = stepper("Rest between rounds", this.routine.rest, { least: 5, most: 600, step: 5, unit: "seconds" }, (number) => { this.routine.rest = number; this.changed(); });
        const rounds = stepper("Rounds of all of it", this.routine.rounds, { least: 1, most: 20, step: 1, unit: "" }, (number) => { this.routine.rounds = number; show(rest, number > 1); this.changed(); });
        show(rest, this.routine.rounds > 1);
        const write = button("Go on as a text", "create", () => { drafts.write("write.", this.page.text); location.hash = "#/write"; });
        return h("div", { class: "builder" },
            h("section", { class: "made" }, h("div", { class: "card" }, field("Title", this.title)), h("h2", { tabindex: "-1", class: "made-title" }, "Your routine"), this.none, this.list, this.verdict, this.other,
                h("div", { class: "card" }, rounds, rest), this.save.element,
                h("details", { class: "card fold" }, h("summary", {}, "The page that this makes"), this.source, h("div", { class: "row" }, write, button("Begin anew", "again", () => this.clear(), { class: "subtle" })))),
            picker(moves, (move) => this.add(move)));
    }

    add(move) {
        const data = { name: move.name, title: move.title, amount: "", number: 0, sets: 1, rest: 30, sides: false, note: "" };
        this.items.push(new Item(data, move, this));
        this.arrange();
        this.changed();
        announce(`${move.title} added, number ${this.items.length}`);
    }

    shift(item, by) {
        const from = this.items.indexOf(item);
        const to = from + by;
        if (to < 0 || to >= this.items.length)
            return;
        this.items.splice(to, 0, ...this.items.splice(from, 1));
        this.arrange();
        this.changed();
        const wanted = by < 0 ? item.up : item.down;
        (wanted.disabled ? (by < 0 ? item.down : item.up) : wanted).focus();
        announce(`${item.title} is number ${to + 1} now`);
    }

    remove(item) {
        const at = this.items.indexOf(item);
        this.items.splice(at, 1);
        this.arrange();
        this.changed();
        const near = this.items[Math.min(at, this.items.length - 1)];
        (near ? near.element.querySelector("button:not([disabled])") : this.element.querySelector(".made-title")).focus();
        announce(`${item.title} taken out`);
    }

    async clear() {
        if (this.items.length && !await confirmed({ title: "Begin anew?", words: "All moves are taken out of this routine.", yes: "Begin anew" }))
            return;
        drafts.write("build", null);
        window.dispatchEvent(new HashChangeEvent("hashchange"));
    }

    arrange() {
        // Elements that stay where they are keep the focus.
        this.items.forEach((item, i) => {
            if (this.list.children[i] !== item.element)
                this.list.insertBefore(item.element, this.list.children[i] || null);
            item.up.disabled = i === 0;
            item.down.disabled = i === this.items.length - 1;
        });
        while (this.list.children.length > this.items.length)
            this.list.lastChild.remove();
        show(this.none, this.items.length === 0);
    }

    changed(first = false) {
        this.routine.items = this.items.map((item) => item.data);
        this.page = routinePage(this.routine);
        text(this.source, this.page.text);
        if (!first)
            drafts.write("build", this.routine);
        this.save.follow(this.routine.title);
        show(this.save.element, this.items.length > 0);
        if (this.items.length)
            this.checker.soon(this.page.text);
        else
            this.judge({ diagnostics: [], playable: false });
    }

    // Diagnostics go to the moves on whose lines they are; the rest below.
    judge(result) {
        text(this.verdict, this.items.length ? summary(result) : "");
        const diagnostics = result.diagnostics || [];
        this.verdict.dataset.state = result.problem || diagnostics.some((one) => one.severity === "error") ? "bad" : result.playable ? "good" : "";
        const owner = (one) => this.page.lines.findIndex(([from, to]) => one.line >= from && one.line <= to);
        this.items.forEach((item, i) => item.complain(diagnostics.filter((one) => owner(one) === i)));
        this.other.replaceChildren(diagnosticList(diagnostics.filter((one) => owner(one) < 0), () => {}));
    }
}

export function buildView(main) {
    const body = h("div", {});
    let builder = null;
    main.append(h("div", { class: "head" }, heading("Create a routine")), createTabs("build"), body);
    const load = async () => {
        body.replaceChildren(loading());
        try {
            builder = new Builder((await ask("moves")).moves);
            body.replaceChildren(builder.element);
        } catch (problem) {
            body.replaceChildren(failure(problem, load));
        }
    };
    load();
    return { title: "Create", destroy() { if (builder) builder.checker.destroy(); } };
}
