// SPDX-License-Identifier: GPL-3.0-or-later
// dom.js: making elements. Words from elsewhere only ever become text, so no word can become a tag.

const SVG = "http://www.w3.org/2000/svg";

function put(element, name, value) {
    if (name === "on") {
        for (const [event, handler] of Object.entries(value))
            element.addEventListener(event, handler);
    } else if (name === "value" || name === "checked" || name === "disabled" || name === "hidden") {
        element[name] = value;
    } else if (value !== null && value !== undefined && value !== false) {
        element.setAttribute(name, value === true ? "" : String(value));
    }
}

// h("button", {class: "big", on: {click: f}}, "Words", otherElement, null)
export function h(tag, properties = {}, ...children) {
    const element = document.createElement(tag);
    element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
    for (const [name, value] of Object.entries(properties))
        put(element, name, value);
    return element;
}

export function svg(tag, properties = {}, ...children) {
    const element = document.createElementNS(SVG, tag);
    element.append(...children.flat());
    for (const [name, value] of Object.entries(properties))
        put(element, name, value);
    return element;
}

// Outlines on a 24 × 24 grid.
const icons = {
    now: "M12 21a9 9 0 1 0-9-9M12 7v5l3.5 2M3 16.5V21h4.5",
    list: "M8 6h12M8 12h12M8 18h12M4 6h.01M4 12h.01M4 18h.01",
    create: "M4 20h4L19 9l-4-4L4 16zM13.5 6.5l4 4",
    history: "M5 20v-6M10 20V8M15 20v-9M20 20V4",
    voices: "M12 15a3.5 3.5 0 0 0 3.5-3.5v-5a3.5 3.5 0 0 0-7 0v5A3.5 3.5 0 0 0 12 15zM5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3",
    play: "M8 5.2v13.6L19 12z",
    pause: "M9 5.5v13M15 5.5v13",
    next: "M6 5.5v13l9-6.5zM18.5 5.5v13",
    back: "M18 5.5v13L9 12zM5.5 5.5v13",
    again: "M4 12a8 8 0 1 1 2.5 5.8M4 12l-1.6-3M4 12l3.2-1.6",
    where: "M12 21s-6.5-5.6-6.5-11a6.5 6.5 0 0 1 13 0c0 5.4-6.5 11-6.5 11zM12 12.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4z",
    side: "M4 8h13l-3.5-3.5M20 16H7l3.5 3.5",
    more: "M12 5v14M5 12h14",
    less: "M5 12h14",
    up: "M12 19V5M6 11l6-6 6 6",
    down: "M12 5v14M6 13l6 6 6-6",
    remove: "M6 6l12 12M18 6L6 18",
    check: "M5 12.5l4.5 4.5L19 7.5",
    left: "M19 12H5M11 6l-6 6 6 6",
    right: "M5 12h14M13 6l6 6-6 6",
    listen: "M4 14v-4M8 17V7M12 20V4M16 17V7M20 14v-4",
    stop: "M6.5 6.5h11v11h-11z",
    warn: "M12 4L2.8 20h18.4zM12 10v4.5M12 17.4h.01",
    quiet: "M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM16 9.5a4 4 0 0 1 0 5",
    loud: "M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM16 9.5a4 4 0 0 1 0 5M18.5 6.5a8 8 0 0 1 0 11",
    upload: "M12 16V5M7 9.5L12 4.5l5 5M5 19.5h14",
};

const solid = new Set(["play", "next", "back", "stop"]);

// A picture beside words, or inside a button that has its own label: never read aloud.
export function icon(name) {
    return svg("svg", { class: solid.has(name) ? "icon solid" : "icon", viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" },
        svg("path", { d: icons[name] }));
}

export function button(label, iconName, onclick, properties = {}) {
    return h("button", { type: "button", ...properties, on: { click: onclick } },
        iconName ? icon(iconName) : null, h("span", {}, label));
}

// A round button whose words only a screen reader (and a long press) gives.
export function iconButton(label, iconName, onclick, properties = {}) {
    return h("button", { type: "button", title: label, "aria-label": label, ...properties, class: `round ${properties.class || ""}`, on: { click: onclick } },
        icon(iconName));
}

export function text(element, words) {
    if (element.textContent !== words)
        element.textContent = words;
}

export function show(element, yes) {
    if (element.hidden === yes)
        element.hidden = !yes;
}

// The one heading of a view; it gets the focus when the view opens.
export function heading(words, properties = {}) {
    return h("h1", { tabindex: "-1", ...properties }, words);
}

let unique = 0;
export function id(prefix) {
    unique += 1;
    return `${prefix}-${unique}`;
}

// A label above its control.
export function field(label, control, hint = null) {
    control.id = control.id || id("field");
    const note = hint ? h("small", { id: id("hint") }, hint) : null;
    if (note)
        control.setAttribute("aria-describedby", note.id);
    return h("div", { class: "field" }, h("label", { for: control.id }, label), control, note);
}

export function select(choices, value, onchange = () => {}) {
    const element = h("select", { on: { change: () => onchange(element.value) } },
        choices.map(([key, words]) => h("option", { value: key }, words)));
    element.value = value;
    return element;
}

// One choice out of a few, all of them seen.
export function choice(legend, name, choices, value, onchange = () => {}) {
    const inputs = choices.map(([key]) => h("input", { type: "radio", name, id: id(name), value: key, checked: key === value,
        on: { change: () => onchange(key) } }));
    const element = h("fieldset", { class: "choice" }, h("legend", {}, legend),
        h("div", { class: "choices" }, choices.map(([, words], i) => [inputs[i], h("label", { for: inputs[i].id }, words)]).flat()));
    return {
        element,
        get value() { return (inputs.find((input) => input.checked) || inputs[0]).value; },
        set value(key) { inputs.forEach((input) => { input.checked = input.value === key; }); },
    };
}

// --- words for everybody ---

let toastTimer = 0;

// Shows a line for a while. `bad`: it did not work.
export function toast(words, bad = false) {
    const place = document.getElementById("toast");
    clearTimeout(toastTimer);
    place.className = bad ? "toast shown bad" : "toast shown";
    place.replaceChildren(words);
    toastTimer = setTimeout(() => place.classList.remove("shown"), 2500 + 60 * words.length);
}

// For screen readers only: what changed while nobody touched anything.
export function announce(words) {
    document.getElementById("announce").replaceChildren(words);
}

// Asks; true when the person says yes. Closing it in any other way is a no.
export function confirmed({ title, words, yes, no = "Cancel" }) {
    return new Promise((resolve) => {
        const label = id("dialog");
        const back = document.activeElement;
        const dialog = h("dialog", { "aria-labelledby": label },
            h("h2", { id: label }, title), h("p", {}, words),
            h("div", { class: "row" },
                button(no, null, () => dialog.close("no"), { autofocus: true }),
                button(yes, null, () => dialog.close("yes"), { class: "primary" })));
        dialog.addEventListener("close", () => {
            dialog.remove();
            if (back && back.isConnected)
                back.focus();
            resolve(dialog.returnValue === "yes");
        });
        document.body.append(dialog);
        dialog.showModal();
    });
}

// What cannot be shown, and what to do about it. A player of one routine has no library, which is no fault (409).
export function failure(problem, again) {
    if (problem.status === 409)
        return h("p", { class: "card", role: "status" }, problem.message);
    return h("div", { class: "card problem", role: "alert" },
        h("p", {}, icon("warn"), problem.message),
        again ? button("Try again", "again", again) : null);
}

export function loading() {
    return h("p", { class: "quiet loading" }, "One moment…");
}
