// SPDX-License-Identifier: GPL-3.0-or-later
// playing.js: what the views say about what plays, and how they send commands.
import { ask, box, command, elapsed } from "./box.js";
import { confirmed, toast } from "./dom.js";
import { clock, sideName, upperFirst } from "./words.js";

// Sends a command and shows the answer. True when it was done.
export async function act(line, quiet = false) {
    try {
        const answer = await command(line);
        if (answer && !quiet)
            toast(upperFirst(answer));
        return true;
    } catch (problem) {
        if (problem.status !== 401)
            toast(problem.message, true);
        return false;
    }
}

// "Bridge, left side"
export function moveLine(status) {
    return [status.move || status.title || "Limber", status.move && sideName(status.side) ? `${status.side} side` : null].filter(Boolean).join(", ");
}

export function boutLeft(status) {
    return status.bout && status.bout_left !== null ? Math.max(0, status.bout_left - elapsed()) : null;
}

export function sessionLeft(status) {
    return status.left === null || status.left === undefined ? null : Math.max(0, status.left - elapsed());
}

export function position(status) {
    return Math.max(0, (status.position || 0) + elapsed());
}

// "23 s left", or what is left of the session
export function leftOf(status) {
    const bout = boutLeft(status);
    if (bout !== null)
        return `${status.bout} ${clock(Math.ceil(bout))}`;
    const left = sessionLeft(status);
    return left === null ? status.title || "" : `${clock(left)} to go`;
}

// What the one big button does now.
export function mainAction(status) {
    const state = status ? status.state : "idle";
    if (state === "waiting")
        return { label: "I am ready", icon: "check", command: "go" };
    if (state === "paused" || state === "lost")
        return { label: "Go on", icon: "play", command: "play" };
    if (state === "idle")
        return { label: "Play", icon: "play", command: "play" };
    return { label: "Pause", icon: "pause", command: "pause" };
}

// Plays a routine with options such as ["level=easy"]; asks first when another one plays. True when it began.
export async function playRoutine(name, title, options = []) {
    const now = box.status;
    if (now && now.state !== "idle") {
        const yes = await confirmed({ title: `Stop “${now.title}”?`, words: `It is playing now. Shall it end, and “${title}” begin?`, yes: "Stop it and begin", no: "Leave it" });
        if (!yes)
            return false;
    }
    if (!await act(["play", name, ...options].join(" ")))
        return false;
    location.hash = "#/now";
    return true;
}

// Numbers that are numbers, whatever came: a move without a length lasts until the next one.
function measured(session) {
    const moves = (session.moves || []).map((move) => ({ ...move, start: Number(move.start) || 0 }));
    const end = Number(session.total) || 0;
    moves.forEach((move, i) => {
        const until = i + 1 < moves.length ? moves[i + 1].start : Math.max(end, move.start);
        move.seconds = move.seconds > 0 ? move.seconds : Math.max(0, until - move.start);
    });
    return { ...session, moves };
}

// The session to be drawn, asked for again only when something in it has changed.
export class Session {
    constructor(changed) {
        this.value = null;
        this.key = "";
        this.changed = changed;
        this.timer = 0;
    }

    update(status) {
        const key = status && !["idle", "opening"].includes(status.state) && status.routine ? JSON.stringify([status.routine, status.total, status.move_count, status.pace]) : "";
        if (key === this.key)
            return;
        this.key = key;
        clearTimeout(this.timer);
        if (key)
            this.timer = setTimeout(() => this.fetch(key), this.value ? 400 : 0);
        else
            this.set(null);
    }

    async fetch(key) {
        let value = null;
        try {
            value = measured(await ask("session"));
        } catch { /* a host that knows none: no timeline */ }
        if (key === this.key)
            this.set(value);
        if (key === this.key && (!value || value.exact === false))
            this.timer = setTimeout(() => this.fetch(key), 5000);
    }

    set(value) {
        this.value = value;
        this.changed(value);
    }

    destroy() {
        clearTimeout(this.timer);
        this.key = "";
    }
}
