# SPDX-License-Identifier: GPL-3.0-or-later
"""A session driven by one button: a recording of a foot switch, through the plugin and the loop, to the transport."""
from limbertest import Home, check, skip

PAGE = """# A session

Stand tall. `hold 40s`

## Second

Now sit. `hold 40s`
"""
KEY_B, KEY_F10 = 0x30, 0x44


def recording(*events):
    """evemu's format, of (seconds, key, value)."""
    return "N: Foot switch\n" + "".join(f"E: {time:.6f} 0001 {key:04x} {value:04d}\nE: {time:.6f} 0000 0000 0000\n"
                                        for time, key, value in events)


def press(time, key=KEY_B, held=0.08):
    return [(time, key, 1), (time + held, key, 0)]


with Home() as home:
    page = home.file("page.md", PAGE)
    plain = ("play", page, "--announce", "none", "--lead-in", "0")
    if "control-evdev" not in home.must("plugins", "--names").stdout:
        skip("control-evdev is left out of this build")

    # Pause, go on, twice for the next move, a key of its own for the end: 80 s of holds are not waited for.
    home.file("press.evemu", recording(*press(1.0), *press(2.0), *press(3.0), *press(3.2), *press(5.0, KEY_F10)))
    done = home.must(*plain, "--output", "null:speed=1", "--control", f"evdev:device={home.path}/press.evemu,map=KEY_F10=quit",
                     timeout=60)
    lines = [line.strip() for line in done.stdout.splitlines()]
    order = [next((i for i, line in enumerate(lines) if word in line), -1) for word in ("Stand tall", "paused", "playing", "Second")]
    check(-1 not in order and order == sorted(order), f"pause, play, next: {order} in {lines}")
    check("Now sit." in done.stdout, f"the next move is played: {lines}")

    # What does not start is told, and the session goes on.
    short = home.file("short.md", "# Short\n\nStand tall.\n")
    for options, why in (("map=KEY_NONE=next", 'there is no key "KEY_NONE"'), (f"device={page}", "has no events in it")):
        done = home.must("play", short, "--output", "null", "--control", f"evdev:{options}")
        check(why in done.stderr and "Stand tall." in done.stdout, f"--control evdev:{options}: {done.stdout}{done.stderr}")

    # What makes no sense is refused at once.
    for name, why in (("evdve", 'did you mean "control-evdev"?'), ("evdev:grab", "write NAME:option=value"), ("evdev:grub=yes", 'did you mean "grab"?'),
                      ("evdev:long=fast", "long")):
        done = home.run("play", short, "--output", "null", "--control", name)
        check(done.returncode == 2 and why in done.stderr, f"--control {name}: {done.returncode} {done.stderr}")
    many = [word for i in range(9) for word in ("--control", "evdev")]
    done = home.run("play", short, *many)
    check(done.returncode == 2 and "one too many" in done.stderr, f"nine of them: {done.returncode} {done.stderr}")
