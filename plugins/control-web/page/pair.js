// SPDX-License-Identifier: GPL-3.0-or-later
// pair.js: the first visit from another device: the box says six digits, the person types them.
import { beginPairing, pair } from "./box.js";
import { button, h, heading, icon, text } from "./dom.js";

function trouble(problem) {
    const wait = problem.data && problem.data.wait ? (problem.data.wait >= 90 ? `${Math.ceil(problem.data.wait / 60)} minutes` : `${problem.data.wait} seconds`) : "a while";
    if (problem.status === 429)
        return `Too many tries. For safety the box listens to no code now. Wait ${wait}, then let it say a new one.`;
    if (problem.status === 403)
        return `${problem.message || "That is not the code."} A code is good for a few minutes only.`;
    return problem.message || "The box did not take the code. Try again.";
}

export function pairView(main) {
    const error = h("p", { class: "bad-words", role: "alert", id: "pair-error" });
    const told = h("p", { class: "quiet", role: "status" });
    const code = h("input", { id: "code", class: "code", inputmode: "numeric", autocomplete: "one-time-code", maxlength: 11, pattern: "[0-9 ]*", "aria-describedby": "pair-error", enterkeyhint: "go" });
    const send = h("button", { type: "submit", class: "primary big wide" }, "Pair this phone");
    let busy = false;
    const fail = (words) => {
        error.replaceChildren(...(words ? [icon("warn"), words] : []));
        if (words)
            code.setAttribute("aria-invalid", "true");
        else
            code.removeAttribute("aria-invalid");
    };
    const submit = async () => {
        const digits = code.value.replace(/\D/g, "");
        if (digits.length !== 6) {
            fail("The code has six digits.");
            code.focus();
            return;
        }
        if (busy)
            return;
        busy = send.disabled = true;
        fail("");
        try {
            await pair(digits);
        } catch (problem) {
            fail(trouble(problem));
            code.value = "";
            code.focus();
        }
        busy = send.disabled = false;
    };
    code.addEventListener("input", () => { if (code.value.replace(/\D/g, "").length === 6) submit(); });
    const begin = button("Let the box say a code", "voices", async () => {
        begin.disabled = true;
        fail("");
        try {
            await beginPairing();
            text(told, "Listen: the box says six digits, twice. Type them here.");
            code.focus();
        } catch (problem) {
            fail(trouble(problem));
        }
        begin.disabled = false;
    }, { class: "big wide" });
    main.append(h("div", { class: "pairing" }, heading("Pair this phone"),
        h("p", { class: "lead" }, "So that only people in the room can drive the box, it says a code aloud. You do this once."),
        h("ol", { class: "steps plain" },
            h("li", {}, begin, told),
            h("li", {}, h("form", { novalidate: true, on: { submit: (event) => { event.preventDefault(); submit(); } } }, h("label", { for: "code" }, "The six digits"), code, error, send)))));
    return { title: "Pairing" };
}
