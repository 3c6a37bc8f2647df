# SPDX-License-Identifier: GPL-3.0-or-later
"""A box in a home: a real limber serve and a real mosquitto, and everything that may go wrong between the two."""
import json
import os
import random
import re
import signal
import socket

from boxrig import Box
from brokerrig import Broker, certificates, packet
from limbertest import BUILD, Home, check, need, skip

if not os.path.exists(os.path.join(BUILD, "lib/limber/plugins/control-mqtt.so")):
    skip("control-mqtt was left out")
os.environ["PATH"] += os.pathsep + "/usr/sbin"
need("mosquitto", "mosquitto_passwd", "openssl")

LONG = """# Long stretches

Stand tall.

## First

Reach up. `hold 300s`

## Second `each side`

Now sit. `hold 300s`

## Third

Lie down. `hold 300s`
"""
ID = "box-1"
BASE = f"limber/{ID}"
DEVICE = f"homeassistant/device/{ID}/config"


def scripts(home, **pages):
    folder = os.path.join(home.path, ".local/share/limber/scripts")
    os.makedirs(folder, exist_ok=True)
    for name, page in pages.items():
        with open(os.path.join(folder, name + ".md"), "w", encoding="utf-8") as out:
            out.write(page)


def box_at(home, port, *options, name=ID, **more):
    scripts(home, long=LONG)
    home.env["LIMBER_CONFIG"] = home.file("config.yaml", "boot-phrase: no\nask-effort: no\noffer-left: no\nspoken-problems: no\n")
    settings = [f"control-mqtt.{option}" for option in (f"port={port}", f"id={name}", *options)]
    return Box(home, *[word for setting in settings for word in ("--set", setting)], output="null:speed=1",
               control=("--control", "socket", "--control", "mqtt"), **more)


def status(client):
    return json.loads(client.ask("ask status")[2:])


# --- what Home Assistant is told ---

NEEDED = {"button": {"command_topic", "payload_press"}, "select": {"command_topic", "options"}, "number": {"command_topic", "min", "max"},
          "sensor": {"state_topic"}, "binary_sensor": {"state_topic"}}
KEYS = {"play", "pause", "next", "back", "again", "more", "where", "stop", "state", "move", "next_move", "side", "seconds_left", "minutes_left", "progress", "problem",
        "routine", "voice", "volume"}


def check_component(key, component, state):
    check(NEEDED[component["p"]] <= component.keys(), f"{key} lacks {NEEDED[component['p']] - component.keys()}")
    check(component["unique_id"] == f"{ID}_{key}" and component["name"], f"{key}: {component}")
    if "value_template" in component:
        member = re.fullmatch(r"\{\{ value_json\.(\w+)(?: or '([a-z-]+)')? \}\}", component["value_template"])
        check(member and member[1] in state, f"{key}: {component['value_template']}")
        check(component["state_topic"] == f"{BASE}/state", key)
        value = state[member[1]] or member[2]
        check("options" not in component or value is None or value in component["options"], f"{key} is {value}, which is no option")
    if component.get("device_class") == "enum":
        check("unit_of_measurement" not in component and component["options"], key)


def discovery():
    with Home() as home, Broker(home) as broker, box_at(home, broker.port) as box:
        client = broker.client("test")
        client.wait(f"{BASE}/status", lambda payload: payload == "online")
        state = client.state(BASE)
        document = json.loads(client.wait(DEVICE))
        check(document["dev"]["ids"] == [ID] and document["o"]["name"] == "limber", f"{document}")
        check(document["availability_topic"] == f"{BASE}/status", "availability")
        check(document["cmps"].keys() == KEYS, f"{document['cmps'].keys() ^ KEYS}")
        for key, component in document["cmps"].items():
            check_component(key, component, state)
        check("Long stretches" in document["cmps"]["routine"]["options"], "the person's own routine")
        check(len({component["unique_id"] for component in document["cmps"].values()}) == len(KEYS), "ids are not unique")
        # Who comes later is told all the same: it is retained.
        late = broker.client("late")
        check({DEVICE, f"{BASE}/status", f"{BASE}/state"} <= late.all_that_is_there().keys(), f"{late.kept.keys()}")
        # Home Assistant has started anew.
        client.kept.clear()
        client.publish("homeassistant/status", "online")
        client.wait(DEVICE)
        client.wait(f"{BASE}/status")
        client.state(BASE)
        # There is a new routine.
        scripts(home, another="# Another one\n\nStand. `hold 2s`\n")
        client.publish(f"{BASE}/command", "reload")
        client.wait(DEVICE, lambda payload: "Another one" in json.loads(payload)["cmps"]["routine"]["options"])
        # Nothing of it any more; and again.
        client.publish(f"{BASE}/discovery", "remove")
        client.wait(DEVICE, lambda payload: payload == "")
        client.publish("homeassistant/status", "online")
        client.wait_new(f"{BASE}/state")
        check(client.kept[DEVICE] == b"", "it came back by itself")
        client.publish(f"{BASE}/discovery", "send")
        client.wait(DEVICE, lambda payload: payload)
        client.kept.pop(f"{BASE}/status")
        box.end()
        client.wait(f"{BASE}/status", lambda payload: payload == "offline")


