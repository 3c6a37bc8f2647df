// SPDX-License-Identifier: GPL-3.0-or-later
// routines.js: the library: the list of routines, and the page of one.
import { ask } from "./box.js";
import { button, choice, confirmed, failure, field, h, heading, icon, iconButton, loading, select, text, toast } from "./dom.js";
import { handout } from "./handout.js";
import { playRoutine } from "./playing.js";
import { about, count, languageName, upperFirst } from "./words.js";

const wanted = { words: "", short: false, bare: false, own: false, position: "" }; // what the list shows; kept between visits
const SHORT_SECONDS = 630; // "up to 10 minutes", as it is rounded

function facts(routine) {
    return [about(routine.seconds), routine.position, ...(routine.needs || [])].filter(Boolean).join(" · ");
}

function mistakes(routine) {
    return routine.errors ? h("p", { class: "bad-words" }, icon("warn"), `${count(routine.errors, "mistake", "mistakes")}: it cannot be played`) : null;
}

function routineCard(routine) {
    const title = routine.title || routine.name;
    return h("li", { class: "card routine" },
        h("div", { class: "grow" },
            h("h2", {}, h("a", { href: `#/routine/${encodeURIComponent(routine.name)}`, lang: routine.language }, title)),
            routine.description ? h("p", { class: "describe", lang: routine.language }, routine.description) : null,
            h("p", { class: "quiet" }, facts(routine), routine.own ? h("span", { class: "badge" }, "yours") : null), mistakes(routine)),
        routine.errors ? null : iconButton(`Play ${title}`, "play", () => playRoutine(routine.name, title), { class: "play-button" }));
}

function fits(routine) {
    const words = `${routine.title} ${routine.description || ""} ${routine.name} ${(routine.needs || []).join(" ")} ${(routine.moves || []).join(" ")}`.toLowerCase();
    return wanted.words.toLowerCase().split(/\s+/).every((word) => words.includes(word)) && (!wanted.short || routine.seconds <= SHORT_SECONDS)
        && (!wanted.bare || (routine.needs || []).length === 0) && (!wanted.own || routine.own) && (!wanted.position || routine.position === wanted.position);
}

function filters(changed) {
    const toggle = (key, words) => {
        const one = button(words, null, () => {
            wanted[key] = !wanted[key];
            one.setAttribute("aria-pressed", wanted[key]);
            changed();
        }, { class: "chip", "aria-pressed": String(wanted[key]) });
        return one;
    };
    const search = h("input", { type: "search", value: wanted.words, placeholder: "Search, such as neck", "aria-label": "Search routines", autocomplete: "off", spellcheck: "false", enterkeyhint: "search",
        on: { input: () => { wanted.words = search.value; changed(); } } });
    const position = select([["", "Any position"]], "", (value) => { wanted.position = value; changed(); });
    position.className = "chip";
    position.setAttribute("aria-label", "Position it begins in");
    return { element: h("div", { class: "filters", role: "search" }, search, h("div", { class: "chips" }, toggle("short", "Up to 10 min"), toggle("bare", "Needs nothing"), toggle("own", "Yours"), position)), position };
}

export function routinesView(main) {
    let routines = [];
    const result = h("p", { class: "quiet", role: "status" });
    const list = h("ul", { class: "plain cards" });
    const show = () => {
        const found = routines.filter(fits);
        list.replaceChildren(...found.map(routineCard));
        text(result, found.length ? count(found.length, "routine", "routines") : "Nothing like that. Fewer words or filters find more.");
    };
    const { element, position } = filters(show);
    main.append(h("div", { class: "head" }, heading("Routines"), h("a", { href: "#/build", class: "button" }, icon("create"), h("span", {}, "New"))), element, result, list);
    const load = async () => {
        list.replaceChildren(loading());
        try {
            routines = (await ask("routines")).routines;
        } catch (problem) {
            list.replaceChildren(h("li", {}, failure(problem, load)));
            return;
        }
        const positions = [...new Set(routines.map((routine) => routine.position).filter(Boolean))].sort();
        position.append(...positions.map((name) => h("option", { value: name }, upperFirst(name))));
        position.value = positions.includes(wanted.position) ? wanted.position : "";
        wanted.position = position.value;
        show();
    };
    load();
    return { title: "Routines" };
}

