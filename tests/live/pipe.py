# SPDX-License-Identifier: GPL-3.0-or-later
"""Into a pipe that somebody reads, or not, or not any more: every form of samples is the rendering; a session waits for its reader, and
goes on at what was not read; or it goes on unheard, and in time."""
import os
import threading
import time

from limbertest import LIMBER, Home, array, check, check_same, raw_floats, wav
from pieces import gaps, pieces, place_of
from ptyterminal import Terminal

PAGE = """---
announce: none
---
# Short

Stand tall.
"""
LONG = PAGE + "\nBreathe in slowly through your nose, and out again. Now lift both arms over your head, and stretch.\n"


class Reader:
    """Reads the pipe from the moment somebody writes it until that one closes it, or until stop()."""

    def __init__(self, fifo):
        self.data = bytearray()
        self.fifo, self.ended = fifo, False
        self.thread = threading.Thread(target=self.read)
        self.thread.start()

    def read(self):
        fd = os.open(self.fifo, os.O_RDONLY)
        while not self.ended:
            data = os.read(fd, 4096)
            if not data:
                break
            self.data += data
        os.close(fd)

    def stop(self):
        self.ended = True
        self.thread.join()

    def wait_for_sound(self):
        while not any(self.data):
            check(self.thread.is_alive(), "the reader has ended")
            time.sleep(0.01)


def integers(kind, scale):
    def read(path):
        samples = array.array(kind)
        with open(path, "rb") as file:
            samples.frombytes(file.read())
        return array.array("f", (sample / scale for sample in samples))
    return read


def left(data):
    stereo = array.array("h")
    stereo.frombytes(bytes(data[:len(data) // 4 * 4]))
    return stereo[0::2].tobytes()


def rounded(samples, scale):
    return array.array("f", (max(-scale, min(round(sample * scale), scale - 1)) / scale for sample in samples))


with Home() as home:
    home.config("ask-effort: no\n")
    page, fifo = home.file("short.md", PAGE), home.file("fifo")

    for options, why in (("", "which pipe?"), (f"path={page}", "not a pipe"), (f"path={fifo}", "nobody reads this pipe"),
                         (f"path={home.file('no/fifo')}", "not even its folder"), (f"path={fifo},mode=open,sampleformat=48:16:2", "RATE:BITS"),
                         (f"path={fifo},sampleformat=44100:16:2", "another rate")):
        done = home.run("play", "-q", page, "--output", f"pipe:{options}" if options else "pipe")
        check(done.returncode == 1 and why in done.stderr and done.stderr.count(why) == 1, f"{options}: {done.returncode}, {done.stderr}")
    with open(page, encoding="utf-8") as file:
        check(file.read() == PAGE, "a file that is no pipe is left as it is")

    home.must("render", page, "-o", "a.wav", "--set", "out-file.format=float")
    _, session = wav(home.file("a.wav"))
    for form, channels, read, scale in (("48000:16:2", 2, integers("h", 2**15), 2**15), ("48000:24:2", 2, integers("i", 2**23), 2**23),
                                        ("48000:32:1", 1, integers("i", 2**31), 2**23), ("48000:f32:2", 2, raw_floats, None)):
        reader = Reader(fifo)
        done = home.must("play", "-q", page, "--lead-in", "0", "--output", f"pipe:path={fifo},buffer=0,sampleformat={form}")
        check(done.stderr == "", done.stderr)
        reader.thread.join()
        with open(home.file("read.raw"), "wb") as out:
            out.write(reader.data)
        check_same(rounded(session, scale) if scale else session, read(home.file("read.raw")), channels, f"pipe, {form}")

    page = home.file("long.md", LONG)
    home.must("render", page, "-o", "a.wav", "--set", "out-file.format=s16")
    _, session = wav(home.file("a.wav"))
    wanted = pieces(session)

    # Snapcast's server holds a second of sound when it is killed: here, what was read is heard at once.
    reader = Reader(fifo)
    terminal = Terminal(home, [LIMBER, "play", page, "--plain", "--lead-in", "0", "--output", f"pipe:path={fifo},buffer=0"])
    try:
        terminal.until("Breathe")
        reader.stop()
        terminal.until("is gone")
        again = Reader(fifo)
        terminal.until("is back")
        check(terminal.end() == 0, f"the session ends well: {terminal.text[-800:]}")
    finally:
        terminal.close()
    again.thread.join()
    check(terminal.text.count("is gone") == 1, f"it is told once: {terminal.text}")
    heard = [left(r.data) for r in (reader, again)]
    lost = [(frame / 48000, gap) for frame, piece in wanted for gap in gaps(piece, heard, 2)]
    check(not lost, f"not read, by place: {lost}")
    print("the reader went and another came: all was read")

    # Nobody is there at first, and the session is played all the same.
    terminal = Terminal(home, [LIMBER, "play", page, "--plain", "--lead-in", "0", "--output", f"pipe:path={fifo},buffer=0,unread=go-on"])
    try:
        terminal.until("Breathe")
        reader = Reader(fifo)
        reader.wait_for_sound()
        check(terminal.end() == 0 and "gone" not in terminal.text, f"the session ends well: {terminal.text[-800:]}")
    finally:
        terminal.close()
    reader.thread.join()
    places = [place_of(piece, left(reader.data), 2) for _, piece in wanted]
    heard = [place is not None for place in places]
    check(heard[-1] and not heard[0] and heard == sorted(heard), f"what comes after the reader is read: {places}")
    print(f"nobody read {heard.index(True)} of {len(heard)} pieces, and the rest was in time")
