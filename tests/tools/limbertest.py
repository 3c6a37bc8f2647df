# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests that run the real program share: an isolated home, the program, and samples as arrays."""
import array
import os
import shutil
import struct
import subprocess
import sys
import tempfile

SOURCE = os.environ["LIMBER_SOURCE"]
BUILD = os.environ["LIMBER_BUILD"]
LIMBER = os.environ.get("LIMBER_PROGRAM") or os.path.join(BUILD, "bin", "limber")
SKIP = 77


class Home:
    """A fresh home folder; everything the program keeps goes there."""

    def __init__(self):
        self.path = tempfile.mkdtemp(prefix="limber-test-")
        self.env = dict(os.environ)
        for name in list(self.env):
            if name.startswith(("XDG_", "LIMBER_", "PULSE_")):
                del self.env[name]
        self.env.update(HOME=self.path, XDG_RUNTIME_DIR=os.path.join(self.path, "run"), LC_ALL="C.UTF-8",
                        LIMBER_CONFIG="")  # none, whatever this machine has
        os.mkdir(os.path.join(self.path, "run"), 0o700)

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        shutil.rmtree(self.path, ignore_errors=True)

    def file(self, name, text=None):
        path = os.path.join(self.path, name)
        if text is not None:
            with open(path, "w", encoding="utf-8") as out:
                out.write(text)
        return path

    def config(self, text):
        """Makes this the configuration."""
        self.env["LIMBER_CONFIG"] = self.file("config.yaml", text)

    def run(self, *args, **kwargs):
        """Runs limber; returns the CompletedProcess with text output."""
        kwargs.setdefault("timeout", 120)
        return subprocess.run([LIMBER, *args], env=self.env, cwd=self.path, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, **kwargs)

    def must(self, *args, **kwargs):
        """The same; the test fails unless the exit status is 0."""
        done = self.run(*args, **kwargs)
        if done.returncode != 0:
            fail(f"limber {' '.join(args)}: exit status {done.returncode}\n{done.stderr}")
        return done


def fail(why):
    print("FAILED:", why)
    sys.exit(1)


def check(condition, why):
    if not condition:
        fail(why)


def skip(why):
    print("skipped:", why)
    sys.exit(SKIP)


def need(*programs):
    for program in programs:
        if not shutil.which(program):
            skip(f"{program} is not installed")


def sanitized():
    """Whether the program has AddressSanitizer, which keeps for a while what was freed: memory says little then."""
    with open(LIMBER, "rb") as file:
        return b"__asan" in file.read()


def raw_floats(path):
    samples = array.array("f")
    with open(path, "rb") as file:
        data = file.read()
    samples.frombytes(data[: len(data) // 4 * 4])
    return samples


def raw_shorts(path):
    samples = array.array("h")
    with open(path, "rb") as file:
        data = file.read()
    samples.frombytes(data[: len(data) // 2 * 2])
    return samples


def wav(path):
    """(channels, samples) of a WAV file with float or 16-bit samples."""
    with open(path, "rb") as file:
        data = file.read()
    check(data[:4] == b"RIFF" and data[8:12] == b"WAVE", f"{path} is not a WAV file")
    at, code, channels, bits = 12, 0, 0, 0
    while at + 8 <= len(data):
        name, size = data[at:at + 4], struct.unpack("<I", data[at + 4:at + 8])[0]
        if name == b"fmt ":
            code, channels, _, _, _, bits = struct.unpack("<HHIIHH", data[at + 8:at + 24])
            if code == 0xFFFE:
                code = struct.unpack("<H", data[at + 32:at + 34])[0]
        if name == b"data":
            samples = array.array("f" if code == 3 else "h")
            check((code, bits) in ((3, 32), (1, 16)), f"{path}: format {code}, {bits} bits")
            samples.frombytes(data[at + 8:at + 8 + size])
            return channels, samples
        at += 8 + size + size % 2
    return fail(f"{path} has no samples")


def first_nonzero(samples):
    for index, value in enumerate(samples):
        if value != 0:
            return index
    return fail("all samples are zero")


def check_same(session, capture, channels_out, what):
    """The mono `session` must be in the interleaved `capture`, sample by sample, the last included, with nothing but zeros around it."""
    left = capture[0::channels_out]
    for channel in range(1, channels_out):
        check(capture[channel::channels_out] == left, f"{what}: channel {channel + 1} differs from the first")
    offset = first_nonzero(left) - first_nonzero(session)
    check(offset >= 0, f"{what}: the capture begins {-offset} frames too late")
    part = left[offset:offset + len(session)]
    if part != session:
        short = len(session) - len(part)
        at = next((i for i, (a, b) in enumerate(zip(part, session)) if a != b), len(part))
        differing = sum(1 for a, b in zip(part, session) if a != b)
        missing_is_silent = short > 0 and not any(session[len(part):])
        check(differing == 0 and missing_is_silent,
              f"{what}: {differing} samples differ, the first at frame {at} of {len(session)}; {short} missing at the end")
    check(not any(left[:offset]) and not any(left[offset + len(session):]), f"{what}: more than silence around the session")
    print(f"{what}: {len(session)} frames identical (after {offset} frames of silence)")
