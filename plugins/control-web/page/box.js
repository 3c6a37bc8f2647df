// SPDX-License-Identifier: GPL-3.0-or-later
// box.js: talking with the box. Questions and commands by fetch, what plays now by server-sent events.
// The events "status" (a new state document) and "link" (connected, lost, or to be paired) are sent by `box`.

const ANSWER_MS = 8000; // that long a question may take
const GRACE_MS = 1500; // a loss shorter than that is not worth a word
const SILENCE_MS = 15000; // after so long without news the box is asked for some
const RETRY_MS = [500, 1000, 2000, 4000, 8000];

export class Problem extends Error {
    constructor(message, status = 0, data = {}) {
        super(message);
        this.status = status; // of HTTP; 0: the box could not be reached
        this.data = data;
    }
}

export const box = Object.assign(new EventTarget(), {
    link: "connecting", // "connecting", "live", "lost", "pair"
    status: null, // the newest state document (docs/ask.md)
    at: 0, // when it came, by performance.now()
});

let stream = null;
let connecting = false;
let tries = 0;
let lostAt = 0;
let retryTimer = 0;
let graceTimer = 0;

function setLink(state) {
    if (box.link === state)
        return;
    box.link = state;
    if (state === "lost")
        lostAt = performance.now();
    box.dispatchEvent(new Event("link"));
}

// --- questions and commands ---

async function request(path, options = {}, wait = ANSWER_MS) {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), wait);
    let response, data;
    try {
        response = await fetch(path, { credentials: "same-origin", cache: "no-store", ...options, signal: abort.signal,
            headers: { "X-Limber": "1", ...(options.type ? { "Content-Type": options.type } : {}) } });
        const body = await response.text();
        try {
            data = body ? JSON.parse(body) : {};
        } catch {
            data = {};
        }
    } catch {
        throw new Problem("The box does not answer. Is it switched on, and is this phone in the same network?");
    } finally {
        clearTimeout(timer);
    }
    if (response.status === 401) {
        unpaired();
        throw new Problem(data.error || "This phone is not paired with the box.", 401, data);
    }
    return { response, data };
}

// An answer to one of the questions of docs/ask.md. Throws a Problem.
export async function ask(question, body = null) {
    const path = `/api/ask?q=${encodeURIComponent(question)}`;
    const { response, data } = body === null && !/^delete /.test(question) ? await request(path)
        : await request(path, { method: "POST", body: body || "", type: "text/markdown; charset=utf-8" });
    if (!response.ok)
        throw new Problem(data.error || `The box answered with error ${response.status}.`, response.status, data);
    return data;
}

// One line of the command language → the line that answers. Throws a Problem when it was refused.
export async function command(line) {
    const { response, data } = await request("/api/command", { method: "POST", body: line, type: "text/plain; charset=utf-8" });
    if (!response.ok || data.ok === false)
        throw new Problem(data.answer || data.error || `The box answered with error ${response.status}.`, response.status, data);
    return data.answer || "";
}

// --- pairing ---

function unpaired() {
    closeStream();
    setLink("pair");
}

export async function beginPairing() {
    const { response, data } = await request("/api/pair/begin", { method: "POST" });
    if (!response.ok)
        throw new Problem(data.error || "The box could not say a code.", response.status, { ...data, wait: Number(response.headers.get("Retry-After")) || Number(data.wait) || 0 });
}

export async function pair(code) {
    const { response, data } = await request("/api/pair", { method: "POST", body: code, type: "text/plain" });
    if (response.ok) {
        tries = 0;
        setLink("connecting");
        connect();
        return;
    }
    const wait = Number(response.headers.get("Retry-After")) || Number(data.wait) || 0;
    throw new Problem(data.error || "", response.status, { ...data, wait });
}

export async function pairedPhones() {
    const { response, data } = await request("/api/sessions");
    if (!response.ok)
        throw new Problem(data.error || "The box does not tell.", response.status, data);
    return data.sessions || [];
}

export async function unpair(name) {
    const { response, data } = await request("/api/unpair", { method: "POST", body: name, type: "text/plain" });
    if (!response.ok)
        throw new Problem(data.error || "The box did not do it.", response.status, data);
}

// --- what plays now ---

function take(status) {
    box.status = status;
    box.at = performance.now();
    box.dispatchEvent(new Event("status"));
}

function live() {
    tries = 0;
    clearTimeout(graceTimer);
    graceTimer = 0;
    setLink("live");
}

function closeStream() {
    clearTimeout(retryTimer);
    retryTimer = 0;
    if (stream)
        stream.close();
    stream = null;
}

function lost() {
    closeStream();
    if (!graceTimer && box.link !== "lost" && box.link !== "pair")
        graceTimer = setTimeout(() => { graceTimer = 0; setLink("lost"); }, box.link === "live" ? GRACE_MS : 0);
    retryTimer = setTimeout(connect, RETRY_MS[Math.min(tries++, RETRY_MS.length - 1)]);
}

async function connect() {
    if (connecting)
        return;
    connecting = true;
    closeStream();
    await open();
    connecting = false;
}

// EventSource tells nobody why it failed, so a question finds out first: not paired, or not there.
async function open() {
    try {
        const { response, data } = await request("/api/ask?q=status");
        if (!response.ok)
            throw new Problem("");
        take(data);
    } catch (problem) {
        if (problem.status !== 401)
            lost();
        return;
    }
    stream = new EventSource("/api/events");
    stream.addEventListener("open", live);
    stream.addEventListener("error", lost);
    stream.addEventListener("status", (event) => {
        live();
        try {
            take(JSON.parse(event.data));
        } catch {
            lost();
        }
    });
}

// A dead wireless link sends no error: when nothing came for a while, the box is asked.
async function lookAfter() {
    if (document.hidden || box.link !== "live" || performance.now() - box.at < SILENCE_MS)
        return;
    try {
        take(await ask("status"));
    } catch {
        if (box.link !== "pair")
            lost();
    }
}

function wake() {
    if (document.hidden || box.link === "pair")
        return;
    if (box.link === "lost" || !stream)
        connect();
    else
        lookAfter();
}

export function start() {
    setInterval(lookAfter, 5000);
    document.addEventListener("visibilitychange", wake);
    window.addEventListener("online", wake);
    window.addEventListener("pageshow", wake);
    connect();
}

export function retryNow() {
    tries = 0;
    connect();
}

// Seconds since the state document that have passed for the session as well. While the box is out of reach
// nobody knows, so nothing is counted.
export function elapsed() {
    const moving = box.status && box.status.state === "playing";
    return moving ? Math.max(0, (box.link === "lost" ? lostAt : performance.now()) - box.at) / 1000 : 0;
}
