# SPDX-License-Identifier: GPL-3.0-or-later
"""What a box keeps: how loud, by whom and how much is said, chosen without a session, in one, over a restart."""
import json
import os

from boxrig import Box
from limbertest import Home, check

LONG = """# Long

Stand tall. `hold 300s`

## Second

Now sit. `hold 300s`
"""
BASE = "boot-phrase: no\nask-effort: no\ncoach: off\n"
VOICE = """languages: [{language}]
engine: speech-command
license: GPL-3.0-or-later
author: Limber
options:
  command: [head, -c, "44100", /dev/zero]
  format: s16
  rate: 22050
"""


def put(home, path, text):
    os.makedirs(os.path.dirname(os.path.join(home.path, path)), exist_ok=True)
    return home.file(path, text)


def settings(home, text):
    home.env["LIMBER_CONFIG"] = put(home, ".config/limber/config.yaml", text)


def prepare(home, more=""):
    put(home, ".local/share/limber/scripts/long.md", LONG)
    put(home, ".local/share/limber/scripts/lang.md", "---\nlanguage: de\n---\n" + LONG)
    settings(home, BASE + more)


def state(client):
    return json.loads(client.ask("ask status")[2:])


def kept_file(home):
    return os.path.join(home.path, ".local/state/limber/kept")


def without_a_session():
    with Home() as home:
        prepare(home, "levels: {bed: -3}\n")
        with Box(home).ready() as box:
            client = box.client()
            first = state(client)
            check((first["voice"], first["tips"], first["levels"]["bed"]) == (None, True, -3), f"as configured: {first}")
            check(client.ask("level -12") == "ok all: -12 dB", "level")
            check(client.ask("louder speech") == "ok speech: +3 dB", "louder")
            check(client.ask("louder speech") == "ok speech: +6 dB", "louder again")
            check(client.ask("louder speech") == "no that is the loudest", "the loudest")
            check(client.ask("quieter bed") == "ok bed: -6 dB", "from what is configured")
            check(client.ask("detail brief") == "ok detail brief" and client.ask("mute-tips") == "ok tips off", "detail, tips")
            check(client.ask("level 99").startswith("no level takes"), "no such level")
            now = state(client)
            check(now["state"] == "idle" and now["levels"] == {"master": -12, "speech": 6, "sounds": 0, "bed": -6}, f"{now}")
            check((now["detail"], now["tips"]) == ("brief", False), f"{now}")
            check(client.ask("next") == "no Nothing is playing.", "what needs a session")
            client.ask("subscribe")
            other = box.client()
            other.ask("level sounds -2")
            client.status(lambda s: s["state"] == "idle" and s["levels"]["sounds"] == -2)  # others are told
            client.do("play long")
            playing = client.status(lambda s: s["state"] == "playing")
            check(playing["levels"] == {"master": -12, "speech": 6, "sounds": -2, "bed": -6}, f"the session has them: {playing}")
            check((playing["detail"], playing["tips"]) == ("brief", False), f"{playing}")
            # In the session: levels hold for the next one, what the coach minds does not.
            for line in ("quieter", "detail full", "mute-tips off"):
                client.do(line)
            client.status(lambda s: s["levels"]["master"] == -15 and s["detail"] == "full" and s["tips"])
            client.do("stop")
            idle = client.status(lambda s: s["state"] == "idle")
            check((idle["levels"]["master"], idle["detail"], idle["tips"]) == (-15, "brief", False), f"{idle}")
            client.do("play long detail=normal")
            once = client.status(lambda s: s["state"] == "playing")
            check((once["levels"]["master"], once["detail"]) == (-15, "normal"), f"what was said with `play` wins: {once}")
            box.end()
        with Box(home).ready() as box:
            again = state(box.client())
            check(again["levels"] == {"master": -15, "speech": 6, "sounds": -2, "bed": -6}, f"after a restart: {again}")
            check((again["detail"], again["tips"]) == (first["detail"], True), f"of the process only: {again}")
            # A configuration that says something else counts again, for what it says.
            settings(home, BASE + "levels: {bed: -9}\n")
            client = box.client()
            client.ask("subscribe")
            client.do("reload")
            client.status(lambda s: s["levels"] == {"master": -15, "speech": 6, "sounds": -2, "bed": -9})
            box.end()


