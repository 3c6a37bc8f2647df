# SPDX-License-Identifier: GPL-3.0-or-later
"""Installs into one folder and moves that elsewhere: what must be there is, and nothing that others may write."""
import os
import shutil
import stat
import subprocess

from limbertest import BUILD, SOURCE, check
from installed import TREE, folder

prefix = TREE + ".new"
for path in (prefix, TREE):
    shutil.rmtree(path, ignore_errors=True)
done = subprocess.run([os.environ["LIMBER_CMAKE"], "--install", BUILD, "--prefix", prefix], capture_output=True, text=True, umask=0o002)
check(done.returncode == 0, f"cmake --install failed:\n{done.stdout}{done.stderr}")
os.rename(prefix, TREE)

for path in ("bin/limber", "share/limber/scripts/upper-back-relief.md", "share/limber/scripts/moves/cat-cow.md",
             "share/limber/phrases/en.yaml", "share/limber/voices/calm/voice.yaml", "share/limber/voices/demo-slt/clips.csv",
             "share/limber/sounds/wood/sounds.yaml", "share/limber/sounds/wood/bell.flac", "include/limber/plugin.h",
             "share/bash-completion/completions/limber", "share/zsh/site-functions/_limber",
             "share/fish/vendor_completions.d/limber.fish"):
    check(os.path.isfile(os.path.join(TREE, path)), f"{path} is not installed")
for data in ("scripts", "voices", "phrases", "sounds"):
    source = {os.path.relpath(os.path.join(top, name), SOURCE)
              for top, _, names in os.walk(os.path.join(SOURCE, data)) for name in names}
    missing = [name for name in source if not os.path.exists(os.path.join(TREE, "share/limber", name))]
    check(not missing, f"not installed: {missing}")
count = 0
for top, folders, names in os.walk(TREE):
    for name in folders + names:
        path = os.path.join(top, name)
        mode = os.lstat(path).st_mode
        check(not stat.S_ISLNK(mode), f"{path} is a link")
        check(not mode & 0o022, f"others may write {path}")
        check(mode & 0o004, f"others may not read {path}")
        count += name in names

# pkg-config, as somebody who builds a plugin asks it.
asks = {**os.environ, "PKG_CONFIG_LIBDIR": folder("pkgconfig")}
for variable, name in (("plugindir", "out-portaudio.so"), ("datadir", "scripts"), ("includedir", "limber/plugin.h")):
    value = subprocess.run(["pkg-config", f"--variable={variable}", "limber"], env=asks, capture_output=True, text=True, check=True)
    path = os.path.realpath(value.stdout.strip())
    check(path.startswith(os.path.realpath(TREE) + "/"), f"pkg-config says {variable}={path}, outside the tree")
    if name != "out-portaudio.so" or os.path.exists(os.path.join(BUILD, "lib/limber/plugins", name)):
        check(os.path.exists(os.path.join(path, name)), f"{name} is not in the {variable} that pkg-config names")
print(f"{count} files")
