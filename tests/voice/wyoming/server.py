#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in for a speech server that speaks the Wyoming protocol, written from its published framing.

    server.py FOLDER

Listens on TCP (a free port of 127.0.0.1) and on sockets FOLDER/NAME, one for each way to answer "describe", then prints
"tcp://127.0.0.1:PORT". A word of the text to be spoken names a way to misbehave; any other text is a tone. Ends when its stdin closes.
"""
import array
import asyncio
import json
import math
import os
import sys

RATE = 22050
VOICES = [
    {"name": "de_DE-stand-in", "languages": ["de_DE"], "installed": True, "version": "1", "description": None,
     "attribution": {"name": "", "url": ""}, "speakers": None},
    {"name": "en_GB-missing", "languages": ["en_GB"], "installed": False, "version": "1"},
    {"name": "en_GB-stand-in", "languages": ["en_GB"], "installed": True, "version": "2"},
    {"name": "en_US-crowd", "languages": ["en_US"], "installed": True, "version": None,
     "speakers": [{"name": "anna"}, {"name": "bert"}]},
    {"name": "en_GB-alba-medium", "languages": ["en_GB"], "installed": True, "version": None},  # of the example
]
INFO = {"asr": [], "tts": [{"name": "stand-in", "version": "1.0", "installed": True, "voices": VOICES}]}
PITCH_HZ = {"de_DE-stand-in": 330, "en_GB-stand-in": 440, "en_US-crowd": 550, "en_GB-alba-medium": 300, "anna": 660, "bert": 770, "1": 880}


def tone(pitch_hz, seconds=0.5):
    """16-bit samples; begins and ends softly."""
    count = int(RATE * seconds)
    return array.array("h", (int(12000 * math.sin(math.pi * i / count) * math.sin(2 * math.pi * pitch_hz * i / RATE))
                             for i in range(count)))


def widen(samples, width):
    if width == 1:
        return b"".join((s >> 8).to_bytes(1, "little", signed=True) for s in samples)
    return b"".join((s << (8 * (width - 2))).to_bytes(width, "little", signed=True) for s in samples)


def frame(kind, data=None, payload=b"", inline=False, **lies):
    header = {"type": kind, "version": "1.5.4"}
    body = b""
    if data and inline:
        header["data"] = data
    elif data:
        body = json.dumps(data, ensure_ascii=False).encode()
        header["data_length"] = len(body)
    if payload:
        header["payload_length"] = len(payload)
    header.update(lies)
    return json.dumps(header, ensure_ascii=False).encode() + b"\n" + body + payload


class Client:
    def __init__(self, reader, writer, manner):
        self.reader, self.writer, self.manner = reader, writer, manner

    async def send(self, data):
        self.writer.write(data)
        await self.writer.drain()

    async def hang(self):
        await self.reader.read()

    async def receive(self):
        line = await self.reader.readline()
        if not line:
            return None, None
        header = json.loads(line)
        data = header.get("data") or {}
        if header.get("data_length"):
            data.update(json.loads(await self.reader.readexactly(header["data_length"])))
        if header.get("payload_length"):
            await self.reader.readexactly(header["payload_length"])
        return header["type"], data

    async def serve(self):
        while True:
            kind, data = await self.receive()
            if kind is None:
                return
            if kind == "describe":
                await self.describe()
            elif kind == "synthesize":
                await self.synthesize(data["text"], data.get("voice") or {})

    # --- describe ---

    async def describe(self):
        manner = self.manner
        if manner == "hang":
            await self.hang()
        elif manner == "garbage":
            await self.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        elif manner == "close":
            self.writer.close()
        elif manner == "half":
            await self.send(frame("info", INFO)[:200])
            self.writer.close()
        elif manner == "error":
            await self.send(frame("error", {"text": "out of\nmodels", "code": "x"}))
        elif manner == "babble":
            while True:
                await self.send(frame("pong") * 100)
        elif manner == "nothing":
            await self.send(frame("info", {"asr": []}))
        elif manner == "odd":  # every type but the right one
            await self.send(frame("info", {"tts": [1, {"voices": 5}, {"voices": [7, {"name": 3}, {"name": "x", "languages": "en"},
                                                                                 {"name": "y", "languages": [4, "en"]}]}]}))
        elif manner == "inline":
            await self.send(frame("info", INFO, inline=True))
        else:
            await self.send(frame("pong") + frame("info", INFO))

    # --- synthesize ---

    async def stream(self, raw, width=2, channels=1, sizes=(2048,), inline=False, delay=0.0):
        form = {"rate": RATE, "width": width, "channels": channels}
        await self.send(frame("audio-start", form, inline=inline))
        at = turn = 0
        while at < len(raw):
            size = sizes[turn % len(sizes)]
            await self.send(frame("audio-chunk", form, raw[at:at + size], inline=inline))
            await asyncio.sleep(delay)
            at, turn = at + size, turn + 1
        await self.send(frame("audio-stop", {"timestamp": 0}))

    async def misbehave(self, text, samples):
        """True if the text asked for something bad."""
        form = {"rate": RATE, "width": 2, "channels": 1}
        raw = samples.tobytes()
        start, chunk = frame("audio-start", form), frame("audio-chunk", form, raw[:2048])
        bad = {
            "stall": start + chunk,
            "close": b"",
            "garbage": bytes(range(255, 0, -1)) * 8 + b"\n",
            "endless": b'{"type": "' + b"x" * 100000,
            "deep": b'{"type": ' + b"[" * 60000 + b"\n",
            "huge": frame("audio-chunk", form, b"", payload_length=2000000000),
            "vast": frame("audio-chunk", None, b"", data_length=2 ** 62),
            "negative": frame("audio-chunk", form, b"", payload_length=-5),
            "wordy": frame("audio-chunk", form, b"", payload_length="many"),
            "short": start + frame("audio-chunk", form, raw[:1000], payload_length=2000),
            "long": start + frame("audio-chunk", form, raw[:2000], payload_length=1000) + chunk,
            "vanish": start + chunk[:len(chunk) // 2],
            "error": frame("error", {"text": "no such voice on the disk", "code": "FileNotFoundError"}),
            "late": start + chunk + frame("error", {"text": "out of memory"}),
            "mute": start + frame("audio-stop"),
            "silent": frame("audio-stop"),
            "impossible": frame("audio-start", {"rate": 7, "width": 2, "channels": 1}),
            "fat": frame("audio-start", {"rate": RATE, "width": 9, "channels": 1}),
            "crowded": frame("audio-start", {"rate": RATE, "width": 2, "channels": 4000000000}),
            "formless": frame("audio-chunk", None, raw[:2048]),
            "list": frame("audio-start", [1, 2, 3]),
            "restless": start + frame("audio-chunk", {"rate": 16000, "width": 2, "channels": 1}, raw[:2048]),
        }
        endless = {
            "babble": frame("pong") * 100,
            "hollow": frame("audio-chunk", form) * 100,
            "flood": frame("audio-chunk", form, raw * 40),
        }
        for word in text.lower().replace(".", "").split():
            if word in bad:
                await self.send(bad[word])
                if word == "stall":
                    await self.hang()
                self.writer.close()
                return True
            if word in endless:
                while not self.writer.is_closing():
                    await self.send(endless[word])
                return True
        return False

    async def synthesize(self, text, voice):
        samples = tone(PITCH_HZ.get(voice.get("speaker")) or PITCH_HZ[voice["name"]])
        words = text.lower().replace(".", "").split()
        if await self.misbehave(text, samples):
            return
        if "odd" in words:
            await self.stream(samples.tobytes(), sizes=(1, 3, 2047, 5, 1025))
        elif "wide" in words:
            await self.stream(widen(samples, 3), width=3)
        elif "wider" in words:
            await self.stream(widen(samples, 4), width=4)
        elif "narrow" in words:
            await self.stream(widen(samples, 1), width=1)
        elif "stereo" in words:
            both = array.array("h", (s for sample in samples for s in (sample, sample)))
            await self.stream(both.tobytes(), channels=2, sizes=(2049, 3))
        elif "inline" in words:
            await self.stream(samples.tobytes(), inline=True)
        elif "whole" in words:
            await self.stream(samples.tobytes(), sizes=(1 << 20,))
        elif "slow" in words:
            await self.stream(samples.tobytes(), delay=0.02)
        else:
            await self.stream(samples.tobytes())


async def serve(folder):
    def client(manner):
        async def run(reader, writer):
            try:
                await Client(reader, writer, manner).serve()
            except (ConnectionError, asyncio.IncompleteReadError):
                pass
            finally:
                writer.close()
        return run

    for manner in ("good", "hang", "garbage", "close", "half", "error", "babble", "nothing", "odd", "inline"):
        await asyncio.start_unix_server(client(manner), os.path.join(folder, manner))
    tcp = await asyncio.start_server(client("good"), "127.0.0.1", 0)
    print("tcp://127.0.0.1:%d" % tcp.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.buffer.read)
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
