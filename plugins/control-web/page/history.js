// SPDX-License-Identifier: GPL-3.0-or-later
// history.js: what was done: the streak, minutes a week as bars (and as a table), the sessions.
import { ask, box } from "./box.js";
import { failure, h, heading, icon, loading, svg } from "./dom.js";
import { count, day, dayAndTime } from "./words.js";

const HEIGHT = 170;
const FOOT = 26; // below the bars, for the dates
const LAST_WORDS = 104; // room for "this week" and half a date beside it
const HEAD = 22; // above them, for the numbers

// A top of the scale that people like: 10, 20, 30, 60, 90, 120…
function scaleTop(most) {
    return [10, 20, 30, 60].find((top) => most <= top) || Math.ceil(most / 60) * 60;
}

function bars(weeks, width) {
    const top = scaleTop(Math.max(...weeks.map((week) => week.minutes), 1));
    const room = HEIGHT - FOOT - HEAD;
    const step = width / weeks.length;
    const each = Math.max(1, Math.ceil(64 / step)); // a date under every so-manieth bar, from the newest
    return weeks.flatMap((week, i) => {
        const high = week.minutes / top * room;
        const x = i * step + step * 0.16;
        const newest = i === weeks.length - 1;
        const bar = svg("rect", { class: newest ? "bar-now" : "bar-past", x, y: HEIGHT - FOOT - Math.max(high, 2), width: step * 0.68, height: Math.max(high, 2), rx: Math.min(6, step * 0.3) });
        const number = week.minutes > 0 ? [svg("text", { class: "bar-number", x: x + step * 0.34, y: HEIGHT - FOOT - high - 6 }, String(Math.round(week.minutes)))] : [];
        const date = (weeks.length - 1 - i) % each === 0 && (newest || x + step * 0.34 < width - LAST_WORDS)
            ? [svg("text", { class: "bar-date", x: newest ? width : x + step * 0.34, y: HEIGHT - 6, "text-anchor": newest ? "end" : "middle" }, newest ? "this week" : day(week.monday))] : [];
        return [bar, ...number, ...date];
    });
}

function chart(weeks) {
    const all = weeks.reduce((sum, week) => sum + week.minutes, 0);
    const drawing = svg("svg", { class: "chart", role: "img", "aria-label": `Minutes a week, the last ${count(weeks.length, "week", "weeks")}: ${Math.round(all)} in all, ${Math.round(weeks[weeks.length - 1].minutes)} this week. The table below has them one by one.` });
    const draw = () => {
        const width = Math.max(240, Math.floor(drawing.getBoundingClientRect().width) || 320);
        drawing.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
        drawing.replaceChildren(svg("line", { class: "axis", x1: 0, x2: width, y1: HEIGHT - FOOT, y2: HEIGHT - FOOT }), ...bars(weeks, width));
    };
    return { drawing, draw };
}

function table(weeks) {
    return h("details", { class: "fold" }, h("summary", {}, "As a table"),
        h("table", {}, h("caption", { class: "hidden" }, "Minutes and sessions a week"),
            h("thead", {}, h("tr", {}, ["Week from", "Minutes", "Sessions"].map((words) => h("th", { scope: "col" }, words)))),
            h("tbody", {}, [...weeks].reverse().map((week) => h("tr", {}, h("th", { scope: "row" }, day(week.monday)), h("td", {}, String(Math.round(week.minutes))), h("td", {}, String(week.sessions)))))));
}

function streakWords(streak) {
    if (!streak.days)
        return "A new streak begins with the next session.";
    return streak.today ? "Today is in it already." : "Today is not in it yet.";
}

const outcomes = { running: "now", stopped: "ended early", interrupted: "interrupted" };

function sessionItem(session) {
    const details = [session.minutes >= 1 ? `${Math.round(session.minutes)} min` : "under a minute", count(session.moves || 0, "move", "moves"), session.skipped ? `${session.skipped} skipped` : null,
        session.effort ? `felt ${session.effort}` : null, outcomes[session.outcome] || null].filter(Boolean);
    return h("li", { class: "session" },
        h("p", { class: "grow" }, session.routine ? h("a", { href: `#/routine/${encodeURIComponent(session.routine)}` }, session.title || session.routine) : h("strong", {}, session.title || "A session"), h("br"), h("span", { class: "quiet" }, details.join(" · "))),
        h("p", { class: "quiet when" }, h("time", { datetime: session.started }, dayAndTime(session.started))));
}

export function historyView(main) {
    const body = h("div", {});
    let redraw = null;
    main.append(heading("History"), body);
    const load = async () => {
        body.replaceChildren(loading());
        let history;
        try {
            history = await ask("history 12");
        } catch (problem) {
            body.replaceChildren(failure(problem, load));
            return;
        }
        const { streak, weeks, sessions } = history;
        const { drawing, draw } = weeks.length ? chart(weeks) : { drawing: null, draw: () => {} };
        body.replaceChildren(
            h("section", { class: "card streak", "aria-label": "Streak" },
                h("p", { class: "big-number" }, String(streak.days)), h("p", {}, h("strong", {}, streak.days === 1 ? "day in a row" : "days in a row"), h("br"), h("span", { class: "quiet" }, `${streakWords(streak)} The longest: ${count(streak.longest, "day", "days")}.`)),
                streak.today ? icon("check") : ""),
            ...(drawing ? [h("section", { class: "card" }, h("h2", {}, "Minutes a week"), drawing, table(weeks))] : []),
            h("section", {}, h("h2", {}, "Sessions"), sessions.length ? h("ul", { class: "plain card sessions" }, sessions.map(sessionItem))
                : h("p", { class: "quiet" }, "None yet. The first one may be short.")));
        redraw = draw;
        draw();
    };
    const resized = () => { if (redraw) redraw(); };
    window.addEventListener("resize", resized);
    let state = box.status ? box.status.state : "";
    load();
    return {
        title: "History",
        update(status) { // a session has ended: there is more to show
            const now = status ? status.state : state;
            if (state && state !== "idle" && now === "idle")
                load();
            state = now;
        },
        destroy() { window.removeEventListener("resize", resized); },
    };
}
