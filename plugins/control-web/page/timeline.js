// SPDX-License-Identifier: GPL-3.0-or-later
// timeline.js: the session drawn, a piece a move, with the position moving through it; and the same as a list.
import { h, show, svg, text } from "./dom.js";
import { position } from "./playing.js";
import { about, count } from "./words.js";

const GAP = 3; // pixels between moves
const LEAST = 6; // a move is never drawn narrower, as long as there is room
const TOP = 18; // of the bar in the drawing
const HIGH = 16;
const DECIDE_MS = 800; // after the last arrow key the session goes there
const NEAR_SECONDS = 3; // bouts so close to each other are drawn as one

// Where each move begins and ends in the drawing: by its seconds, but none is invisible.
function layOut(moves, width) {
    const gap = Math.min(GAP, width / moves.length / 3);
    const room = width - gap * (moves.length - 1);
    const seconds = moves.map((move) => Math.max(move.seconds, 0.5));
    const all = seconds.reduce((sum, one) => sum + one, 0);
    const least = Math.min(LEAST, room / moves.length);
    const scaled = seconds.map((one) => Math.max(least, one / all * room));
    const over = scaled.reduce((sum, one) => sum + one, 0) / room;
    let x = 0;
    return scaled.map((one) => {
        const place = { x, width: one / over };
        x += place.width + gap;
        return place;
    });
}

// The stretches of a move in which something is held or done, one breath and the next being one.
function stretches(move) {
    const all = [];
    for (const bout of move.bouts || []) {
        const last = all[all.length - 1];
        if (["wait", "ready", "rest"].includes(bout.kind))
            continue;
        if (last && bout.start - last.end < NEAR_SECONDS)
            last.end = bout.start + bout.seconds;
        else
            all.push({ start: bout.start, end: bout.start + bout.seconds });
    }
    return all;
}

export class Timeline {
    // `go(index)`: the person wants to go on at that move, from 1.
    constructor(go) {
        this.go = go;
        this.moves = [];
        this.places = [];
        this.width = 0;
        this.chosen = 0;
        this.timer = 0;
        this.drawing = svg("svg", { class: "drawing", "aria-hidden": "true", focusable: "false" });
        this.label = h("p", { class: "timeline-label" });
        this.slider = h("div", { class: "track-box", role: "slider", tabindex: "0", "aria-label": "Moves of the session", "aria-valuemin": "1", "aria-orientation": "horizontal",
            on: { keydown: (event) => this.key(event), pointerdown: (event) => this.press(event), pointermove: (event) => this.drag(event), pointerup: (event) => this.release(event),
                pointercancel: () => this.choose(0), blur: () => this.choose(0) } }, this.drawing);
        this.element = h("div", { class: "timeline", hidden: true }, this.label, this.slider);
        this.now = 0;
        this.status = null;
        this.resized = new ResizeObserver(() => { if (this.status) this.update(this.status); });
        this.resized.observe(this.slider);
    }

    draw(session) {
        this.moves = session && session.moves ? session.moves : [];
        show(this.element, this.moves.length > 0);
        this.slider.setAttribute("aria-valuemax", Math.max(1, this.moves.length));
        this.lay();
    }

    // For the width there is; again when that changes.
    lay() {
        this.width = this.slider.clientWidth;
        if (this.moves.length === 0 || this.width === 0)
            return;
        this.places = layOut(this.moves, this.width);
        this.fills = [];
        const pieces = this.moves.map((move, i) => {
            const { x, width } = this.places[i];
            const across = (seconds) => x + width * Math.min(1, Math.max(0, (seconds - move.start) / (move.seconds || 1)));
            const rx = Math.min(6, width / 2);
            this.fills[i] = svg("rect", { class: "done", x, y: TOP, width: 0, height: HIGH, rx });
            return svg("g", { class: "piece" }, svg("rect", { class: "whole", x, y: TOP, width, height: HIGH, rx }), this.fills[i],
                svg("rect", { class: "outline", x, y: TOP, width, height: HIGH, rx }),
                stretches(move).map(({ start, end }) => svg("rect", { class: "bout", x: across(start), y: TOP + HIGH + 5, width: Math.max(1.5, across(end) - across(start)), height: 4, rx: 2 })));
        });
        this.head = svg("rect", { class: "head", x: 0, y: TOP - 6, width: 4, height: HIGH + 12, rx: 2 });
        this.drawing.replaceChildren(...pieces, this.head);
        this.last = "";
        this.tell();
    }