def voices():
    with Home() as home:
        prepare(home)
        for name, language in (("tall", "en"), ("small", "en"), ("berta", "de")):
            put(home, f".local/share/limber/voices/{name}/voice.yaml", VOICE.format(language=language))
        with Box(home).ready() as box:
            client = box.client()
            known = {v["name"]: v["usable"] for v in json.loads(client.ask("ask voices")[2:])["voices"]}
            check(known["tall"] and known["small"] and known["berta"], f"{known}")
            answer = client.ask("voice tal")
            check(answer.startswith("no there is no voice \"tal\"") and "tall" in answer and "small" in answer, answer)
            check(state(client)["voice"] is None, "nothing is kept of it")
            check(client.ask("voice small") == "ok voice small" and state(client)["voice"] == "small", "voice")
            client.ask("subscribe")
            client.do("play long")
            client.status(lambda s: s["state"] == "playing" and s["voice"] == "small")
            client.do("voice tall")
            client.status(lambda s: s["state"] == "playing" and s["voice"] == "tall")
            client.do("stop")
            client.status(lambda s: s["state"] == "idle" and s["voice"] == "tall")
            client.do("play long voice=small")
            client.status(lambda s: s["state"] == "playing" and s["voice"] == "small")
            client.do("stop")
            client.status(lambda s: s["state"] == "idle" and s["voice"] == "tall")  # that was for once
            client.do("play lang")
            german = client.status(lambda s: s["state"] == "playing")
            check(german["voice"] not in ("tall", "small"), f"she speaks no German: {german['voice']}")
            box.end()
        # One that was chosen since is that of a session that was left, too.
        with Box(home).ready() as box:
            client = box.client()
            check(state(client)["offer"]["routine"] == "lang" and state(client)["voice"] == "tall", "after a restart")
            check(client.ask("voice berta") == "ok voice berta", "another")
            client.ask("subscribe")
            client.do("play")
            client.status(lambda s: s["state"] == "playing" and s["voice"] == "berta")
            client.do("stop")
            client.status(lambda s: s["state"] == "idle")
            box.end()
        settings(home, BASE + "voice: small\n")
        with Box(home).ready() as box:
            check(state(box.client())["voice"] == "small", "the configuration was changed since")
            box.end()


def left_as_it_was():
    """A session of its own voice goes on with it."""
    with Home() as home:
        prepare(home)
        for name in ("tall", "small"):
            put(home, f".local/share/limber/voices/{name}/voice.yaml", VOICE.format(language="en"))
        with Box(home, output="null:speed=1").ready() as box:
            client = box.client()
            check(client.ask("voice tall") == "ok voice tall", "voice")
            client.ask("subscribe")
            client.do("play long voice=small")
            client.status(lambda s: s["state"] == "playing" and s["voice"] == "small" and s["position"] > 0)
            box.end()
        with Box(home, output="null:speed=1").ready() as box:
            client = box.client()
            client.ask("subscribe")
            client.do("play")
            client.status(lambda s: s["state"] == "playing" and s["voice"] == "small")
            box.end()


def damaged():
    with Home() as home:
        prepare(home, "levels: {master: -4}\n")
        for text in ("", "{", "\0\xff", "[]", "{\"format\":2}", "{\"format\":1,\"levels\":7,\"voice\":[]}",
                     "{\"format\":1,\"levels\":{\"master\":{\"kept\":900,\"configured\":-4},\"speech\":{\"kept\":-3}}}", "x" * 9000,
                     "{\"format\":1,\"voice\":{\"kept\":\"" + "v" * 300 + "\"}}", "{\"format\":1,\"levels\":{\"master\":{\"kept\":1e9}}}"):
            put(home, ".local/state/limber/kept", text)
            with Box(home).ready() as box:
                now = state(box.client())
                check(now["levels"]["master"] == -4 and now["levels"]["speech"] == 0 and now["voice"] is None, f"{text[:60]}: {now}")
                box.end()
        # A voice that is gone keeps nobody from moving.
        put(home, ".local/state/limber/kept", "{\"format\":1,\"voice\":{\"kept\":\"gone\",\"configured\":null}}")
        with Box(home).ready() as box:
            client = box.client()
            client.ask("subscribe")
            client.do("play long")
            client.status(lambda s: s["state"] == "playing" and s["voice"] != "gone")
            box.end()
        os.remove(kept_file(home))
        os.mkdir(kept_file(home))  # it cannot be written: the session plays, and it is told once
        with Box(home).ready() as box:
            client = box.client()
            check(client.ask("level -7") == "ok all: -7 dB" and state(client)["levels"]["master"] == -7, "it counts all the same")
            check("cannot be kept" in box.end(), "told")


for test in (without_a_session, voices, left_as_it_was, damaged):
    print(test.__name__, flush=True)
    test()
