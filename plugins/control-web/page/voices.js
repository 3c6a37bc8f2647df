// SPDX-License-Identifier: GPL-3.0-or-later
// voices.js: who can speak, and who does.
import { ask } from "./box.js";
import { button, failure, h, heading, icon, loading, show } from "./dom.js";
import { act } from "./playing.js";
import { languageName } from "./words.js";

function voiceCard(voice) {
    const use = button(`Speak with ${voice.name}`, "voices", () => act(`voice ${voice.name}`));
    const now = h("span", { class: "badge", hidden: true }, "speaks now");
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
            const speaks = busy && status.voice === voice.name;
            if (element.dataset.speaks === `${busy} ${speaks}`)
                return;
            element.dataset.speaks = `${busy} ${speaks}`;
            show(use, busy);
            use.setAttribute("aria-pressed", speaks);
            show(now, speaks);
        },
    };
}

export function voicesView(main) {
    let cards = [];
    let latest = null;
    const list = h("ul", { class: "plain cards" });
    main.append(heading("Voices"), h("p", { class: "quiet" }, "Who can speak here. While a session plays, another voice can take over from the next words on; for all sessions, it is set in the configuration."), list,
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