// --- one routine ---

// Whole minutes between the shortest and the longest that the page allows, not too many of them.
function lengths(routine) {
    const range = routine.range;
    const all = [["", `As written, ${about(routine.seconds)}`]];
    if (!range || !(range.longest - range.shortest >= 60))
        return all;
    const first = Math.ceil(range.shortest / 60);
    const last = Math.floor(range.longest / 60);
    const step = Math.max(1, Math.ceil((last - first) / 12));
    for (let minutes = first; minutes <= last; minutes += step)
        all.push([`${minutes}min`, `${minutes} minutes`]);
    return all;
}

function startForm(routine) {
    const length = select(lengths(routine), "");
    const level = choice("Level", "level", [["easy", "Easy"], ["normal", "Normal"], ["deep", "Deep"]], "normal");
    const detail = choice("How much is said", "said", [["full", "Full"], ["normal", "Normal"], ["brief", "Brief"]], "normal");
    const voice = select([["", "As set up"]], "");
    const languages = routine.languages && routine.languages.length > 1 ? select(routine.languages.map((tag) => [tag, languageName(tag)]), routine.language) : null;
    const begin = button("Begin", "play", async () => {
        const options = [length.value && `for=${length.value}`, level.value !== "normal" && `level=${level.value}`, detail.value !== "normal" && `detail=${detail.value}`,
            voice.value && `voice=${voice.value}`, languages && languages.value !== routine.language && `language=${languages.value}`].filter(Boolean);
        begin.disabled = true;
        await playRoutine(routine.name, routine.title, options);
        begin.disabled = false;
    }, { class: "primary big wide" });
    ask(routine.language ? `voices ${routine.language}` : "voices").then(({ voices }) =>
        voice.append(...voices.filter((one) => one.usable).map((one) => h("option", { value: one.name }, one.name))), () => {});
    return h("section", { class: "card begin", "aria-label": "Begin" }, begin,
        h("details", { class: "fold" }, h("summary", {}, "Length, level and voice"), field("Length", length), level.element, detail.element, field("Voice", voice), languages ? field("Language", languages) : null));
}

async function removeRoutine(routine) {
    if (!await confirmed({ title: `Delete “${routine.title}”?`, words: "The page is gone then, for good.", yes: "Delete it" }))
        return;
    try {
        await ask(`delete ${routine.name}`);
        toast(`“${routine.title}” is deleted.`);
        location.hash = "#/routines";
    } catch (problem) {
        toast(problem.message, true);
    }
}

export function routineView(main, name) {
    const title = heading("One moment…");
    const body = h("div", { class: "one-routine" });
    const view = { title: "Routine" };
    main.append(h("p", { class: "trail" }, h("a", { href: "#/routines" }, icon("left"), "Routines")), title, body);
    const load = async () => {
        body.replaceChildren(loading());
        let routine;
        try {
            routine = await ask(`routine ${name}`);
        } catch (problem) {
            text(title, "Not to be seen");
            body.replaceChildren(failure(problem, load));
            return;
        }
        text(title, routine.title);
        title.lang = routine.language;
        view.title = routine.title;
        document.title = `${routine.title} – Limber`;
        const change = h("a", { class: "button", href: `#/write/${encodeURIComponent(name)}` }, icon("create"), h("span", {}, routine.own ? "Change it" : "Make your own of it"));
        body.replaceChildren(...[routine.description ? h("p", { class: "lead", lang: routine.language }, routine.description) : null, h("p", { class: "quiet" }, facts(routine)), mistakes(routine),
            routine.errors ? null : startForm(routine), handout(routine.html || "", routine.language),
            h("p", { class: "quiet small" }, [routine.author, routine.license].filter(Boolean).join(" · ")),
            h("div", { class: "row" }, change, routine.own ? button("Delete", "remove", () => removeRoutine(routine), { class: "subtle" }) : null)].filter(Boolean));
    };
    load();
    return view;
}