def discovery_single():
    with Home() as home, Broker(home) as broker:
        first = broker.client("first")
        first.publish(DEVICE, "of an earlier setting", retain=True)
        with box_at(home, broker.port, "discovery=single") as box:
            state = first.state(BASE)
            first.all_that_is_there()
            check(first.kept[DEVICE] == b"", "the message for the whole device is still there")
            single = {topic: payload for topic, payload in first.kept.items() if topic.endswith("/config") and payload}
            check({topic.split("/")[3] for topic in single} == KEYS, f"{single.keys()}")
            for topic, payload in single.items():
                _, platform, name, key, _ = topic.split("/")
                component = json.loads(payload)
                check(name == ID and component["dev"]["ids"] == [ID] and component["availability_topic"] == f"{BASE}/status", topic)
                check_component(key, dict(component, p=platform), state)
            box.end()
        with box_at(home, broker.port, "discovery=remove") as box:
            for topic in single:
                first.wait(topic, lambda payload: payload == "")
            box.end()


# --- every entity does what it says ---

def entities():
    with Home() as home, Broker(home) as broker, box_at(home, broker.port, "protocol=3.1.1") as box:
        home_assistant = broker.client("home")
        document = json.loads(home_assistant.wait(DEVICE))["cmps"]
        home_assistant.state(BASE, lambda state: state["state"] == "idle")
        box.ready()
        person = box.client()

        def press(key):
            home_assistant.publish(document[key]["command_topic"], document[key]["payload_press"])
            return json.loads(home_assistant.wait_new(f"{BASE}/answer"))

        def choose(key, value):
            home_assistant.publish(document[key]["command_topic"], value)
            return json.loads(home_assistant.wait_new(f"{BASE}/answer"))

        # A command that somebody left there counts for nothing: this is MQTT 3.1.1, where it comes.
        check(press("next") == {"command": "next", "ok": False, "answer": "Nothing is playing."}, "next when idle")
        # Volume and voice hold for the sessions to come.
        check(choose("volume", "70")["ok"], "volume when idle")
        home_assistant.state(BASE, lambda state: state["state"] == "idle" and state["volume"] == 70)
        if "mellow" in document["voice"]["options"]:
            check(choose("voice", "mellow")["ok"], "voice when idle")
            home_assistant.state(BASE, lambda state: state["state"] == "idle" and state["voice"] == "mellow")
        check(choose("routine", "Long stretches")["command"] == "play long", "the routine's title")
        state = home_assistant.state(BASE, lambda state: state["state"] == "playing" and state["bout"] == "hold")
        check(state["volume"] == 70, f"the volume chosen before: {state}")
        check(state["routine"] == "Long stretches" and state["move"] == "First" and state["next"] == "Second", f"{state}")
        check(0 < state["seconds_left"] <= 300 and state["minutes_left"] >= 19 and state["problem"] == "off", f"{state}")
        check(press("pause")["ok"], "pause")
        home_assistant.state(BASE, lambda state: state["state"] == "paused")
        check(status(person)["state"] == "paused", "the box plays")
        before = status(person)["bout_left"]
        check(press("play")["ok"], "play")
        home_assistant.state(BASE, lambda state: state["state"] == "playing")
        check(press("more")["ok"], "more")
        home_assistant.state(BASE, lambda state: (state["seconds_left"] or 0) > before)
        check(press("where")["ok"] and press("again")["ok"], "where, again")
        check(choose("volume", "50")["command"] == "level -9", "volume")
        home_assistant.state(BASE, lambda state: state["volume"] == 50)
        check(status(person)["levels"]["master"] == -9, "the level")
        for percent, level in (("0", -24), ("100", 6), ("80.0", 0)):
            choose("volume", percent)
            home_assistant.state(BASE, lambda state: state["volume"] == int(float(percent)))
            check(status(person)["levels"]["master"] == level, f"{percent} % is {status(person)['levels']}")
        if "calm-us" in document["voice"]["options"]:  # speech-espeak is there
            check(choose("voice", "calm-us")["ok"], "voice")
            home_assistant.state(BASE, lambda state: state["voice"] == "calm-us")
        check(press("next")["ok"], "next")
        home_assistant.state(BASE, lambda state: state["move"] == "Second" and state["bout"] == "hold")
        check(home_assistant.state(BASE)["side"] == "left", "side")
        check(press("next")["ok"], "next")
        home_assistant.state(BASE, lambda state: state["move"] == "Third")
        check(press("back")["ok"], "back")
        home_assistant.state(BASE, lambda state: state["move"] == "Second")
        check(home_assistant.state(BASE)["progress"] is not None, "progress")
        check(press("stop")["ok"], "stop")
        home_assistant.state(BASE, lambda state: state["state"] == "idle" and state["routine"] is None)
        # A whole line, as from an automation.
        check(choose("routine", "long")["ok"], "by its bare name")
        home_assistant.state(BASE, lambda state: state["bout"] == "hold")
        home_assistant.publish(f"{BASE}/command", "to 3")
        home_assistant.state(BASE, lambda state: state["move"] == "Third" and state["bout"] == "hold")
        # Time passes: one message a second, no more.
        home_assistant.heard.clear()
        start = home_assistant.state(BASE)["seconds_left"]
        end = home_assistant.state(BASE, lambda state: state["seconds_left"] is not None and state["seconds_left"] <= start - 6)["seconds_left"]
        told = [json.loads(payload) for topic, payload, _ in home_assistant.heard if topic == f"{BASE}/state"]
        check(2 <= len(told) <= start - end + 2, f"{len(told)} messages in {start - end} s")
        check(all(a != b for a, b in zip(told, told[1:])), "the same twice")
        person.ask("stop")
        home_assistant.state(BASE, lambda state: state["state"] == "idle")
        box.end()


