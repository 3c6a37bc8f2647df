// SPDX-License-Identifier: GPL-3.0-or-later
// words.js: numbers and names as people read them.

// 754 → "12:34"; 3754 → "1:02:34"
export function clock(seconds) {
    const all = Math.max(0, Math.floor(seconds));
    const two = (number) => String(number).padStart(2, "0");
    const minutes = Math.floor(all / 60) % 60;
    return all < 3600 ? `${minutes}:${two(all % 60)}` : `${Math.floor(all / 3600)}:${two(minutes)}:${two(all % 60)}`;
}

// About so long: 45 → "45 s", 754 → "13 min", 5640 → "1 h 34 min"
export function about(seconds) {
    if (!(seconds >= 0))
        return "";
    if (seconds < 55)
        return `${Math.max(1, Math.round(seconds))} s`;
    const minutes = Math.round(seconds / 60);
    if (minutes < 60)
        return `${minutes} min`;
    return minutes % 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${minutes / 60} h`;
}

export function count(number, one, many) {
    return `${number} ${number === 1 ? one : many}`;
}

export function decibels(level) {
    return level === 0 ? "normal" : `${level > 0 ? "+" : "−"}${Math.abs(level)} dB`;
}

export function upperFirst(words) {
    return words ? words[0].toUpperCase() + words.slice(1) : "";
}

// "Left side"; null without sides
export function sideName(side) {
    return side ? `${upperFirst(side)} side` : null;
}

// A name that a file can have, from a title: "Für's Büro!" → "fur-s-buro"
export function nameFromTitle(title) {
    return title.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/ß/g, "ss").replace(/[^a-z0-9]+/g, "-")
        .replace(/^-+|-+$/g, "").slice(0, 60).replace(/-+$/, "");
}

// 2026-11-16 or a time stamp → "16 Nov" or what the person's language says
export function day(stamp) {
    const [year, month, date] = stamp.slice(0, 10).split("-").map(Number);
    return new Date(year, month - 1, date).toLocaleDateString(undefined, { day: "numeric", month: "short" });
}

export function dayAndTime(stamp) {
    const date = new Date(stamp);
    return Number.isNaN(date.getTime()) ? stamp
        : date.toLocaleString(undefined, { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
}

// What a session's time of now is: `age` in seconds → "an hour ago"
export function ago(age) {
    if (age < 90)
        return "just now";
    if (age < 3300)
        return `${Math.round(age / 60)} minutes ago`;
    if (age < 129600)
        return count(Math.round(age / 3600), "hour ago", "hours ago");
    return count(Math.round(age / 86400), "day ago", "days ago");
}

// Names of languages; the tag itself where the browser knows none.
export function languageName(tag) {
    try {
        return new Intl.DisplayNames(undefined, { type: "language" }).of(tag) || tag;
    } catch {
        return tag;
    }
}
