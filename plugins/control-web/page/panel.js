// SPDX-License-Identifier: GPL-3.0-or-later
// panel.js: how loud, by whom, and how much is said: sliders, voice, detail, tips, pace.
import { ask, box } from "./box.js";
import { choice, field, h, icon, id, iconButton, select, show, text } from "./dom.js";
import { act } from "./playing.js";
import { decibels } from "./words.js";

const LEAST_DB = -24;
const MOST_DB = 6;
const SEND_MS = 150; // a slider that moves sends so often at most
const HOLD_MS = 1500; // after the last touch the box's own value counts again

// One level. While a finger is on it, what the box says about it does not move it.
class Level {
    constructor(part, label, picture) {
        this.part = part;
        this.touched = -HOLD_MS;
        this.timer = 0;
        this.sent = null;
        this.output = h("output", { "aria-hidden": "true" });
        this.input = h("input", { type: "range", min: LEAST_DB, max: MOST_DB, step: 1, id: id("level"), "data-part": part,
            on: { input: () => this.moved(), change: () => this.send() } });
        this.element = h("div", { class: "level" }, h("label", { for: this.input.id }, picture ? icon(picture) : null, label), this.output, this.input);
    }

    moved() {
        this.touched = performance.now();
        this.tell(Number(this.input.value));
        if (!this.timer)
            this.timer = setTimeout(() => this.send(), SEND_MS);
    }

    send() {
        clearTimeout(this.timer);
        this.timer = 0;
        const value = Number(this.input.value);
        if (value !== this.sent)
            act(`level ${this.part} ${value}`, true);
        this.sent = value;
    }

    tell(value) {
        text(this.output, decibels(value));
        this.input.setAttribute("aria-valuetext", value === 0 ? "normal" : `${Math.abs(value)} decibels ${value > 0 ? "louder" : "quieter"}`);
        this.input.style.setProperty("--share", `${(value - LEAST_DB) / (MOST_DB - LEAST_DB) * 100}%`);
    }

    update(value) {
        if (this.timer || performance.now() - this.touched < HOLD_MS || !Number.isFinite(value))
            return;
        this.sent = value;
        if (Number(this.input.value) !== value || !this.told) {
            this.input.value = value;
            this.tell(Math.round(value));
        }
        this.told = true;
    }
}

class VoiceChoice {
    constructor() {
        this.select = select([], "", (name) => act(`voice ${name}`));
        this.element = field("Voice", this.select);
        this.language = undefined; // not filled yet; null: of no session
    }

    async fill(language, current) {
        this.language = language;
        let voices = [];
        try {
            voices = (await ask(language ? `voices ${language}` : "voices")).voices.filter((voice) => voice.usable);
        } catch { /* this host knows no voices: only the one that speaks */ }
        const names = voices.map((voice) => voice.name);
        if (current && !names.includes(current))
            names.unshift(current);
        this.select.replaceChildren(...(current ? [] : [h("option", { value: "", disabled: true }, "The routine’s own")]), ...names.map((name) => h("option", { value: name }, name)));
        this.select.value = current || "";
        this.element.hidden = names.length === 0;
    }

    update(status) {
        if (status.language !== this.language)
            this.fill(status.language, status.voice);
        else if (document.activeElement !== this.select && status.voice && this.select.value !== status.voice)
            this.select.value = status.voice;
    }
}

function paceWords(pace) {
    return pace === 0 ? "as written" : pace > 0 ? `${pace} faster` : `${-pace} slower`;
}

export class SoundPanel {
    constructor() { // without a session: for those to come, which a box keeps
        this.master = new Level("master", "Volume", "loud");
        this.levels = [this.master, new Level("speech", "Speech"), new Level("sounds", "Sounds"), new Level("bed", "Background")];
        this.voice = new VoiceChoice();
        this.detail = choice("How much is said", "detail", [["full", "Full"], ["normal", "Normal"], ["brief", "Brief"]], "normal", (value) => act(`detail ${value}`));
        this.tips = h("input", { type: "checkbox", role: "switch", id: id("tips"), on: { change: () => act(`mute-tips ${this.tips.checked ? "off" : "on"}`) } });
        this.pace = h("output", {});
        this.element = h("div", { class: "sound" },
            h("section", { class: "card", "aria-label": "Volume" }, this.master.element),
            h("details", { class: "card fold" }, h("summary", {}, "Sound and speech"),
                this.levels.slice(1).map((level) => level.element),
                this.voice.element, this.detail.element,
                h("div", { class: "switch" }, h("label", { for: this.tips.id }, "Tips"), this.tips),
                this.paces = h("div", { class: "stepper-line", role: "group", "aria-label": "Pauses and getting ready" }, h("span", { class: "grow" }, "Pauses and getting ready"),
                    iconButton("Slower", "less", () => act("slower")), this.pace, iconButton("Faster", "more", () => act("faster")))));
    }

    update(status) {
        for (const level of this.levels)
            level.update(status.levels ? status.levels[level.part] : 0);
        this.voice.update(status);
        if (this.shown !== box.at) { // radio and switch follow each new document, not each tick
            this.shown = box.at;
            if (status.detail)
                this.detail.value = status.detail;
            this.tips.checked = status.tips !== false;
            show(this.paces, status.state !== "idle");
            text(this.pace, paceWords(status.pace || 0));
        }
    }

    destroy() {
        for (const level of this.levels)
            if (level.timer)
                level.send();
    }
}