def old_orders():
    """Retained commands of long ago."""
    for protocol in ("3.1.1", "5"):
        with Home() as home, Broker(home) as broker:
            client = broker.client("home")
            for topic, payload in (("command", "play long"), ("set/routine", "long"), ("discovery", "remove")):
                client.publish(f"{BASE}/{topic}", payload, retain=True)
            client.all_that_is_there()
            with box_at(home, broker.port, f"protocol={protocol}") as box:
                client.state(BASE)
                client.publish(f"{BASE}/command", "status")
                check(json.loads(client.wait(f"{BASE}/answer"))["answer"] == "idle", "it plays")
                check(client.kept[DEVICE], "it is removed")
                log = box.end()
                check(("must not be retained" in log) == (protocol == "3.1.1"), log)


# --- what goes wrong ---

def killed():
    with Home() as home, Broker(home) as broker, box_at(home, broker.port) as box:
        client = broker.client("home")
        client.wait(f"{BASE}/status", lambda payload: payload == "online")
        box.end(signal.SIGKILL, None)
        client.wait(f"{BASE}/status", lambda payload: payload == "offline")


def broker_killed():
    with Home() as home, Broker(home) as broker, box_at(home, broker.port) as box:
        box.ready()
        person = box.client()
        box.wait_log("connected to the broker")
        check(person.ask("play long").startswith("ok"), "play")
        person.do("subscribe")
        person.status(lambda s: s["bout"] == "hold")
        for times in (1, 2):
            broker.kill()
            if times == 1:  # what was said a minute ago is not said again
                box.wait_log("cannot be reached")
            broker.start()
            client = broker.client("home")
            state = client.state(BASE, lambda state: state["state"] == "playing")
            check(state["move"] == "First", f"{state}")
            client.wait(DEVICE)
            client.wait(f"{BASE}/status", lambda payload: payload == "online")
            client.close()
        log = box.end()
        lines = [line for line in log.splitlines() if "(said" not in line]
        for words in ("was lost", "cannot be reached", "the broker is back"):
            check(sum(words in line for line in lines) == 1, log)


