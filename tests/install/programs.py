# SPDX-License-Identifier: GPL-3.0-or-later
"""The installed program finds its routines, voices, plugins and worker in its own tree, and nowhere else."""
import glob
import os
import shutil

from limbertest import BUILD, check, wav
from installed import TREE, Installed, folder

with Installed() as home:
    shown = home.must("list").stdout
    for name in glob.glob(os.path.join(TREE, "share/limber/scripts/*.md")):
        name = os.path.basename(name)[:-3]
        check(name.endswith(".de") or f"{name} " in shown, f"limber list does not show {name}:\n{shown}")
    check("calm" in home.must("voices").stdout, "limber voices does not show the installed voices")

    # Plugins that are files: those of the tree.
    plugins = home.must("plugins").stdout
    where = folder("limber", "plugins")
    check(os.listdir(where), "no plugin is installed")
    for line in plugins.splitlines():
        if line.lstrip().startswith("/"):
            check(line.strip().startswith(os.path.realpath(where) + "/"), f"a plugin of another tree: {line}")
    for name in os.listdir(where):
        check(f"{name[:-3]} " in plugins, f"limber plugins does not show {name}:\n{plugins}")

    # A bare name, spoken by the worker of the tree (none is anywhere else on this PATH).
    home.must("render", "desk-break", "-o", "session.wav", "--for", "4min")
    channels, samples = wav(home.file("session.wav"))
    check(channels in (1, 2) and any(samples), "the rendered session is silent")
    done = home.must("render", "desk-break", "-o", "again.wav", "--for", "4min")
    check("tone" not in done.stderr, f"words became tones:\n{done.stderr}")
    with open(home.file("session.wav"), "rb") as one, open(home.file("again.wav"), "rb") as two:
        check(one.read() == two.read(), "two renderings of the installed program differ")
    home.must("play", "desk-break", "--output", "null", "--quiet", "--for", "4min")
    check("moves/cat-cow" in home.must("list", "--moves", "--names").stdout, "the movements are not listed")

    # Only this tree: what is taken out of it is gone, what is put into it is there. (A tree of its own: others use the first.)
    mine = home.file("mine")
    shutil.copytree(TREE, mine)
    program = os.path.join(mine, "bin/limber")
    os.rename(os.path.join(mine, "share/limber/scripts/desk-break.md"), os.path.join(mine, "share/limber/scripts/only-here.md"))
    names = home.must("list", "--names", program=program).stdout.split()
    check("only-here" in names and "desk-break" not in names, f"routines of another tree: {names}")
    done = home.run("plan", "desk-break", program=program)
    check(done.returncode == 2, f"a routine that is not in the tree: exit status {done.returncode}")
    shutil.rmtree(os.path.join(mine, os.path.relpath(where, TREE)))
    plugins = home.must("plugins", program=program).stdout
    check("built in" in plugins and not any(line.lstrip().startswith("/") for line in plugins.splitlines()),
          f"plugins although there are none in the tree:\n{plugins}")
    check(BUILD + "/lib" not in plugins, "plugins of the build tree")
