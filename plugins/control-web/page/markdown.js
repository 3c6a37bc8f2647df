// SPDX-License-Identifier: GPL-3.0-or-later
// markdown.js: the page of a routine that was put together from moves (docs/routine-language.md).

// Words as they are: nothing in them is a mark, a link, a placeholder or a heading.
export function plain(words) {
    return words.replace(/[\u0000-\u001f\u007f\u2028\u2029]+/g, " ").replace(/\s+/g, " ").trim().replace(/[\\`*_{}[\]<>()#|~!&]/g, "\\$&").replace(/^([-+=.]|\d+[.)])/, (start) =>
        (/^\d/.test(start) ? `${start.slice(0, -1)}\\${start.slice(-1)}` : `\\${start}`));
}

// The address a link to a move needs; `name` is what the box calls it.
function target(name) {
    const path = /\.md$/.test(name) ? name : `${name.includes("/") ? name : `moves/${name}`}.md`;
    return /^[\w./-]+$/.test(path) ? path : `<${path.replace(/[<>\\\n]/g, "")}>`;
}

function marks(item) {
    const list = [];
    if (item.amount === "reps")
        list.push(`${item.number} reps`);
    else if (item.amount)
        list.push(`${item.amount} ${item.number}s`);
    if (item.sets > 1)
        list.push(`${item.sets} sets`, `rest ${item.rest}s`);
    if (item.sides)
        list.push("each side");
    return list.map((mark) => ` \`${mark}\``).join("");
}

// → {text, lines: [[first, last] of each item]}
export function routinePage({ title, language, rounds, rest, items }) {
    const rows = ["---", `language: ${language}`, "---", `# ${plain(title) || "My routine"}${rounds > 1 ? ` \`${rounds} rounds\` \`rest ${rest}s\`` : ""}`, ""];
    const lines = items.map((item) => {
        const from = rows.length + 1;
        rows.push(`## [${plain(item.title)}](${target(item.name)})${marks(item)}`, "");
        if (plain(item.note))
            rows.push(plain(item.note), "");
        return [from, rows.length];
    });
    return { text: `${rows.join("\n").trimEnd()}\n`, lines };
}
