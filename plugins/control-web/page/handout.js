// SPDX-License-Identifier: GPL-3.0-or-later
// handout.js: a routine's page as HTML, made safe: parsed apart from this document, and only what a
// handout needs is built anew. No attribute of it is taken over but where a list begins; a link is kept when it
// leads to the page of a move.
import { h } from "./dom.js";

// What becomes what; headings stand under the view's own.
const kept = { H1: "h2", H2: "h2", H3: "h3", H4: "h4", H5: "h5", H6: "h6", P: "p", UL: "ul", OL: "ol", LI: "li", EM: "em", STRONG: "strong", CODE: "code", BLOCKQUOTE: "blockquote", HR: "hr", BR: "br" };

// Words inside these are not words for people.
const dropped = new Set(["SCRIPT", "STYLE", "TEMPLATE", "IFRAME", "OBJECT", "EMBED", "SVG", "MATH", "NOSCRIPT", "TEXTAREA", "SELECT", "TITLE", "HEAD", "LINK", "META", "AUDIO", "VIDEO", "CANVAS", "FORM", "BUTTON", "INPUT"]);

const DEEPEST = 64;

// The page of a move that a link means, or "".
function moveOf(link) {
    const match = /^#move\/([\w-]+)$/.exec(link.getAttribute("href") || "");
    return match ? `#/routine/${encodeURIComponent(`moves/${match[1]}`)}` : "";
}

function element(node) {
    if (node.nodeName === "A")
        return moveOf(node) ? h("a", { href: moveOf(node) }) : null;
    return kept[node.nodeName] ? document.createElement(kept[node.nodeName]) : null;
}

function copy(from, to, depth) {
    for (const node of from.childNodes) {
        if (node.nodeType === Node.TEXT_NODE) {
            to.append(node.nodeValue);
        } else if (node.nodeType === Node.ELEMENT_NODE && depth < DEEPEST && !dropped.has(node.nodeName.toUpperCase())) {
            const made = element(node);
            if (made)
                to.append(made);
            const first = node.nodeName === "OL" ? Number.parseInt(node.getAttribute("start"), 10) : NaN;
            if (first >= 0 && first < 1e6)
                made.start = first;
            copy(node, made || to, depth + 1);
        }
    }
}

// The page without its title, which the view shows already.
export function handout(html, language) {
    const parsed = new DOMParser().parseFromString(html, "text/html");
    const page = h("article", { class: "handout", lang: language });
    copy(parsed.body, page, 0);
    const title = [...parsed.body.children].findIndex((child) => child.nodeName === "H1");
    if (title === 0 && page.firstElementChild)
        page.firstElementChild.remove();
    return page;
}
