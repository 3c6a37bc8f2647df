// SPDX-License-Identifier: GPL-3.0-or-later
// dial.js: what is left of a hold, as a big number in a ring; breaths as a disc that grows and shrinks.
import { h, svg, text, icon, show } from "./dom.js";
import { boutLeft } from "./playing.js";
import { clock } from "./words.js";

const RADIUS = 92;
const AROUND = 2 * Math.PI * RADIUS;

const names = { hold: "hold", for: "keep going", in: "breathe in", out: "breathe out", keep: "keep your breath", wait: "wait", rest: "rest", ready: "get ready", pace: "in time" };
const calm = new Set(["wait", "rest", "ready"]);
const small = 0.42; // of the disc, breathed out

// The word when nothing is being held.
function between(status) {
    if (status.state === "playing")
        return status.text ? "listen" : "";
    return { opening: "one moment", paused: "paused", waiting: "waiting for you", lost: "no sound" }[status.state] || "";
}

export class Dial {
    constructor() {
        this.ring = svg("circle", { class: "ring", cx: 110, cy: 110, r: RADIUS, "stroke-dasharray": AROUND, "stroke-dashoffset": AROUND });
        this.disc = svg("circle", { class: "disc", cx: 110, cy: 110, r: 80 });
        this.number = h("span", { class: "number" });
        this.kind = h("span", { class: "kind" });
        this.listening = h("span", { class: "listening" });
        this.element = h("div", { class: "dial", role: "timer", "aria-live": "off" },
            svg("svg", { viewBox: "0 0 220 220", "aria-hidden": "true", focusable: "false" },
                svg("circle", { class: "track", cx: 110, cy: 110, r: RADIUS }), this.disc, this.ring),
            h("div", { class: "dial-words" }, this.listening, this.number, this.kind));
        this.share = 1;
    }

    update(status) {
        const left = boutLeft(status);
        const none = left === null;
        const length = Math.max(status.bout_length || 0, left || 0, 0.1);
        const bout = none ? "" : status.bout;
        this.element.className = `dial ${none ? "none" : ""} ${calm.has(bout) ? "calm" : ""} ${status.state}`;
        show(this.listening, none);
        this.picture({ paused: "pause", waiting: "check", lost: "warn" }[status.state] || "listen");
        text(this.number, none ? "" : left >= 60 ? clock(Math.ceil(left)) : String(Math.ceil(left)));
        text(this.kind, none ? between(status) : status.state === "paused" ? "paused" : status.state === "lost" ? "no sound" : names[bout] || bout);
        this.ring.setAttribute("stroke-dashoffset", none ? AROUND : AROUND * (1 - left / length));
        this.breathe(bout, none ? 0 : 1 - left / length);
    }

    picture(name) {
        if (this.listening.dataset.icon === name)
            return;
        this.listening.dataset.icon = name;
        this.listening.replaceChildren(icon(name));
    }

    breathe(bout, done) {
        if (bout === "in")
            this.share = small + (1 - small) * done;
        else if (bout === "out")
            this.share = 1 - (1 - small) * done;
        const shown = bout === "in" || bout === "out" || bout === "keep";
        this.disc.style.opacity = shown ? "1" : "0";
        this.disc.style.transform = `scale(${this.share.toFixed(3)})`;
    }
}
