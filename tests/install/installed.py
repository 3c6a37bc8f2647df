# SPDX-License-Identifier: GPL-3.0-or-later
"""The installed tree, and a home in which only it can be found."""
import os

import limbertest
from limbertest import Home

TREE = os.environ["LIMBER_TREE"]
SHARE = os.path.join(TREE, "share")


class Installed(Home):
    """A fresh home for which the installed program is the only one there is."""

    def __init__(self):
        super().__init__()
        self.env.update(PATH=os.path.join(TREE, "bin") + ":/usr/bin:/bin", XDG_DATA_DIRS=SHARE + ":/usr/share", TERM="vt100")

    def run(self, *args, program=None, **kwargs):
        limbertest.LIMBER = program or os.path.join(TREE, "bin", "limber")
        return super().run(*args, **kwargs)


def folder(*names):
    """The one folder of these names below the tree, whatever the library folder is called here."""
    for top, folders, _ in os.walk(TREE):
        for name in folders:
            path = os.path.join(top, name)
            if path.endswith("/" + "/".join(names)):
                return path
    return limbertest.fail(f"{'/'.join(names)} is not in the installed tree")