def wrong_password():
    with Home() as home, Broker(home, passwords={"limber": "right"}) as broker:
        with box_at(home, broker.port, "user=limber", "password=wrong") as box:
            box.wait_log("does not know this user and password")
            client = box.ready().client()
            check(client.ask("status") == "ok idle", "the box lives")
            log = box.end()
            check(log.count("know this user") == 1 and "wrong" not in log, log)
        path = home.file("mqtt-password", "right\n")
        for setting, env in ((f"password-file={path}", {}), ("password-file=mqtt-password", {"CREDENTIALS_DIRECTORY": home.path})):
            with box_at(home, broker.port, "user=limber", setting, env=env) as box:
                box.wait_log("connected to the broker")
                box.end()
        with box_at(home, broker.port, "user=limber", "password-file=/nowhere/password") as box:
            box.wait_log("the password cannot be read from /nowhere/password: No such file")
            box.end()


def encrypted():
    with Home() as home:
        tls = certificates(home.file("tls"))
        with Broker(home, "require_certificate true", tls=tls) as broker:
            with box_at(home, broker.port, f"ca={tls}/ca.pem", f"cert={tls}/box.pem", f"key={tls}/box.key") as box:
                box.wait_log("connected to the broker")
                box.end()
            with box_at(home, broker.port, f"ca={tls}/ca.pem") as box:
                box.wait_log("it is tried again")
                check("connected" not in box.end(), "without a certificate")
        with Broker(home, tls=tls, passwords={"limber": "right"}) as broker:
            with box_at(home, broker.port, f"ca={tls}/ca.pem", "user=limber", "password=right") as box:
                client = broker.client("home", "limber", "right")
                client.publish(f"{BASE}/command", "status")
                box.wait_log("connected to the broker")
                client.state(BASE, lambda state: state["state"] == "idle")
                box.end()
                client.wait(f"{BASE}/status", lambda payload: payload == "offline")
            with box_at(home, broker.port, "tls=yes", "user=limber", "password=right") as box:  # who is that?
                box.wait_log("it is tried again")
                check("certificate" in box.end(), box.log)
            with box_at(home, broker.port, f"ca={tls}/ca.pem", "host=127.0.0.2", "user=limber", "password=right") as box:  # not its name
                box.wait_log("it is tried again")
                check("connected" not in box.end(), "another name")
            with box_at(home, broker.port, f"ca={home.path}/none.pem") as box:
                box.wait_log("none.pem cannot be read: No such file")
                box.end()


def silence():
    """A broker that takes the connection and says nothing, and one that does not even take it."""
    with Home() as home, socket.socket() as silent, socket.socket() as full:
        silent.bind(("127.0.0.1", 0))
        silent.listen(8)
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        crowd = []
        for _ in range(4):
            crowd.append(socket.socket())
            crowd[-1].setblocking(False)
            crowd[-1].connect_ex(full.getsockname())
        with box_at(home, silent.getsockname()[1]) as box:
            client = box.ready().client()
            silent.accept()[0].recv(1)
            check(client.ask("status") == "ok idle", "it waits for the broker")
            check(client.ask("play long").startswith("ok"), "play")
            client.do("subscribe")
            client.status(lambda s: s["bout"] == "hold")
            box.wait_log("takes the connection and says nothing")
            box.end()
        with Home() as other, box_at(other, full.getsockname()[1]) as box:
            client = box.ready().client()
            for _ in range(100):
                check(client.ask("status") == "ok idle", "it waits for the broker")
            box.end()
        for it in crowd:
            it.close()


def old_broker():
    """One that knows MQTT 3.1.1 only, and no more than to say so."""
    with Home() as home, socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(8)
        with box_at(home, listener.getsockname()[1]) as box:
            first = listener.accept()[0]
            check(first.recv(4096)[8] == 5, "MQTT 5 was expected")
            first.sendall(packet(0x20, b"\0\1"))
            second = listener.accept()[0]
            check(second.recv(4096)[8] == 4, "MQTT 3.1.1 was expected")
            second.sendall(packet(0x20, b"\0\0"))
            box.wait_log("connected to the broker")
            # What is no MQTT at all ends it.
            second.sendall(b"\0\0")
            box.wait_log("was lost")
            box.end()
            first.close()
            second.close()


