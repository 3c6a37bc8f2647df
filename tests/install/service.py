# SPDX-License-Identifier: GPL-3.0-or-later
"""The units of systemd: they are understood, and leave the service no more than it needs. limber-box tells about itself."""
import glob
import os
import re
import shutil
import subprocess

from limbertest import check, need
from installed import SHARE, TREE, Installed

need("systemd-analyze")
EXPOSURE_MOST = 2.0


def analyze(*args):
    done = subprocess.run(["systemd-analyze", *args], capture_output=True, text=True, timeout=60, env={**os.environ, "LC_ALL": "C.UTF-8"})
    return done.returncode, done.stdout + done.stderr


def exposure(unit):
    status, text = analyze("security", "--offline=true", f"--threshold={round(EXPOSURE_MOST * 10)}", "--no-pager", unit)
    found = re.search(r"exposure level for \S+: ([0-9.]+)", text)
    check(found, f"systemd-analyze says nothing of {unit}:\n{text}")
    check(status == 0 and float(found.group(1)) <= EXPOSURE_MOST, f"{unit} is exposed by {found.group(1)}:\n{text}")
    return found.group(1)


with Installed() as home:
    units = sorted(glob.glob(os.path.join(TREE, "lib/systemd/system/*")))
    check([os.path.basename(path) for path in units] == ["limber-today.service", "limber-today.timer", "limber.service"], f"{units}")

    # As they are, but with the program where it is now.
    for path in units + [os.path.join(TREE, "lib/systemd/user/limber.service")]:
        with open(path, encoding="utf-8") as unit:
            text = re.sub(r"=\S*/bin/limber ", f"={TREE}/bin/limber ", unit.read())
        home.file(("user-" if "/user/" in path else "") + os.path.basename(path), text)
    for name in ("limber.service", "limber-today.service", "limber-today.timer", "user-limber.service"):
        status, text = analyze("verify", "--man=no", home.file(name))
        complaints = [line for line in text.splitlines() if "limber" in line]
        check(not complaints, f"{name}:\n" + "\n".join(complaints))

    told = [exposure(home.file("limber.service")), exposure(home.file("limber-today.service"))]
    os.makedirs(home.file("limber.service.d"), exist_ok=True)
    shutil.copy(os.path.join(SHARE, "limber/systemd/network.conf"), home.file("limber.service.d"))
    told.append(exposure(home.file("limber.service")))
    check(told[2] > told[0], f"the network adds nothing: {told}")

    box = os.path.join(TREE, "sbin/limber-box")
    done = subprocess.run([box, "--help"], capture_output=True, text=True, timeout=60)
    check(done.returncode == 0 and done.stdout.startswith("Usage: limber-box"), f"limber-box --help: {done.stdout}{done.stderr}")
    print(f"exposure: the service {told[0]}, with the network {told[2]}; today {told[1]}")
