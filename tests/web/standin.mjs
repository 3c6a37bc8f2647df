// SPDX-License-Identifier: GPL-3.0-or-later
// standin.mjs: a box for the browser tests: serves the page under the strict policy that the real one has,
// answers as docs/ask.md says, and does to a small state what the commands would. Nothing here waits or sounds.
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { extname, join } from "node:path";

const library = JSON.parse(readFileSync(new URL("library.json", import.meta.url), "utf8"));
const types = { ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml" };
export const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const idle = { format: 1, state: "idle", question: null, routine: null, title: null, language: null, move: null, move_index: 0, move_count: 0, side: null, round: null, set: null, rep: null, text: null,
    bout: null, bout_left: null, bout_length: null, next: null, position: 0, total: null, left: null, voice: "calm", detail: "normal", tips: true, pace: 0,
    levels: { master: 0, speech: 0, sounds: 0, bed: 0 }, offer: null, problem: null };

const voices = [
    { name: "calm", languages: ["en"], description: "Slow and low, for the end of the day", engine: "speech-espeak", usable: true, problem: null },
    { name: "mellow", languages: ["en"], description: "A warm voice", engine: "speech-flite", usable: true, problem: null },
    { name: "anna", languages: ["de"], description: "Ruhig und deutlich", engine: "speech-pack", usable: true, problem: null },
    { name: "studio", languages: ["en"], description: "Recorded by a trainer", engine: "speech-pack", usable: false, problem: "Its clips are not here." }];

const minutes = [0, 14, 22.5, 31, 18, 0, 25, 42.5, 38, 51, 44, 27];
const history = {
    streak: { days: 3, today: true, longest: 9 },
    weeks: minutes.map((all, i) => ({ monday: new Date(Date.UTC(2026, 7, 31 + 7 * i)).toISOString().slice(0, 10), minutes: all, sessions: Math.round(all / 9) })),
    sessions: [["2026-11-21T08:01:00+01:00", "desk-break", "Desk break", 5.4, "finished", "easy", 5, 0], ["2026-11-20T19:12:00+01:00", "upper-back-relief", "Upper-back relief", 11.2, "finished", null, 8, 1],
        ["2026-11-19T07:40:00+01:00", "morning-ten", "Morning stretch", 9.8, "finished", "hard", 9, 0], ["2026-11-17T21:05:00+01:00", "breathing", "Breathing", 2.1, "stopped", null, 1, 0]]
        .map(([started, routine, title, long, outcome, effort, moves, skipped], id) => ({ id, started, routine, title, minutes: long, outcome, effort, moves, skipped })),
};

// Enough of `check` for the page: an unknown mark, and whether there is a title.
function check(page) {
    const diagnostics = [];
    page.split("\n").forEach((line, i) => {
        for (const match of line.matchAll(/`hodl [^`]*`/g))
            diagnostics.push({ severity: "error", line: i + 1, column: [...line.slice(0, match.index)].length + 1, length: match[0].length, message: `unknown mark ${match[0]}`, hint: "did you mean `hold 30s`?" });
        if (/Hold for/.test(line))
            diagnostics.push({ severity: "warning", line: i + 1, column: [...line.slice(0, line.indexOf("Hold for"))].length + 1, length: 8, message: "words that should be a mark", hint: "write `hold 30s`" });
    });
    const title = /^# ([^`\n]*)/m.exec(page);
    return { diagnostics, title: title ? title[1].trim() : null, seconds: 60 + page.length / 4, playable: title !== null && !diagnostics.some((one) => one.severity === "error") };
}

const escaped = (words) => words.replace(/[&<>]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" }[sign]));

// As cmark would, for the few forms that the fixtures have.
function html(source) {
    return source.replace(/^---\n[\s\S]*?\n---\n/, "").split(/\n{2,}/).filter(Boolean).map((block) => {
        const words = escaped(block.trim()).replace(/`([^`]+)`/g, "<code>$1</code>").replace(/\*\*([^*]+)\*\*/g, "<strong>$1</strong>").replace(/\[([^\]]+)\]\(moves\/([^)]+)\.md\)/g, '<a href="#move/$2">$1</a>');
        const head = /^(#+) (.*)$/.exec(words);
        return head ? `<h${head[1].length}>${head[2]}</h${head[1].length}>` : words.startsWith("- ") ? `<ul>${words.split(/^- /m).filter(Boolean).map((item) => `<li>${item}</li>`).join("")}</ul>` : `<p>${words}</p>`;
    }).join("\n");
}

export class Standin {
    constructor(page) {
        this.page = page;
        this.clients = new Set();
        this.reset();
    }

    reset() {
        this.library = structuredClone(library);
        this.history = structuredClone(history);
        this.status = structuredClone(idle);
        this.commands = []; // every line that came
        this.posts = []; // every question with a body
        this.refuse = new Map(); // line → the answer "no"
        this.phones = [{ id: "0a1b2c3d", device: "iPhone", since: "2026-11-02T17:20:00Z", seen: "2026-11-21T07:58:00Z", here: true }, { id: "99aabbcc", device: "Android", since: "2026-10-12T08:00:00Z", seen: "2026-11-19T19:30:00Z", here: false }];
        this.code = ""; // not empty: who has no cookie must pair
        this.tries = 0;
        this.spoken = 0; // codes said
        this.away = false; // as if switched off
        this.alone = false; // as `limber play`: one routine, no library
        this.check = null; // instead of its own small check
        this.session = null; // instead of the one of the routine
        this.down();
        this.away = false;
    }

    listen() {
        this.server = createServer((request, response) => this.serve(request, response));
        return new Promise((resolve) => this.server.listen(0, "127.0.0.1", () => { this.url = `http://127.0.0.1:${this.server.address().port}`; resolve(this); }));
    }

    close() {
        this.down();
        this.server.closeAllConnections();
        return new Promise((resolve) => this.server.close(resolve));
    }

    // A new state, to all who listen.
    set(change) {
        Object.assign(this.status, change);
        for (const client of this.clients)
            this.tell(client);
    }

    tell(client) {
        client.write(`event: status\nid: ${Date.now()}\ndata: ${JSON.stringify(this.status)}\n\n`);
    }

    down() {
        this.away = true;
        for (const client of this.clients)
            client.destroy();
        this.clients.clear();
    }

    // A session in its n-th move, some seconds into the first hold.
    play(name, index = 1, change = {}) {
        const session = this.library.sessions[name] || this.library.sessions["desk-break"];
        const move = session.moves[index - 1];
        const bout = move.bouts.find((one) => one.kind === "hold") || null;
        const position = bout ? bout.start + 4 : move.start + 2;
        this.set({ state: "playing", routine: session.routine, title: session.title, language: session.language, move: move.name, move_index: index, move_count: session.moves.length, side: bout ? bout.side : null,
            round: 1, text: "Breathe into the side of your ribs.", bout: bout ? "hold" : null, bout_left: bout ? bout.seconds - 4 : null, bout_length: bout ? bout.seconds : null,
            next: session.moves[index] ? session.moves[index].name : null, position, total: session.total, left: session.total - position, offer: null, ...change });
    }

    // --- HTTP ---

    serve(request, response) {
        if (this.away) {
            request.socket.destroy();
            return;
        }
        const url = new URL(request.url, this.url);
        response.setHeader("Content-Security-Policy", policy);
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("Cache-Control", "no-store");
        if (!url.pathname.startsWith("/api/")) {
            this.file(url.pathname, response);
            return;
        }
        const pieces = [];
        request.on("data", (piece) => pieces.push(piece));
        request.on("end", () => this.api(request, url, Buffer.concat(pieces).toString("utf8"), response));
    }

    file(path, response) {
        const name = path === "/" ? "index.html" : path.slice(1);
        try {
            if (!/^[\w.-]+$/.test(name))
                throw new Error();
            const body = readFileSync(join(this.page, name));
            response.writeHead(200, { "Content-Type": types[extname(name)] || "application/octet-stream" }).end(body);
        } catch {
            response.writeHead(404).end();
        }
    }

    json(response, status, document, headers = {}) {
        response.writeHead(status, { "Content-Type": "application/json", ...headers }).end(JSON.stringify(document));
    }

    api(request, url, body, response) {
        const post = request.method === "POST";
        if (post && request.headers["x-limber"] !== "1")
            return this.json(response, 403, { error: "The header X-Limber is missing." });
        if (url.pathname === "/api/pair/begin" && post) {
            this.spoken += 1;
            return this.json(response, 200, { ok: true });
        }
        if (url.pathname === "/api/pair" && post)
            return this.pair(body, response);
        if (this.code && !/(^|; )limber=yes/.test(request.headers.cookie || ""))
            return this.json(response, 401, { error: "This device is not paired." });
        if (url.pathname === "/api/sessions")
            return this.json(response, 200, { sessions: this.phones });
        if (url.pathname === "/api/unpair" && post) {
            this.phones = this.phones.filter((phone) => phone.id !== body);
            return this.json(response, 200, { ok: true });
        }
        if (url.pathname === "/api/events")
            return this.events(response);
        if (url.pathname === "/api/command" && post) {
            const answer = this.command(body);
            return this.json(response, answer.ok ? 200 : 409, answer);
        }
        if (url.pathname === "/api/ask") {
            const [status, document] = this.ask(url.searchParams.get("q") || "", body);
            return this.json(response, status, document);
        }
        return this.json(response, 404, { error: "No such address." });
    }

    events(response) {
        response.writeHead(200, { "Content-Type": "text/event-stream" });
        this.clients.add(response);
        response.on("close", () => this.clients.delete(response));
        this.tell(response);
    }

    pair(body, response) {
        if (this.tries >= 3)
            return this.json(response, 429, { error: "Too many tries." }, { "Retry-After": "120" });
        if (body !== this.code) {
            this.tries += 1;
            return this.json(response, 403, { error: "That is not the code." });
        }
        return this.json(response, 200, { ok: true }, { "Set-Cookie": "limber=yes; HttpOnly; SameSite=Strict; Path=/" });
    }

    // --- questions ---

    ask(question, body) {
        const space = question.indexOf(" ");
        const verb = space < 0 ? question : question.slice(0, space);
        const rest = space < 0 ? "" : question.slice(space + 1);
        const routines = this.library.routines;
        if (this.alone && !["status", "session", "commands", "version"].includes(verb))
            return [409, { error: "This player plays one routine and knows no others." }];
        switch (verb) {
        case "status": return [200, this.status];
        case "session": return [200, this.session || this.library.sessions[this.status.routine] || { moves: [], total: null, exact: true }];
        case "routines": return [200, { routines }];
        case "routine": return this.routine(routines.find((one) => one.name === rest));
        case "moves": return [200, { moves: this.library.moves }];
        case "voices": return [200, { voices: rest ? voices.filter((voice) => voice.languages.includes(rest)) : voices }];
        case "history": return [200, this.history];
        case "version": return [200, { format: 1, program: "limber", version: "0" }];
        case "check": return [200, (this.posts.push([question, body]), this.check ? this.check(body) : check(body))];
        case "save": return this.save(rest, body);
        case "delete": this.library.routines = routines.filter((one) => one.name !== rest); this.posts.push([question, body]); return [200, { deleted: rest }];
        default: return [400, { error: `“${question}” is not a question.` }];
        }
    }

    routine(one) {
        if (!one)
            return [404, { error: "There is no such routine." }];
        const source = this.library.pages[one.name] || `# ${one.title}\n\n${one.description || ""}\n`;
        return [200, { html: html(source), source, range: { shortest: one.seconds * 0.8, longest: one.seconds * 1.7 }, ...one }];
    }

    save(name, body) {
        this.posts.push([`save ${name}`, body]);
        const { diagnostics, title, seconds, playable } = check(body);
        const there = this.library.routines.find((one) => one.name === name);
        if (!playable || (there && !there.own))
            return [400, { error: playable ? "A page of the program has this name." : "The page has mistakes.", diagnostics }];
        this.library.routines = [...this.library.routines.filter((one) => one !== there), { name, title, language: "en", description: "", seconds, position: null, needs: [], author: "", license: "", own: true, languages: ["en"], errors: 0, warnings: 0, moves: [] }];
        this.library.pages[name] = body;
        return [200, { saved: name, diagnostics }];
    }

    // --- commands ---

    command(line) {
        this.commands.push(line);
        if (this.refuse.has(line))
            return { ok: false, answer: this.refuse.get(line) };
        const [verb, ...words] = line.split(" ");
        const status = this.status;
        const playing = status.state !== "idle";
        if (verb === "play" && words.length)
            this.play(words[0]);
        else if (["play", "resume", "go"].includes(verb) && playing)
            this.set({ state: "playing", question: null });
        else if (verb === "play" && status.offer)
            this.play(status.offer.routine, 3);
        else if (verb === "forget")
            this.set({ offer: null });
        else if (verb === "level")
            this.set({ levels: { ...status.levels, [words[0]]: Number(words[1]) } });
        else if (verb === "voice")
            this.set({ voice: words[0] });
        else if (verb === "detail")
            this.set({ detail: words[0] });
        else if (verb === "mute-tips")
            this.set({ tips: words[0] === "off" });
        else if (!playing)
            return { ok: false, answer: "Nothing plays." };
        else
            return this.transport(verb, words, status);
        return { ok: true, answer: "" };
    }

    // The end of a session: what was chosen stays.
    rest() {
        this.set({ ...structuredClone(idle), levels: this.status.levels, voice: this.status.voice });
    }

    transport(verb, words, status) {
        const count = status.move_count;
        const answers = { more: "Ten seconds more.", less: "Ten seconds less.", where: "Side stretch, right side, twelve seconds left." };
        if (verb === "pause")
            this.set({ state: "paused" });
        else if (verb === "stop")
            this.rest();
        else if (verb === "next" && status.move_index === count)
            this.rest();
        else if (["next", "back", "to"].includes(verb))
            this.play(status.routine, Math.min(count, Math.max(1, verb === "to" ? Number(words[0]) : status.move_index + (verb === "next" ? 1 : -1))));
        else if (verb === "skip-side")
            this.set({ side: status.side === "left" ? "right" : "left" });
        else if (verb === "faster" || verb === "slower")
            this.set({ pace: status.pace + (verb === "faster" ? 1 : -1) });
        else if (verb === "effort" || verb === "restart")
            this.set({ question: null });
        else if (verb === "more")
            this.set({ bout_left: status.bout_left + 10, bout_length: status.bout_length + 10 });
        else if (!["less", "where", "again"].includes(verb))
            return { ok: false, answer: `“${verb}” is not a command.` };
        return { ok: true, answer: answers[verb] || "" };
    }
}

// node standin.mjs FOLDER: to look at the page by hand.
if (process.argv[1] === new URL(import.meta.url).pathname) {
    const standin = await new Standin(process.argv[2] || new URL("../../plugins/control-web/page", import.meta.url).pathname).listen();
    standin.play("desk-break", 1);
    console.log(standin.url);
}
