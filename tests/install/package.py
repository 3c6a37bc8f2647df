# SPDX-License-Identifier: GPL-3.0-or-later
"""The Debian packages of this build: what they say about themselves, what is in them, and that the unpacked program works."""
import glob
import gzip
import os
import subprocess
import tempfile

from limbertest import BUILD, check, need, skip
from installed import Installed

need("dpkg-deb", "dpkg-shlibdeps", "file", "gzip")
CPACK = os.path.join(os.path.dirname(os.environ["LIMBER_CMAKE"]), "cpack")
if not os.path.exists(CPACK):
    skip("cpack is not installed")


def fields(package):
    text = subprocess.run(["dpkg-deb", "-f", package], capture_output=True, text=True, check=True).stdout
    return dict(line.split(": ", 1) for line in text.splitlines() if line and not line.startswith(" "))


with Installed() as home, tempfile.TemporaryDirectory(prefix="limber-package-") as folder:
    done = subprocess.run([CPACK, "-G", "DEB", "--config", os.path.join(BUILD, "CPackConfig.cmake"), "-B", folder],
                          cwd=folder, capture_output=True, text=True, timeout=240)
    check(done.returncode == 0, f"cpack failed:\n{done.stdout}{done.stderr}")
    packages = {fields(path)["Package"]: path for path in glob.glob(os.path.join(folder, "*.deb"))}
    check(set(packages) == {"limber", "limber-dev"}, f"packages: {packages}")

    program, sdk = fields(packages["limber"]), fields(packages["limber-dev"])
    for library in ("libc6", "libcmark", "libyaml", "libjansson", "libsoxr", "libebur128", "libsndfile1"):
        check(library in program["Depends"], f"limber does not depend on {library}: {program['Depends']}")
    check(sdk["Depends"] == f"limber (= {program['Version']})", f"limber-dev depends on {sdk['Depends']}")
    check(program["Description"] == "voice-guided session player", f"description: {program['Description']}")

    listed = {}
    for name, path in packages.items():
        tree = os.path.join(folder, name)
        subprocess.run(["dpkg-deb", "-x", path, tree], check=True)
        listed[name] = {os.path.relpath(os.path.join(top, file), tree) for top, _, files in os.walk(tree) for file in files}
        for file in ("copyright", "changelog.gz", "changelog.Debian.gz"):
            check(f"usr/share/doc/{name}/{file}" in listed[name], f"{name} has no {file}")
        with gzip.open(os.path.join(tree, "usr/share/doc", name, "changelog.Debian.gz"), "rt", encoding="utf-8") as log:
            check(log.readline().startswith(f"limber ({program['Version']}) "), f"{name}: the changelog is of another version")
    check(not listed["limber"] & listed["limber-dev"], f"in both packages: {listed['limber'] & listed['limber-dev']}")
    headers = {file for file in listed["limber"] | listed["limber-dev"] if file.endswith((".h", ".pc", ".cmake"))}
    check(headers and headers <= listed["limber-dev"], f"headers in limber: {headers - listed['limber-dev']}")
    for data in ("voices/demo-slt/clips.csv", "voices/demo-slt/clips/well-done.opus", "sounds/wood/sounds.yaml", "sounds/wood/bell.flac"):
        check(f"usr/share/limber/{data}" in listed["limber"], f"{data} is not in limber")
    for file in ("lib/systemd/system/limber.service", "lib/systemd/system/limber-today.timer", "lib/systemd/system/limber-today.service",
                 "lib/systemd/user/limber.service", "sbin/limber-box", "share/limber/systemd/network.conf", "share/man/man8/limber-box.8.gz"):
        check(f"usr/{file}" in listed["limber"], f"{file} is not in limber")
    for file in ("lib/systemd/system/limber.service", "lib/systemd/user/limber.service", "sbin/limber-box"):
        with open(os.path.join(folder, "limber/usr", file), encoding="utf-8") as text:
            check("/usr/bin/limber" in text.read(), f"{file} does not run the packaged program")

    # The service's user, its settings, and what is done when it comes and goes.
    control = os.path.join(folder, "control")
    subprocess.run(["dpkg-deb", "-e", packages["limber"], control], check=True)
    for script in ("postinst", "prerm", "postrm"):
        path = os.path.join(control, script)
        check(os.path.exists(path) and os.stat(path).st_mode & 0o777 == 0o755, f"{script} is missing or cannot be run")
        subprocess.run(["sh", "-n", path], check=True)
    with open(os.path.join(control, "conffiles"), encoding="utf-8") as text:
        check(text.read().split() == ["/etc/limber/config.yaml"], "the settings are no conffile")
    check("etc/limber/config.yaml" in listed["limber"], "there are no settings in limber")
    settings = os.path.join(folder, "limber/etc/limber/config.yaml")
    unpacked = os.path.join(folder, "limber/usr/bin/limber")
    home.must("config", "check", settings, program=unpacked)
    # They are found by everybody who has none, so nothing is set in them.
    with open(settings, encoding="utf-8") as text:
        check(all(not line.strip() or line.strip().startswith("#") for line in text), "something is set in the settings that come with it")

    check("usr/share/man/man1/limber.1.gz" in listed["limber"], "the manual is not in limber, or not compressed")

    check("upper-back-relief" in home.must("list", program=unpacked).stdout, "the unpacked program finds no routines")
    home.must("render", "desk-break", "-o", "session.wav", "--for", "4min", program=unpacked)
    done = home.must("render", "desk-break", "-o", "other.wav", "--voice", "demo-slt", "--sounds", "wood", "--strict", "-q", program=unpacked)
    check(not done.stderr, f"the unpacked voice or theme: {done.stderr}")
    check(os.path.getsize(home.file("session.wav")) > 3 * 60 * 48000 * 2, "the unpacked program renders too little")
