// SPDX-License-Identifier: GPL-3.0-or-later
// app.js: the frame around the views: which one is open, the bar of what plays, and how the box is reached.
import { box, retryNow, start } from "./box.js";
import { announce, button, h, icon, iconButton, show, text } from "./dom.js";
import { act, leftOf, mainAction, moveLine } from "./playing.js";
import { clock } from "./words.js";
import { nowView } from "./now.js";
import { routinesView, routineView } from "./routines.js";
import { voicesView } from "./voices.js";
import { historyView } from "./history.js";
import { writeView } from "./write.js";
import { buildView } from "./build.js";
import { pairView } from "./pair.js";
import { phonesView } from "./phones.js";

// Each view: f(main, argument, refresh) fills main and returns {title, update?(status), destroy?(), away?}; away: its
// buttons are out of sight, so that the bar is wanted. refresh() has all of this looked at again.
const views = { now: nowView, routines: routinesView, routine: routineView, voices: voicesView, history: historyView, write: writeView, build: buildView, phones: phonesView };

const places = [["now", "Now", "now"], ["routines", "Routines", "list"], ["build", "Create", "create"], ["history", "History", "history"], ["voices", "Voices", "voices"]];
const partOf = { routine: "routines", write: "build", phones: "voices" };

const main = document.getElementById("main");
const nav = document.getElementById("nav");
const bar = document.getElementById("bar");
const linkLine = document.getElementById("link");

let view = null;
let viewName = "";
let said = "";

// --- which view ---

function route() {
    const [name, ...rest] = location.hash.replace(/^#\/?/, "").split("/");
    let argument = "";
    try {
        argument = decodeURIComponent(rest.join("/"));
    } catch { /* a broken address: as without */ }
    return Object.hasOwn(views, name) ? [name, argument] : ["now", ""];
}

function retitle() {
    const title = box.link === "pair" ? "Pairing" : view ? view.title : "";
    document.title = title ? `${title} – Limber` : "Limber";
}

// Opens the view of the address. `moved`: the person went there, so the focus goes with them.
function open(moved) {
    const [name, argument] = box.link === "pair" ? ["pair", ""] : route();
    if (view && view.destroy)
        view.destroy();
    main.replaceChildren();
    main.className = `view-${name}`;
    viewName = name;
    view = (name === "pair" ? pairView : views[name])(main, argument, update);
    for (const link of nav.querySelectorAll("a")) {
        if (link.dataset.name === (partOf[name] || name))
            link.setAttribute("aria-current", "page");
        else
            link.removeAttribute("aria-current");
    }
    show(nav, name !== "pair");
    retitle();
    update();
    if (!moved)
        return;
    window.scrollTo(0, 0);
    const title = main.querySelector("h1");
    if (title)
        title.focus({ preventScroll: true });
}

// --- what plays, on every view ---

const barTitle = h("span", { class: "bar-title" });
const barLeft = h("span", { class: "bar-left" });
const barLink = h("a", { href: "#/now", class: "bar-link" }, icon("now"), h("span", { class: "bar-words" }, barTitle, barLeft));
const barButton = iconButton("Pause", "pause", () => act(mainAction(box.status).command), { class: "bar-button" });
bar.append(barLink, barButton);

function updateBar(status) {
    const shown = (viewName !== "now" || (view && view.away)) && viewName !== "pair" && status && status.state !== "idle";
    show(bar, Boolean(shown));
    document.body.classList.toggle("with-bar", Boolean(shown));
    if (!shown)
        return;
    text(barTitle, moveLine(status));
    barTitle.lang = status.language || "";
    text(barLeft, status.state === "paused" ? "paused" : status.question ? "Limber asks something" : leftOf(status));
    const action = mainAction(status);
    if (barButton.title !== action.label) {
        barButton.title = action.label;
        barButton.setAttribute("aria-label", action.label);
        barButton.replaceChildren(icon(action.icon));
    }
}

// A change of move or side is worth a word to a screen reader; a second that passes is not.
function announceMove(status) {
    const line = status && status.state !== "idle" ? moveLine(status) : "";
    if (line && line !== said)
        announce(line);
    said = line;
}

function update() {
    updateBar(box.status);
    if (view && view.update)
        view.update(box.status);
    retitle();
}

function updateLink() {
    const words = { connecting: "Looking for the box…", lost: "The box is out of reach. What plays goes on playing; this page comes back by itself." }[box.link];
    linkLine.classList.toggle("shown", Boolean(words));
    linkLine.classList.toggle("calm", box.link === "connecting");
    linkLine.replaceChildren(...(words ? [words] : []), ...(box.link === "lost" ? [button("Try now", null, retryNow, { class: "small" })] : []));
    document.body.dataset.link = box.link;
    if ((box.link === "pair") !== (viewName === "pair"))
        open(true);
}

for (const [name, words, picture] of places)
    nav.append(h("a", { href: `#/${name}`, "data-name": name }, icon(picture), h("span", {}, words)));
document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    (main.querySelector("h1") || main).focus();
});
window.addEventListener("hashchange", () => { if (box.link !== "pair") open(true); });
box.addEventListener("status", () => { announceMove(box.status); update(); });
box.addEventListener("link", () => { updateLink(); update(); });
setInterval(() => { if (!document.hidden && box.status && box.status.state === "playing") update(); }, 200);
open(false);
updateLink();
start();