def hostile():
    chance = random.Random(5)
    with Home() as home, Broker(home) as broker, box_at(home, broker.port) as box:
        client = broker.client("somebody")
        client.state(BASE)
        person = box.ready().client()
        check(person.ask("play long").startswith("ok"), "play")
        client.state(BASE, lambda state: state["bout"] == "hold")
        before = box.descriptors()
        topics = ["command", "set/volume", "set/routine", "set/voice", "set/nothing", "discovery"]
        known = [b"", b"\0", b"\xff\xfe", b"level 99999", b"play ../../etc/passwd", b"x" * 600, b"100.5", b"-1", b"nan", b"1e9", b"{}", b"next\nstop", "\u202e".encode(),
                 b"voice %s%n", b"play long for=12min\0stop", b"A" * 100000]
        for number in range(1000):
            payload = known[number % len(known)] if number % 2 else chance.randbytes(chance.randrange(300))
            client.publish(f"{BASE}/{topics[number % len(topics)]}", payload)
            if number == 200:
                memory = box.memory_kb()
        client.publish("homeassistant/status", chance.randbytes(100))
        client.all_that_is_there()
        check(status(person)["state"] == "playing", "it does not play any more")
        check(box.descriptors() == before, "descriptors")
        # Asked again and again until the flood is over.
        client.kept.clear()
        while b'"command":"status","ok":true' not in client.kept.get(f"{BASE}/answer", b""):
            client.publish(f"{BASE}/command", "status")
            while client.packet(0.2):
                pass
        # Nobody presses so fast.
        client.heard.clear()
        for _ in range(300):
            client.publish(f"{BASE}/command", "status")
        while client.packet(1.5) and len(client.heard) < 2000:
            if [topic for topic, _, _ in client.heard[-2:]] == [f"{BASE}/state"] * 2:
                break  # nothing but time passes
        answers = sum(topic == f"{BASE}/answer" for topic, _, _ in client.heard)
        check(0 < answers < 300, f"{answers} answers to 300 orders at once")
        check(box.memory_kb() < memory + 8192, f"{memory} KB became {box.memory_kb()} KB")
        lines = [line for line in box.end().splitlines() if "control-mqtt" in line]
        check(len(lines) <= 12, "\n".join(lines))


def two_boxes():
    with Home() as one, Home() as two, Broker(one) as broker:
        with box_at(one, broker.port, name="bedroom") as first, box_at(two, broker.port, name="office") as second:
            client = broker.client("home")
            for name in ("bedroom", "office"):
                client.wait(f"homeassistant/device/{name}/config")
                client.state(f"limber/{name}", lambda state: state["state"] == "idle")
            client.publish("limber/office/set/routine", "long")
            client.state("limber/office", lambda state: state["state"] == "playing")
            check(client.state("limber/bedroom")["state"] == "idle", "both play")
            # A third one with a name that is taken: each throws the other out, ever more rarely, and says what may be the matter.
            with Home() as three, box_at(three, broker.port, name="bedroom") as third:
                first.wait_log("another box calls itself bedroom as well")
                third.end()
            first.end()
            second.end()


def own_id():
    """Made from the machine where none is set: the same at every start, and never the machine's own."""
    with Home() as home, Broker(home) as broker:
        seen = set()
        for _ in range(2):
            with box_at(home, broker.port, name="") as box:
                box.wait_log("connected to the broker")
                seen.add(re.search(r"as (limber-[0-9a-f]{8})$", box.end(), re.M)[1])
        check(len(seen) == 1, f"{seen}")


def wrong_settings():
    with Home() as home:
        for option, words in (("id=a/b", "id: write at most"), ("topic=a/#", "topic and discovery-prefix"), ("cert=/x", "cert and key belong together"),
                              ("password=x", "a password needs a user")):
            with box_at(home, 1, option) as box:
                box.ready()
                box.wait_log(words)
                box.end()


discovery()
discovery_single()
entities()
old_orders()
killed()
broker_killed()
wrong_password()
encrypted()
silence()
old_broker()
hostile()
two_boxes()
own_id()
wrong_settings()
