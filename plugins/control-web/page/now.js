// SPDX-License-Identifier: GPL-3.0-or-later
// now.js: the view of what plays: the move, what is left of its hold, what is said, and the buttons.
import { ask, box } from "./box.js";
import { button, confirmed, h, heading, icon, iconButton, show, text } from "./dom.js";
import { Dial } from "./dial.js";
import { act, mainAction, playRoutine, Session, sessionLeft } from "./playing.js";
import { SoundPanel } from "./panel.js";
import { MoveList, Timeline } from "./timeline.js";
import { about, ago, clock, sideName } from "./words.js";

// --- nothing plays ---

function offerCard(offer) {
    return h("section", { class: "card offer" },
        h("h2", {}, `You were in ${offer.where}`),
        h("p", { class: "quiet" }, `${offer.title}, ${ago(offer.age)}`),
        h("div", { class: "row" },
            button("Go on", "play", () => act("play", true), { class: "primary" }),
            button("Let it go", null, () => act("forget", true))));
}

// The last three different routines, or short ones for somebody new.
async function suggestions() {
    const [known, past] = await Promise.all([ask("routines"), ask("history").catch(() => ({ sessions: [] }))]);
    const names = new Map(known.routines.filter((routine) => !routine.errors).map((routine) => [routine.name, routine]));
    const recent = [...new Set((past.sessions || []).map((session) => session.routine))].map((name) => names.get(name)).filter(Boolean);
    const short = [...names.values()].sort((a, b) => a.seconds - b.seconds);
    return { again: recent.length > 0, routines: (recent.length ? recent : short).slice(0, 3) };
}

function idlePart() {
    const title = heading("Ready when you are");
    const ended = h("p", { class: "ended", hidden: true });
    const offer = h("div", {});
    const quick = h("section", { class: "quick" });
    const today = button("Today’s session", "play", () => act("today"), { class: "primary big" });
    const problem = h("p", { class: "card problem", role: "alert", hidden: true });
    const panel = new SoundPanel();
    const element = h("div", { class: "idle" }, title, problem, ended, offer,
        h("div", { class: "row" }, today, h("a", { href: "#/routines", class: "button big" }, icon("list"), h("span", {}, "All routines"))),
        quick, panel.element);
    let offered = "";
    let asked = false;
    return {
        element,
        async fill() {
            if (asked)
                return;
            asked = true;
            try {
                const { again, routines } = await suggestions();
                quick.replaceChildren(h("h2", {}, again ? "Once more" : "To begin with"), h("ul", { class: "plain" }, routines.map((routine) =>
                    h("li", {}, h("button", { type: "button", class: "quick-play",
                        on: { click: () => playRoutine(routine.name, routine.title) } },
                    icon("play"), h("span", { class: "hidden" }, "Play "), h("span", { class: "grow", lang: routine.language }, routine.title), h("span", { class: "quiet" }, about(routine.seconds)))))));
            } catch {
                asked = false;
            }
        },
        update(status) {
            show(problem, Boolean(status.problem));
            text(problem, status.problem || "");
            show(panel.element, Boolean(status.detail)); // `limber play` keeps nothing
            panel.update(status);
            const key = JSON.stringify(status.offer);
            if (key !== offered) {
                offered = key;
                today.classList.toggle("primary", !status.offer);
                offer.replaceChildren(...(status.offer ? [offerCard(status.offer)] : []));
            }
        },
        ended(words) {
            show(ended, Boolean(words));
            ended.replaceChildren(icon("check"), `${words} has ended. `, h("a", { href: "#/history" }, "Your history"));
        },
        forget() { asked = false; },
        destroy() { panel.destroy(); },
    };
}

// --- what Limber asks ---

const questions = {
    ready: { words: "Take your time. Are you in position?", answers: [["I am ready", "go", true]] },
    "go on": { words: "Go on where you were?", answers: [["Go on", "go", true], ["Begin again", "restart", false]] },
    effort: { words: "How was it?", answers: [["Easy", "effort easy", true], ["Hard", "effort hard", true]] },
};

function questionCard(kind) {
    const { words, answers } = questions[kind];
    return h("section", { class: "card question", "aria-label": "Limber asks" },
        h("h2", {}, words),
        h("div", { class: "row" }, answers.map(([label, line, primary]) => button(label, null, () => act(line, true), { class: primary ? "primary big" : "big" }))));
}

// --- something plays ---

function bigButtons() {
    const back = iconButton("Back", "back", () => act("back", true), { class: "large" });
    const next = iconButton("Next", "next", () => act("next", true), { class: "large" });
    const main = h("button", { type: "button", class: "main-button", on: { click: () => act(mainAction(box.status).command, true) } });
    const element = h("div", { class: "dock", role: "group", "aria-label": "Player" }, back, main, next);
    let label = "";
    return {
        element,
        update(status) {
            const action = mainAction(status);
            if (action.label === label)
                return;
            label = action.label;
            main.setAttribute("aria-label", label);
            main.title = label;
            main.replaceChildren(icon(action.icon));
        },
    };
}