    update(status) {
        this.status = status;
        if (this.moves.length === 0)
            return;
        if (this.width !== this.slider.clientWidth)
            this.lay();
        if (this.width === 0)
            return;
        this.now = status.move_index || 0;
        const at = position(status);
        let head = 0;
        this.moves.forEach((move, i) => {
            // The index is the truth about which move it is; the seconds only about how far into it.
            const within = Math.min(1, Math.max(0, (at - move.start) / (move.seconds || 1)));
            const share = i + 1 < this.now ? 1 : i + 1 > this.now ? 0 : within;
            this.fills[i].setAttribute("width", (this.places[i].width * share).toFixed(2));
            if (i + 1 === this.now)
                head = this.places[i].x + this.places[i].width * share;
        });
        this.head.setAttribute("x", Math.min(this.width - 4, Math.max(0, head - 2)).toFixed(1));
        this.tell();
    }

    name(index) {
        const move = this.moves[index - 1];
        return move ? `Move ${index} of ${this.moves.length}: ${move.name}` : "Before the first move";
    }

    // Shows which move is meant: the one that is chosen, else the one that plays.
    tell() {
        const index = this.chosen || this.now;
        const key = `${this.chosen} ${this.now} ${this.moves.length}`;
        if (key === this.last)
            return;
        this.last = key;
        this.slider.setAttribute("aria-valuenow", Math.max(1, index));
        this.slider.setAttribute("aria-valuetext", this.name(index));
        text(this.label, this.chosen ? `Go to ${this.moves[index - 1].name}` : index ? `Move ${index} of ${this.moves.length}` : `${count(this.moves.length, "move", "moves")}`);
        this.element.classList.toggle("choosing", this.chosen > 0);
        [...this.drawing.querySelectorAll(".piece")].forEach((piece, i) => {
            piece.classList.toggle("current", i + 1 === this.now);
            piece.classList.toggle("chosen", i + 1 === this.chosen);
        });
    }

    choose(index) {
        clearTimeout(this.timer);
        this.chosen = index ? Math.min(this.moves.length, Math.max(1, index)) : 0;
        this.tell();
    }

    decide() {
        const index = this.chosen;
        this.choose(0);
        if (index)
            this.go(index);
    }

    key(event) {
        const from = this.chosen || this.now || 1;
        const to = { ArrowRight: from + 1, ArrowUp: from + 1, ArrowLeft: from - 1, ArrowDown: from - 1, PageUp: from + 5, PageDown: from - 5, Home: 1, End: this.moves.length }[event.key];
        if (to !== undefined) {
            this.choose(Math.max(1, to));
            this.timer = setTimeout(() => this.decide(), DECIDE_MS);
        } else if (event.key === "Enter" || event.key === " ") {
            clearTimeout(this.timer);
            this.decide();
        } else if (event.key === "Escape") {
            this.choose(0);
        } else {
            return;
        }
        event.preventDefault();
    }

    at(event) {
        const box = this.drawing.getBoundingClientRect();
        if (event.clientY < box.top - 60 || event.clientY > box.bottom + 60)
            return 0; // the finger went away: no
        const x = event.clientX - box.left;
        const index = this.places.findIndex((place) => x < place.x + place.width + GAP / 2);
        return index < 0 ? this.moves.length : index + 1;
    }

    press(event) {
        if (event.button !== 0)
            return;
        this.slider.setPointerCapture(event.pointerId);
        this.dragging = true;
        this.choose(this.at(event));
    }

    drag(event) {
        if (this.dragging)
            this.choose(this.at(event));
    }

    release(event) {
        if (!this.dragging)
            return;
        this.dragging = false;
        this.choose(this.at(event));
        this.decide();
    }

    destroy() {
        this.resized.disconnect();
        clearTimeout(this.timer);
    }
}

export class MoveList {
    constructor(go) {
        this.go = go;
        this.list = h("ol", { class: "moves plain" });
        this.element = h("details", { class: "card fold", hidden: true, open: matchMedia("(min-width: 900px)").matches }, h("summary", {}, "All moves"), this.list);
        this.now = 0;
    }

    draw(session) {
        const moves = session && session.moves ? session.moves : [];
        show(this.element, moves.length > 0);
        const key = JSON.stringify(moves.map((move) => [move.name, Math.round(move.seconds)]));
        if (key === this.key)
            return;
        this.key = key;
        this.buttons = moves.map((move, i) => h("button", { type: "button", class: "move-button", on: { click: () => this.go(i + 1) } },
            h("span", { class: "nth", "aria-hidden": "true" }, String(i + 1)), h("span", { class: "grow" }, move.name),
            h("span", { class: "quiet" }, [move.sides && move.sides.length > 1 ? "both sides" : null, about(move.seconds)].filter(Boolean).join(" · "))));
        this.list.replaceChildren(...this.buttons.map((one) => h("li", {}, one)));
        this.list.lang = session ? session.language || "" : "";
        this.now = 0;
    }

    update(status) {
        if (!this.buttons || this.now === status.move_index)
            return;
        this.now = status.move_index;
        this.buttons.forEach((one, i) => {
            if (i + 1 === this.now)
                one.setAttribute("aria-current", "step");
            else
                one.removeAttribute("aria-current");
            one.classList.toggle("past", i + 1 < this.now);
        });
    }
}
