# SPDX-License-Identifier: GPL-3.0-or-later
"""What a box costs while nothing plays: a real limber serve with all its controls, its device closed, looked at once a minute.

usage: idle.py BUILD_DIR [MINUTES] [CONTROL…]"""
import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
os.environ.setdefault("LIMBER_SOURCE", os.path.join(HERE, "..", ".."))
os.environ["LIMBER_BUILD"] = sys.argv[1]
sys.path.insert(0, os.path.join(HERE, "..", "tools"))

# pylint: disable=wrong-import-position
from boxrig import Box
from brokerrig import Broker
from fifobutton import Button
from limbertest import Home
from pulseserver import Pulse

CONTROLS = sys.argv[3:] or ["socket", "web", "mqtt", "mpris", "evdev"]
MINUTES = int(sys.argv[2]) if len(sys.argv) > 2 else 10


def figures(box):
    """(run time ns, wake-ups, kB, descriptors, threads) of all threads."""
    folder = f"/proc/{box.process.pid}/task"
    run_ns = wakes = 0
    for task in os.listdir(folder):
        with open(f"{folder}/{task}/schedstat", encoding="ascii") as file:
            run_ns += int(file.read().split()[0])
        with open(f"{folder}/{task}/status", encoding="ascii") as file:
            wakes += sum(int(line.split()[1]) for line in file if line.startswith("voluntary_ctxt"))
    return run_ns, wakes, box.memory_kb(), box.descriptors(), box.threads()


def bus(home):
    """A private one; its address."""
    daemon = subprocess.Popen(["dbus-daemon", "--session", "--nofork", "--print-address=1"], env=home.env, stdout=subprocess.PIPE, text=True)
    home.env["DBUS_SESSION_BUS_ADDRESS"] = daemon.stdout.readline().strip()
    return daemon


with Home() as home, Broker(home) as broker:
    daemon, server, button = bus(home), Pulse(home), Button(home)
    home.config(f"""output: alsa
idle: 1s
controls: [{", ".join(CONTROLS)}]
plugins:
  control-web: {{ port: 0 }}
  control-mqtt: {{ host: 127.0.0.1, port: {broker.port}, id: idle }}
  control-evdev: {{ folder: {button.folder} }}
""")
    try:
        with Box(home, output=None, control=(), env=button.env).ready() as box:
            box.wait_log("says: Limber is ready.")
            time.sleep(30)  # said, and the device closed
            before = last = first = figures(box)
            print("minute  CPU %   wake-ups/s  kB      descriptors  threads", flush=True)
            for minute in range(1, MINUTES + 1):
                time.sleep(60)
                now = figures(box)
                print(f"{minute:6}  {(now[0] - last[0]) / 6e8:.4f}  {(now[1] - last[1]) / 60:10.3f}  {now[2]:6}  {now[3]:11}  {now[4]:7}", flush=True)
                last = now
            print(f"{MINUTES} minutes idle with {', '.join(CONTROLS)}: {(last[0] - before[0]) / 6e8 / MINUTES:.4f} % CPU, "
                  f"{(last[1] - before[1]) / 60 / MINUTES:.3f} wake-ups/s, {last[2] - first[2]:+} kB, {last[3] - first[3]:+} descriptors; "
                  f"a day: {(last[0] - before[0]) / 1e9 * 1440 / MINUTES:.1f} s of CPU, {(last[1] - before[1]) * 1440 // MINUTES} wake-ups")
            print(box.end())
    finally:
        server.close()
        button.close()
        daemon.terminate()
        daemon.wait()