function smallButtons() {
    const side = button("Other side", "side", () => act("skip-side", true), { class: "tile" });
    const element = h("div", { class: "tiles", role: "group", "aria-label": "More" },
        button("Say again", "again", () => act("again", true), { class: "tile" }),
        button("10 s less", "less", () => act("less"), { class: "tile" }),
        button("10 s more", "more", () => act("more"), { class: "tile" }),
        button("Where am I?", "where", () => act("where"), { class: "tile" }), side);
    return { element, update(status) { side.disabled = !status.side; } };
}

async function endSession() {
    if (await confirmed({ title: "End the session?", words: "Limber stops talking. You can begin again at any time.", yes: "End it", no: "Keep going" }))
        act("stop", true);
}

function playingPart() {
    const routine = h("p", { class: "eyebrow" });
    const move = heading("", { class: "move" });
    const side = h("p", { class: "side" });
    const question = h("div", { class: "asks" });
    const problem = h("p", { class: "card problem", role: "alert", hidden: true });
    const dial = new Dial();
    const spoken = h("p", { class: "spoken" });
    const next = h("p", { class: "then" });
    const timeline = new Timeline((index) => act(`to ${index}`, true));
    const list = new MoveList((index) => act(`to ${index}`, true));
    const buttons = bigButtons();
    const tiles = smallButtons();
    const panel = new SoundPanel();
    const session = new Session((value) => { timeline.draw(value); list.draw(value); });
    let asked = "";
    const element = h("div", { class: "playing" },
        h("section", { class: "stage", "aria-label": "Now" }, h("div", { class: "what" }, routine, move, side), problem, question, dial.element, spoken, next, timeline.element, buttons.element),
        h("div", { class: "rest" }, tiles.element, panel.element, list.element,
            h("p", { class: "end" }, button("End the session", "stop", endSession, { class: "subtle" }))));
    return {
        element,
        update(status) {
            session.update(status);
            const kind = Object.hasOwn(questions, status.question || "") ? status.question : "";
            if (kind !== asked)
                question.replaceChildren(...(kind ? [questionCard(kind)] : []));
            asked = kind;
            text(routine, status.move ? status.title || "" : "");
            text(move, status.move || status.title || "Limber");
            for (const part of [routine, move, spoken, next])
                part.lang = status.language || "";
            updateSide(side, status.side);
            show(problem, Boolean(status.problem));
            text(problem, status.problem || "");
            show(dial.element, !kind || Boolean(status.bout));
            dial.update(status);
            text(spoken, status.text || "");
            const left = sessionLeft(status);
            text(next, [status.next ? `Then: ${status.next}` : null, left === null ? null : `${clock(left)} to go`].filter(Boolean).join(" · "));
            timeline.update(status);
            list.update(status);
            buttons.update(status);
            tiles.update(status);
            panel.update(status);
        },
        dock: buttons.element,
        destroy() { session.destroy(); panel.destroy(); timeline.destroy(); },
    };
}

function updateSide(element, side) {
    if (element.dataset.side === (side || ""))
        return;
    element.dataset.side = side || "";
    show(element, Boolean(side));
    element.replaceChildren(...(side ? [icon(side === "left" ? "left" : "right"), sideName(side)] : []));
}

export function nowView(main, _, refresh) {
    const idle = idlePart();
    const playing = playingPart();
    const waiting = h("div", { class: "idle" }, heading("Limber"), h("p", { class: "quiet" }, "Looking for the box…"));
    let shown = waiting;
    let last = "";
    main.append(waiting);
    const view = {
        title: "Now",
        away: false,
        update(status) {
            if (!status)
                return;
            const busy = status.state !== "idle";
            const part = busy ? playing : idle;
            if (part.element !== shown) {
                const hadFocus = shown.contains(document.activeElement);
                shown = part.element;
                main.replaceChildren(shown);
                if (!busy)
                    idle.fill();
                idle.ended(busy ? "" : last);
                idle.forget();
                part.update(status);
                if (hadFocus)
                    main.querySelector("h1").focus({ preventScroll: true });
            }
            last = busy ? status.title || "The session" : "";
            part.update(status);
            view.title = busy ? [status.move || status.title, sideName(status.side)].filter(Boolean).join(", ") : "Now";
        },
        destroy() { idle.destroy(); playing.destroy(); sight.disconnect(); },
    };
    const sight = new IntersectionObserver((entries) => {
        const away = shown === playing.element && !entries[entries.length - 1].isIntersecting;
        if (view.away === away)
            return;
        view.away = away;
        refresh();
    });
    sight.observe(playing.dock);
    return view;
}
