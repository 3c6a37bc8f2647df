# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether all of a session is somewhere in what was heard, however often it was cut and went on: in pieces of 50 ms that can be told
from one another, each of which must be there sample by sample."""
from limbertest import first_nonzero

RATE = 48000
PIECE = RATE // 20


def pieces(session):
    """(frame, bytes) of all pieces of the session, an array of mono samples, that are not silent and not the same as others."""
    found = {}
    for at in range(0, len(session) - PIECE, PIECE):
        piece = session[at:at + PIECE]
        if sum(1 for sample in piece if sample) > PIECE // 2:
            found.setdefault(piece.tobytes(), []).append(at)
    return [(places[0], piece) for piece, places in found.items() if len(places) == 1]


def place_of(piece, heard, size):
    """The first frame of the piece in `heard`, bytes of samples of `size` bytes; None: it is not there."""
    at = heard.find(piece)
    while at >= 0 and at % size:
        at = heard.find(piece, at + 1)
    return at // size if at >= 0 else None


def gaps(piece, heard, size):
    """Milliseconds of each part of a piece that is in none of `heard`. One sixteenth alone was heard in two parts: silence came between."""
    def is_there(part):
        return any(place_of(part, one, size) is not None for one in heard)

    if is_there(piece):
        return []
    part = len(piece) // 16 // size * size
    missing = "".join(" " if is_there(piece[at:at + part]) else "-" for at in range(0, len(piece), part))
    return [len(gap) * 50 / 16 for gap in missing.split() if len(gap) > 1]


def longest_gap(places):
    """The most pieces missing in a row."""
    return max(map(len, "".join("-" if place is None else " " for place in places).split()), default=0)


def contains(stereo, session):
    """Whether the session is there without a break."""
    left = stereo[0::2]
    start = first_nonzero(left) - first_nonzero(session)
    return start >= 0 and left[start:start + len(session)] == session
