// SPDX-License-Identifier: GPL-3.0-or-later
// phones.js: which phones may drive the box, and sending one away.
import { pairedPhones, unpair } from "./box.js";
import { button, confirmed, failure, h, heading, icon, loading, toast } from "./dom.js";
import { dayAndTime } from "./words.js";

async function sendAway(phone, load) {
    const words = phone.here ? "It is this one: the next time it must be paired again." : "It must be paired again then.";
    if (!await confirmed({ title: `Send away “${phone.device}”?`, words, yes: "Send it away" }))
        return;
    try {
        await unpair(phone.id);
        toast("Sent away.");
        load();
    } catch (problem) {
        toast(problem.message, true);
    }
}

function phoneCard(phone, load) {
    return h("li", { class: "card voice" },
        h("div", { class: "grow" }, h("h2", {}, phone.device, phone.here ? h("span", { class: "badge" }, "this one") : null),
            h("p", { class: "quiet" }, `Paired ${dayAndTime(phone.since)}, last here ${dayAndTime(phone.seen)}`)),
        button("Send away", "remove", () => sendAway(phone, load)));
}

export function phonesView(main) {
    const list = h("ul", { class: "plain cards" });
    main.append(h("p", { class: "trail" }, h("a", { href: "#/voices" }, icon("left"), "Voices")), heading("Paired phones"),
        h("p", { class: "quiet" }, "These may drive the box. What runs on the box itself may always."), list);
    const load = async () => {
        list.replaceChildren(loading());
        try {
            const phones = await pairedPhones();
            list.replaceChildren(...(phones.length ? phones.map((phone) => phoneCard(phone, load)) : [h("li", { class: "quiet empty" }, "None is paired.")]));
        } catch (problem) {
            list.replaceChildren(h("li", {}, failure(problem, load)));
        }
    };
    load();
    return { title: "Paired phones" };
}
