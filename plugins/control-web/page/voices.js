// SPDX-License-Identifier: GPL-3.0-or-later
// voices.js: who can speak, and who does.
import { ask } from "./box.js";
import { button, failure, h, heading, icon, loading, show, text } from "./dom.js";
import { act } from "./playing.js";
import { languageName } from "./words.js";

function voiceCard(voice) {
    const use = button(`Speak with ${voice.name}`, "voices", () => act(`voice ${voice.name}`));
    const now = h("span", { class: "badge", hidden: true });
    const element = h("li", { class: "card voice" },
        h("div", { class: "grow" }, h("h2", {}, voice.name, now),
            voice.description ? h("p", { class: "describe" }, voice.description) : null,
            h("p", { class: "quiet" }, [(voice.languages || []).map(languageName).join(", "), voice.engine].filter(Boolean).join(" · ")),
            voice.usable ? null : h("p", { class: "bad-words" }, icon("warn"), voice.problem || "It cannot speak here.")),
        voice.usable ? use : null);
    return {
        element,
        update(status) {
            const busy = Boolean(status && status.state !== "idle");
            const can = busy || Boolean(status && status.detail); // a box keeps it; `limber play` does not
            const speaks = can && status.voice === voice.name;
            const state = `${busy} ${can} ${speaks}`;
            if (element.dataset.speaks === state)
                return;
            element.dataset.speaks = state;
            show(use, can);
            text(now, busy ? "speaks now" : "will speak");
            use.setAttribute("aria-pressed", speaks);
            show(now, speaks);
        },
    };
}

export function voicesView(main) {
    let cards = [];
    let latest = null;
    const list = h("ul", { class: "plain cards" });
    main.append(heading("Voices"), h("p", { class: "quiet" }, "Who can speak here. While a session plays, another voice takes over from the next words on. The one you choose also speaks in the sessions to come."), list,
        h("p", { class: "end" }, h("a", { href: "#/phones", class: "button subtle" }, "Paired phones")));
    const load = async () => {
        list.replaceChildren(loading());
        try {
            cards = (await ask("voices")).voices.map(voiceCard);
        } catch (problem) {
            list.replaceChildren(h("li", {}, failure(problem, load)));
            return;
        }
        list.replaceChildren(...cards.map((card) => card.element));
        cards.forEach((card) => card.update(latest));
    };
    load();
    return { title: "Voices", update(status) { latest = status; cards.forEach((card) => card.update(status)); } };
}
