# SPDX-License-Identifier: GPL-3.0-or-later
"""Voices as files: packing, installing, removing; and archives that mean harm."""
import bz2
import fcntl
import gzip
import hashlib
import io
import lzma
import os
import resource
import shutil
import signal
import struct
import subprocess
import tarfile
import wave
import zipfile

from limbertest import Home, LIMBER, check, sanitized, skip

YAML = "languages: [en]\nengine: speech-espeak\nlicense: CC0-1.0\n"
RECORDED = b"languages: [en]\nengine: speech-pack\nlicense: CC0-1.0\n"
GOOD = {"voice.yaml": YAML.encode(), "clips/one.wav": b"RIFF" + bytes(200), "notes.txt": b"hello\n"}


def voices(home, name=""):
    return os.path.join(home.path, ".local/share/limber/voices", name)


def sums(folder):
    """path → SHA-256 of all files of a voice but the checksums themselves."""
    found = {}
    for root, _, files in os.walk(folder):
        for name in files:
            path = os.path.join(root, name)
            with open(path, "rb") as file:
                found[os.path.relpath(path, folder)] = hashlib.sha256(file.read()).hexdigest()
    found.pop("SHA256SUMS", None)
    return found


def everything(home):
    """What a refused archive must not change: all of the home but what the program keeps for itself."""
    found = set()
    for root, folders, files in os.walk(home.path):
        if root == os.path.join(home.path, ".cache"):
            folders[:] = []
            continue
        for name in folders + files:
            found.add(os.path.join(root, name))
    return found


def make_voice(home, name, yaml=YAML, files=None):
    for path, data in {"voice.yaml": yaml.encode(), **(files or {})}.items():
        path = voices(home, os.path.join(name, path))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data)
    return voices(home, name)


def tone(seconds, step):
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes(b"".join(struct.pack("<h", (i * step) % 20000 - 10000) for i in range(int(16000 * seconds))))
    return out.getvalue()


# --- archives ---

def zipped(files, change=None, compression=zipfile.ZIP_DEFLATED):
    """A zip with these files (name → bytes), in order; `change` may alter each ZipInfo."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items() if isinstance(files, dict) else files:
            info = zipfile.ZipInfo("placeholder")
            info.filename = name
            info.compress_type = compression
            info.external_attr = (0o40755 if name.endswith("/") else 0o100644) << 16
            if change:
                change(info)
            archive.writestr(info, data)
    return out.getvalue()


def tarred(members, mode="w", **kwargs):
    """A tar of (name, bytes or dict of TarInfo's settings)."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode, **kwargs) as archive:
        for name, what in members:
            info = tarfile.TarInfo(name)
            settings = dict(what) if isinstance(what, dict) else {"data": what}
            data = settings.pop("data", b"")
            info.size = len(data)
            for key, value in settings.items():
                setattr(info, key, value)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def inside(files, top="anna"):
    return {f"{top}/{name}": data for name, data in files.items()}


def good_tar(*more, **kwargs):
    return tarred([*inside(GOOD).items(), *more], **kwargs)


def good_zip(*more):
    return zipped([*inside(GOOD).items(), *more])


def patched(data, old, new, count=-1):
    check(old in data, f"the test's own archive lacks {old!r}")
    return data.replace(old, new, count)


def streamed_zip(files):
    """Sizes and checksums behind the data, as programs write that cannot seek."""
    class Pipe(io.RawIOBase):
        def __init__(self):
            super().__init__()
            self.data = b""

        def writable(self):
            return True

        def write(self, data):
            self.data += bytes(data)
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return pipe.data


def manifest(files, **changes):
    text = "".join(f"{changes.get(name, hashlib.sha256(data).hexdigest())}  {name}\n" for name, data in files.items())
    return text.encode()


def encrypted():
    """A zip that says that one file needs a password."""
    data = bytearray(good_zip())
    for sign, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = data.rindex(sign)
        data[start + at] |= 1
    return bytes(data)


def lying_zip(size):
    """The list and the header say `size`, the data are 3 MB."""
    data = bytearray(good_zip(("anna/big.wav", bytes(range(256)) * 12000)))
    local, listed = data.rindex(b"PK\x03\x04"), data.rindex(b"PK\x01\x02")
    data[local + 22:local + 26] = struct.pack("<I", size)
    data[listed + 24:listed + 28] = struct.pack("<I", size)
    return bytes(data)


def wrong_crc():
    data = zipped(inside(GOOD), compression=zipfile.ZIP_STORED)
    return patched(data, b"hello\n", b"jello\n")


def with_nul():
    return patched(good_zip(("anna/clips/two.wavX..X", b"x")), b"two.wavX..X", b"two.wav\0..\0")


def two_names():
    data = good_zip(("anna/clips/two.wav", b"x"))
    at = data.rindex(b"clips/two.wav")
    return data[:at] + b"clips/six.wav" + data[at + 13:]


def overlapping():
    """The list leads for both names to the same bytes."""
    data = bytearray(good_zip(("anna/a.wav", bytes(1000)), ("anna/b.wav", bytes(1000))))
    last = data.rindex(b"PK\x01\x02")
    other = data.rindex(b"PK\x01\x02", 0, last)
    data[last + 42:last + 46] = data[other + 42:other + 46]
    return bytes(data)


def zip64_without_size():
    data = bytearray(good_zip(("anna/big.wav", b"abc")))
    listed = data.rindex(b"PK\x01\x02")
    data[listed + 24:listed + 28] = b"\xff" * 4
    return bytes(data)


def aliases():
    """A billion laughs."""
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [f"{name}: &{name} [{', '.join(['*' + before] * 9)}]" for before, name in zip("abcdefgh", "bcdefghi")]
    return "\n".join(lines) + "\n"


def sparse(home):
    folder = make_voice(home, "sparse-source")
    with open(os.path.join(folder, "holes.wav"), "wb") as file:
        file.write(b"x")
        file.truncate(40_000_000)
    done = subprocess.run(["tar", "--sparse", "-cf", "-", "-C", voices(home), "sparse-source"], capture_output=True, check=True)
    shutil.rmtree(folder)
    return done.stdout


def tar_header_size(size):
    """The last member's header says `size` bytes; the checksum is right."""
    data = bytearray(good_tar(("anna/big.wav", b"")))
    at = data.rindex(b"anna/big.wav")
    data[at + 124:at + 136] = size
    data[at + 148:at + 156] = b" " * 8
    data[at + 148:at + 156] = b"%06o\0 " % sum(data[at:at + 512])
    return bytes(data)


def hostile(home):
    """(what, archive, words that the refusal must have)"""
    out = home.path
    link = {"type": tarfile.SYMTYPE, "linkname": out}
    special = "files and folders only"
    for kind, words in ((tarfile.CHRTYPE, special), (tarfile.BLKTYPE, special), (tarfile.FIFOTYPE, special)):
        yield f"tar type {kind}", good_tar(("anna/dev", {"type": kind, "devmajor": 1, "devminor": 3})), words
    yield "tar ..", good_tar(("anna/../../evil", b"x")), ".."
    yield "tar .. first", good_tar(("../evil", b"x")), ".."
    yield "tar ../ folder", good_tar(("anna/../../evil/", {"type": tarfile.DIRTYPE})), ".."
    yield "tar absolute", good_tar((f"{out}/evil", b"x")), "absolute"
    yield "tar absolute after ./", good_tar((f"./{out}/evil", b"x")), "empty part"
    yield "tar hidden ..", good_tar(("anna/.hidden/../../../evil", b"x")), ".."
    yield "tar link", good_tar(("anna/link", link)), "symbolic link"
    yield "tar link, then through it", good_tar(("anna/link", link), ("anna/link/evil", b"x")), "symbolic link"
    yield "tar link as the top", tarred([("anna", link), *inside(GOOD).items()]), "symbolic link"
    yield "tar hard link", good_tar(("anna/hard", {"type": tarfile.LNKTYPE, "linkname": "anna/voice.yaml"})), "hard link"
    yield "tar hard link out", good_tar(("anna/hard", {"type": tarfile.LNKTYPE, "linkname": "/etc/passwd"})), "hard link"
    yield "tar suid", good_tar(("anna/tool", {"data": b"x", "mode": 0o4755})), "mode"
    yield "tar sparse", sparse(home), "sparse"
    yield "tar huge size", tar_header_size(b"77777777777\0"), "damaged"
    yield "tar size of 2^63", tar_header_size(b"\x80" + b"\x7f" + b"\xff" * 10), ""
    yield "tar negative size", tar_header_size(b"\xff" * 12), ""
    yield "tar.gz cut", gzip.compress(good_tar(("anna/big.wav", os.urandom(200000))))[:100000], "damaged"
    yield "tar.xz damaged", bytes(b ^ (i == 200) for i, b in enumerate(lzma.compress(good_tar()))), ""
    yield "tar.gz twice", gzip.compress(gzip.compress(good_tar())), "more than once"
    yield "tar.gz bomb", gzip.compress(good_tar(("anna/zeros.wav", bytes(90_000_000)))), "200 times"
    yield "tar.bz2 bomb of 300 MB", bz2.compress(good_tar(("anna/zeros.wav", bytes(300_000_000)))), "200 times"
    yield "tar name of 5,000 bytes", good_tar(("anna/" + "x" * 5000, b"x")), "too long"
    yield "tar invalid UTF-8", good_tar(("anna/\udcff\udcfe.wav", b"x"), format=tarfile.GNU_FORMAT,
                                        encoding="utf-8", errors="surrogateescape"), "UTF-8"
    yield "tar newline", good_tar(("anna/a\nb.wav", b"x")), "control character"
    yield "tar escape", good_tar(("anna/\x1b[2Jb.wav", b"x")), "control character"
    yield "tar direction", good_tar(("anna/\u202egnp.wav", b"x")), "neither letter"
    yield "tar backslash", good_tar(("anna/..\\..\\evil", b"x")), "backslash"
    yield "tar drive", good_tar(("C:/evil", b"x")), "colon"
    yield "tar stream", good_tar(("anna/voice.yaml:x", b"x")), "colon"
    yield "tar twice", good_tar(("anna/notes.txt", b"other")), "twice"
    yield "tar twice with ./", good_tar(("./anna/notes.txt", b"other")), "twice"
    yield "tar file as folder", good_tar(("anna/notes.txt/more", b"x")), "twice"
    yield "tar folder as file", good_tar(("anna/clips", b"x")), "twice"
    yield "tar twins", good_tar(("anna/Notes.TXT", b"x")), "same name"
    yield "tar twins of folders", good_tar(("anna/CLIPS/two.wav", b"x")), "same name"
    yield "tar twins of accents", good_tar(("anna/\u00e9.wav", b"x"), ("anna/e\u0301.wav", b"x")), "anna/"
    yield "tar deep", good_tar(("anna/" + "d/" * 60 + "x.wav", b"x")), "deep"
    yield "tar a little deep", good_tar(("anna/a/b/c/d/x.wav", b"x")), "deep"
    yield "flat and a little deep", tarred([*GOOD.items(), ("a/b/c/d/x.wav", b"x")]), "deep"
    yield "tar two tops", good_tar(("bert/voice.yaml", YAML.encode())), "one folder"
    yield "tar a file beside the top", good_tar(("evil.txt", b"x")), "one folder"
    yield "tar top ..", tarred(inside(GOOD, "..").items()), ".."
    yield "tar top .", tarred(inside(GOOD, "./.").items()), '"." in its path'
    yield "tar top dictionary", tarred(inside(GOOD, "dictionary").items()), "pronunciations"
    yield "tar top with a space", tarred(inside(GOOD, "an na").items()), "letters, digits"
    yield "tar hidden top", tarred(inside(GOOD, ".anna").items()), "no voice.yaml"
    yield "named ..", tarred([("x/voice.yaml", (YAML + 'name: ".."\n').encode())]), "name"
    yield "named ../../evil", tarred([("x/voice.yaml", (YAML + "name: ../../evil\n").encode())]), "name"
    yield "no voice.yaml", tarred([("anna/notes.txt", b"x")]), "no voice.yaml"
    yield "voice.yaml is a folder", tarred([("anna/voice.yaml/", {"type": tarfile.DIRTYPE})]), "no voice.yaml"
    yield "voice.yaml too deep", tarred(inside(GOOD, "a/anna").items()), "no voice.yaml"
    yield "bad voice.yaml", tarred([("anna/voice.yaml", b"engine: [\n")]), "voice.yaml:"
    yield "voice.yaml with a stranger's key", tarred([("anna/voice.yaml", (YAML + "exec: rm\n").encode())]), "no setting"
    yield "dictionary outside", tarred([("anna/voice.yaml", (YAML + "dictionary: /etc/passwd\n").encode())]), "outside"
    yield "dictionary ..", tarred([("anna/voice.yaml", (YAML + "dictionary: ../../../../../../../../etc/passwd\n").encode())]), ""
    yield "engine's voice outside", tarred([("anna/voice.yaml", (YAML + "voice: ../../x\n").encode())]), "outside"
    yield "runs a program", tarred([("anna/voice.yaml", b"languages: [en]\nengine: speech-command\nlicense: CC0-1.0\n"
                                     b"options: { command: [sh, run.sh] }\n"), ("anna/run.sh", b"touch evil\n")]), "sh run.sh"
    yield "an engine nobody knows", tarred([("anna/voice.yaml", b"languages: [en]\nengine: speech-evil\n")]), "--allow-programs"
    wrong = {**GOOD, "SHA256SUMS": manifest(GOOD, **{"notes.txt": "0" * 64})}
    yield "voice.yaml of aliases", tarred([("anna/voice.yaml", (YAML + aliases()).encode())]), "voice.yaml"
    yield "voice.yaml of 20,000 lists in lists", tarred([("anna/voice.yaml", (YAML + "options: " + "[" * 20000).encode())]), "voice.yaml"
    yield "voice.yaml of 8 MB", tarred([("anna/voice.yaml", (YAML + "# " + "x" * 8_000_000).encode())]), "voice.yaml"
    yield "table that leads out", tarred(inside({"voice.yaml": RECORDED, "clips.csv": b"text,file\nHi.,../../../../etc/passwd\n"}).items()), ""
    yield "table outside", tarred(inside({"voice.yaml": RECORDED + b"options: { clips: ../../x.csv }\n", "clips.csv": b"text,file\n"}).items()), ""
    yield "name of 300 letters", tarred([("x/voice.yaml", (YAML + "name: " + "a" * 300 + "\n").encode())]), "1 to 64 letters"
    pax = {"format": tarfile.PAX_FORMAT}
    yield "pax path ..", good_tar(("anna/ok.txt", {"data": b"x", "pax_headers": {"path": "anna/../../evil"}}), **pax), ".."
    yield "pax link", good_tar(("anna/ok.txt", {"type": tarfile.SYMTYPE, "pax_headers": {"linkpath": "/etc"}}), **pax), "symbolic link"
    yield "pax size", good_tar(("anna/ok.txt", {"data": b"x", "pax_headers": {"size": "99999999999"}}), **pax), "damaged"
    yield "tar long name ..", good_tar(("anna/" + "d" * 120 + "/../../../evil", b"x"), format=tarfile.GNU_FORMAT), ".."
    yield "tar of several volumes", good_tar(("anna/more", {"type": b"M", "data": b"x"})), "neither a file nor a folder"
    yield "tar name with a dot behind", good_tar(("anna/a.wav.", b"x")), "ends with a dot"
    yield "tar twin of voice.yaml", good_tar(("anna/Voice.YAML", b"x")), "same name"
    yield "manifest is a folder", good_tar(("anna/SHA256SUMS/", {"type": tarfile.DIRTYPE})), "cannot be read"
    yield "manifest is a link", good_tar(("anna/SHA256SUMS", {"type": tarfile.SYMTYPE, "linkname": "/etc/passwd"})), "symbolic link"
    yield "zip of two names for one file", overlapping(), "two names"
    yield "zip says that its size is elsewhere", zip64_without_size(), "damaged"
    yield "manifest wrong", tarred(inside(wrong).items()), "damaged or changed"
    yield "manifest escapes", tarred(inside({**GOOD, "SHA256SUMS": manifest(GOOD) + b"0" * 64 + b"  ../../../etc/passwd\n"}).items()), "not there"
    yield "manifest lacks a file", tarred(inside({**GOOD, "SHA256SUMS": manifest({"voice.yaml": GOOD["voice.yaml"]})}).items()), "added later"
    yield "manifest is noise", tarred(inside({**GOOD, "SHA256SUMS": os.urandom(3000)}).items()), "line 1"
    yield "manifest twice", tarred(inside({**GOOD, "SHA256SUMS": manifest(GOOD) * 2}).items()), "twice"
    yield "zip ..", good_zip(("anna/../../evil", b"x")), ".."
    yield "zip absolute", good_zip((f"{out}/evil", b"x")), "absolute"
    yield "zip backslash", good_zip(("..\\..\\evil", b"x")), ".."
    yield "zip link", zipped(inside({**GOOD, "link": out.encode()}),
                             lambda info: info.filename.endswith("link") and setattr(info, "external_attr", 0o120777 << 16)), "symbolic link"
    yield "zip device", zipped(inside({**GOOD, "dev": b""}),
                               lambda info: info.filename.endswith("dev") and setattr(info, "external_attr", 0o20666 << 16)), special
    yield "zip suid", zipped(inside(GOOD), lambda info: setattr(info, "external_attr", 0o104755 << 16)), "mode"
    yield "zip twice", patched(good_zip(("anna/notes.tyt", b"other")), b"notes.tyt", b"notes.txt"), "twice"
    yield "zip twins", good_zip(("anna/NOTES.txt", b"x")), "same name"
    yield "zip encrypted", encrypted(), "encrypted"
    yield "zip checksum", wrong_crc(), "damaged"
    yield "zip says 10 bytes", lying_zip(10), "damaged"
    yield "zip says 4 GB", lying_zip(0xfffffff0), "damaged"
    yield "zip cut", good_zip(("anna/big.wav", os.urandom(100000)))[:60000], ""
    yield "zip without its end", good_zip()[:-22], ""
    yield "zip with NUL in a name", with_nul(), "NUL"
    yield "zip with two names", two_names(), "two names"
    yield "zip bomb of 90 MB", good_zip(("anna/zeros.wav", bytes(90_000_000))), "200 times"
    yield "zip bomb in what is left out", good_zip(("__MACOSX/zeros.wav", bytes(90_000_000))), "200 times"
    yield "zip of 5,001 files", zipped({**inside(GOOD), **{f"anna/{i}.txt": b"" for i in range(5001)}}), "5000"
    yield "zip of 20,000 folders left out", zipped({**inside(GOOD), **{f"anna/.x{i}/": b"" for i in range(20000)}}), "5000"
    yield "empty zip", zipped({}), ""
    yield "empty tar", tarred([]), ""
    yield "empty file", b"", "no archive"
    yield "a text", b"Dear reader,\n" * 100, "no archive"
    yield "a shell script", b"#!/bin/sh\ntouch evil\n", "no archive"
    yield "zeros", bytes(100_000), ""
    yield "noise", os.urandom(100_000), "no archive"
    yield "gzip of a text", gzip.compress(b"hello " * 1000), ""
    yield "cpio", b"070701" + b"00000000" * 13 + b"anna/evil\0\0\0" + b"070701" + b"0" * 104 + b"TRAILER!!!\0\0", "no archive"
    yield "7z", b"7z\xbc\xaf\x27\x1c\x00\x04" + bytes(500), "no archive"
    yield "iso", bytes(32768) + b"\x01CD001\x01" + bytes(40000), ""
    yield "ar", b"!<arch>\nevil/           0           0     0     100644  2         `\nhi", "no archive"
    yield "rar", b"Rar!\x1a\x07\x01\x00" + bytes(500), "no archive"
    yield "mtree", b"#mtree\n./evil type=file content=/etc/passwd\n", "no archive"
    yield "cab", b"MSCF" + bytes(500), "no archive"


def check_hostile():
    count = 0
    with Home() as home:
        os.makedirs(voices(home))
        for what, data, words in hostile(home):
            count += 1
            path = os.path.join(home.path, "anna.zip" if data[:2] == b"PK" else "anna.tar")
            with open(path, "wb") as file:
                file.write(data)
            before = everything(home)
            done = home.run("voice", "install", path, timeout=60)
            check(done.returncode == 3, f"{what}: exit status {done.returncode}: {done.stderr}")
            check("error: " in done.stderr and words in done.stderr, f"{what}: \"{words}\" is not in: {done.stderr}")
            check(not any(c < " " and c != "\n" for c in done.stderr), f"{what}: control characters in {done.stderr!r}")
            check(everything(home) == before, f"{what}: left {everything(home) ^ before}")
            os.unlink(path)
        check(os.listdir(voices(home)) == [], "something is left")
    if not sanitized():
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
        check(peak < 400, f"an archive took {peak} MiB of memory")
    print(f"{count} hostile archives refused")


# --- good ones ---

def check_good():
    def installed(data, what, names=None, name="anna", file="anna.bin", words=""):
        with Home() as home:
            path = os.path.join(home.path, file)
            with open(path, "wb") as out:
                out.write(data)
            done = home.must("voice", "install", path)
            check(words in done.stderr, f"{what}: \"{words}\" is not in {done.stderr}")
            found = sums(voices(home, name))
            check(set(found) == set(names or GOOD), f"{what}: {sorted(found)}")
            check(os.listdir(voices(home)) == [name], f"{what}: {os.listdir(voices(home))}")
            for root, _, files in os.walk(voices(home, name)):
                for each in files:
                    mode = os.stat(os.path.join(root, each)).st_mode & 0o7777
                    check(mode & ~0o644 == 0, f"{what}: {each} has mode {mode:o}")
            check(name in home.must("voices", "--names").stdout.split(), f"{what}: not listed")

    installed(good_tar(), "tar")
    installed(good_zip(), "zip", words="no list of checksums")
    installed(gzip.compress(good_tar()), "tar.gz")
    installed(lzma.compress(good_tar()), "tar.xz")
    installed(bz2.compress(good_tar()), "tar.bz2")
    installed(zipped(inside(GOOD), compression=zipfile.ZIP_STORED), "stored zip")
    installed(zipped(inside({**GOOD, "SHA256SUMS": manifest(GOOD)})), "zip with checksums")
    installed(zipped(GOOD), "a flat zip, named by its file", file="anna.zip")
    installed(zipped({**GOOD, "voice.yaml": (YAML + "name: anna\n").encode()}), "a flat zip, named inside", file="x.zip")
    installed(zipped(inside({**GOOD, "voice.yaml": (YAML + "name: anna\n").encode()}, "anna-main")), "a zip of a branch")
    installed(zipped(inside(GOOD), lambda info: setattr(info, "external_attr", 0o100777 << 16)), "a zip with modes 777")
    installed(zipped(inside(GOOD), lambda info: (setattr(info, "create_system", 0), setattr(info, "external_attr", 0))), "a zip of DOS")
    installed(streamed_zip(inside(GOOD)), "a zip written into a pipe")
    installed(good_tar(("anna/clips/", {"type": tarfile.DIRTYPE, "mode": 0o2775, "uname": "anna", "uid": 4711})), "a tar with folders and owners")
    installed(good_zip(("anna/.DS_Store", b"x"), ("__MACOSX/anna/._voice.yaml", b"x"), ("anna/clips/Thumbs.db", b"x")),
              "a zip of a Mac", words="3 hidden or temporary files were left out")
    odd = {**GOOD, "clips/Länger atmen (2).wav": b"x", "clips/Дыши.wav": b"x", "clips/吸って.wav": b"x"}
    installed(zipped(inside(odd)), "a zip with letters", names=odd)
    installed(tarred(inside(odd).items(), format=tarfile.GNU_FORMAT), "a tar with letters", names=odd)
    installed(tarred(inside(odd).items(), format=tarfile.PAX_FORMAT), "a pax tar with letters", names=odd)

    with Home() as home: # what people's own programs make
        make_voice(home, "anna", files={name: data for name, data in GOOD.items() if name != "voice.yaml"})
        made = {}
        for file, command in (("z.zip", ["zip", "-qr", "z.zip", "anna"]), ("z.tar.gz", ["tar", "czf", "z.tar.gz", "anna"]),
                              ("anna.tar.xz", ["tar", "cJf", "anna.tar.xz", "-C", "anna", "."]),
                              ("z.tar.zst", ["tar", "-c", "--zstd", "-f", "z.tar.zst", "./anna"])):
            if shutil.which(command[0]) and (file != "z.tar.zst" or shutil.which("zstd")):
                subprocess.run(command, cwd=voices(home), check=True)
                with open(voices(home, file), "rb") as data:
                    made[file] = data.read()
    for file, data in made.items():
        installed(data, file, file=file)
    print(f"{18 + len(made)} good archives installed")


def check_allowed():
    """Programs only when they are allowed, and never hidden voices of the program."""
    with Home() as home:
        path = os.path.join(home.path, "anna.tar")
        with open(path, "wb") as file:
            file.write(tarred([("anna/voice.yaml", b"languages: [en]\nengine: speech-command\nlicense: CC0-1.0\n"
                                b"options: { command: [/bin/cat] }\n")]))
        done = home.run("voice", "install", path)
        check(done.returncode == 3 and "/bin/cat" in done.stderr and not os.path.exists(voices(home, "anna")), done.stderr)
        done = home.must("voice", "install", path, "--allow-programs")
        check("/bin/cat" in done.stderr and os.path.isfile(voices(home, "anna/voice.yaml")), done.stderr)
        with open(path, "wb") as file:
            file.write(tarred(inside(GOOD, "calm").items()))
        done = home.run("voice", "install", path)
        check(done.returncode == 2 and "came with the program" in done.stderr, done.stderr)
        for odd, status in (("no-such-file.zip", 2), (home.path, 3), ("/dev/zero", 3)):
            done = home.run("voice", "install", odd)
            check(done.returncode == status, f"{odd}: {done.returncode}: {done.stderr}")
        fifo = os.path.join(home.path, "fifo")
        os.mkfifo(fifo)
        check(home.run("voice", "install", fifo).returncode == 3, "a pipe was taken for an archive")


def check_recorded():
    """A voice of recordings must have some that can be used; one that is missing is told."""
    yaml = "languages: [en]\nengine: speech-pack\nlicense: CC0-1.0\n"
    files = {"voice.yaml": yaml.encode(), "clips.csv": b"text,file\nBreathe in.,clips/a.wav\nHold.,clips/none.wav\n"}
    with Home() as home:
        if "speech-pack" not in home.must("plugins", "--names").stdout.split():
            print("no speech-pack here: tables are not looked at")
            return
        path = os.path.join(home.path, "rec.zip")
        for more, status, words in (({}, 3, "none that can be used"), ({"clips/a.wav": tone(1, 7)}, 0, "line 3 of its table")):
            with open(path, "wb") as file:
                file.write(zipped(inside({**files, **more}, "rec")))
            done = home.run("voice", "install", path)
            check(done.returncode == status and words in done.stderr, f"{done}")
            check(os.path.exists(voices(home, "rec")) == (status == 0), "installed or not")
        done = home.must("voice", "pack", "rec")
        check("line 3 of its table" in done.stderr and "speaker agreed" in done.stderr, done.stderr)
        os.unlink(voices(home, "rec/clips/a.wav"))
        done = home.run("voice", "pack", "rec", "-o", "again.zip")
        check(done.returncode == 3 and "none that can be used" in done.stderr, f"{done}")
        check(not os.path.exists(os.path.join(home.path, "again.zip")), "an archive was left")


def check_round_trip():
    yaml = ("name: anna\nlanguages: [en]\nengine: speech-pack\nlicense: CC-BY-4.0\nauthor: Anna\n"
            "consent: the speaker agreed, 2026-01-31\n")
    clips = {"clips/breathe in.wav": tone(0.5, 37), "clips/two.wav": tone(0.4, 11), "clips/Länge.wav": tone(0.3, 91),
             "clips.csv": "text,file\nBreathe in.,clips/breathe in.wav\nTwo,clips/two.wav\nLänge,clips/Länge.wav\n".encode()}
    litter = {".git/config": b"x", "clips/two.wav~": b"x", "clips/.two.wav.swp": b"x", "Thumbs.db": b"x", "old.bak": b"x"}
    with Home() as home, Home() as other:
        folder = make_voice(home, "anna", yaml, {**clips, **litter, "SHA256SUMS": b"old\n"})
        want = {name: total for name, total in sums(folder).items() if name not in litter}
        first = {}
        for ending in ("zip", "tar", "tar.gz", "tgz", "tar.xz", "tar.zst", "tar.bz2"):
            target = os.path.join(home.path, f"anna.{ending}")
            done = home.must("voice", "pack", "anna", "-o", target)
            for name in (".git", "two.wav~", ".two.wav.swp", "Thumbs.db", "old.bak"):
                check(name in done.stderr, f"it is not told that {name} is left out: {done.stderr}")
            with open(target, "rb") as file:
                first[ending] = file.read()
            done = other.must("voice", "install", target, "--force")
            check("no list of checksums" not in done.stderr, done.stderr)
            check(sums(voices(other, "anna")) == want, f"{ending}: {sums(voices(other, 'anna'))}\n{want}")
            check(other.must("voices", "--names").stdout.split().count("anna") == 1, "not listed")
            subprocess.run(["sha256sum", "--quiet", "--strict", "-c", "SHA256SUMS"], cwd=voices(other, "anna"), check=True)
        # The same bytes whoever packs them, when and where, and whatever is left out.
        make_voice(other, "anna", yaml, clips)
        os.unlink(voices(other, "anna/SHA256SUMS"))
        for root, _, files in os.walk(voices(other, "anna")):
            for name in files:
                os.utime(os.path.join(root, name), (1_000_000_000, 1_234_567_890))
                os.chmod(os.path.join(root, name), 0o600)
        other.env.update(TZ="Asia/Tokyo", LC_ALL="C")
        for ending, data in first.items():
            target = os.path.join(other.path, f"other.{ending}")
            other.must("voice", "pack", "anna", "-q", "-o", target)
            with open(target, "rb") as file:
                check(file.read() == data, f"{ending}: other bytes the second time")
        with tarfile.open(os.path.join(other.path, "other.tar")) as archive:
            names = [member.name for member in archive]
            check(names[0] == "anna" and all(name.startswith("anna/") for name in names[1:]), f"{names}")
            check(all(member.uid == 0 and not member.uname and member.mode in (0o644, 0o755) for member in archive), "owners, modes")
        # From a pipe.
        with open(os.path.join(home.path, "anna.zip"), "rb") as file:
            done = subprocess.run([LIMBER, "voice", "install", "-", "--force"], stdin=file, env=other.env, cwd=other.path,
                                  capture_output=True, text=True, timeout=60, check=False)
        check(done.returncode == 0 and sums(voices(other, "anna")) == want, done.stderr)
    print("round trip: 7 kinds of archive, the same files and the same bytes")


def check_pack_refusals():
    with Home() as home:
        def refused(words, *args, status=3):
            done = home.run("voice", "pack", *args)
            check(done.returncode == status, f"{args}: exit status {done.returncode}: {done.stderr}")
            check(words in done.stderr, f"{args}: \"{words}\" is not in {done.stderr}")
            check(not [name for name in os.listdir(home.path) if ".zip" in name], "an archive was left")

        make_voice(home, "free", "languages: [en]\nengine: speech-espeak\n")
        refused("license", "free")
        home.must("voice", "pack", "free", "--force")
        os.unlink(os.path.join(home.path, "free.zip"))
        make_voice(home, "wrong", YAML + "rate: fast\n")
        refused("voice.yaml:4", "wrong")
        folder = make_voice(home, "linked")
        os.symlink("/etc/passwd", os.path.join(folder, "passwd"))
        refused("link", "linked")
        make_voice(home, "twins", files={"a.wav": b"x", "A.wav": b"x"})
        refused("same name", "twins")
        make_voice(home, "odd", files={"a:b.wav": b"x"})
        refused("colon", "odd")
        make_voice(home, "deep", files={"a/b/c/d/e.wav": b"x"})
        refused("deep", "deep")
        make_voice(home, "good")
        refused("must end in .zip", "good", "-o", "good.rar", status=2)
        refused("there is no voice", "goood", status=2)
        refused("No such file", "good", "-o", "no/such/folder/x.zip", status=1)


def check_safety():
    big = {"clips/big.wav": os.urandom(3_000_000)}

    def small_files():
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))

    with Home() as home:
        # A disk that is full leaves nothing, on either side.
        make_voice(home, "large", files=big)
        path = os.path.join(home.path, "large.tar.gz")
        home.must("voice", "pack", "large", "-o", path)
        before = everything(home)
        done = home.run("voice", "pack", "large", "-o", os.path.join(home.path, "again.zip"), preexec_fn=small_files)
        check(done.returncode == 1 and "too large" in done.stderr, f"{done}")
        check(everything(home) == before, f"left {everything(home) ^ before}")
        old = sums(voices(home, "large"))
        done = home.run("voice", "install", path, "--force", preexec_fn=small_files)
        check(done.returncode == 1 and "too large" in done.stderr, f"{done}")
        check(everything(home) == before and sums(voices(home, "large")) == old, "the old voice has changed")
        # A voice that is there stays, unless it is to be replaced; then all of it is new.
        done = home.run("voice", "install", path)
        check(done.returncode == 2 and "--force" in done.stderr, done.stderr)
        make_voice(home, "large", files={"old.wav": b"x"})
        done = home.must("voice", "install", path, "--force")
        check("replaced" in done.stderr and sums(voices(home, "large")) == old, done.stderr)

        # Interrupted: nothing is left. Killed: the next install clears away, but not what others are at.
        for number in (signal.SIGTERM, signal.SIGKILL):
            child = subprocess.Popen([LIMBER, "voice", "install", "-"], stdin=subprocess.PIPE, env=home.env, cwd=home.path,
                                     stderr=subprocess.PIPE, text=False)
            child.stdin.write(bytes(2_000_000)) # more than a pipe holds: it is reading
            child.stdin.flush()
            stages = [name for name in os.listdir(voices(home)) if name.startswith(".")]
            check(len(stages) == 1, f"{stages}")
            child.send_signal(number)
            child.wait(timeout=60)
            said = child.stderr.read()
            child.stderr.close()
            try:
                child.stdin.close()
            except BrokenPipeError:
                pass
            if number == signal.SIGTERM:
                check(child.returncode == 1 and b"interrupted" in said, f"{child.returncode} {said}")
                check(os.listdir(voices(home)) == ["large"], f"left {os.listdir(voices(home))}")
        os.makedirs(voices(home, ".limber-stage-1-0/pack"))
        holder = os.open(voices(home, ".limber-stage-1-0"), os.O_RDONLY)
        fcntl.flock(holder, fcntl.LOCK_EX)
        home.must("voice", "install", path, "--force")
        check(sorted(os.listdir(voices(home))) == [".limber-stage-1-0", "large"], f"{os.listdir(voices(home))}")
        os.close(holder)
        home.must("voice", "install", path, "--force")
        check(os.listdir(voices(home)) == ["large"], f"{os.listdir(voices(home))}")
        check("large" in home.must("voices", "--names").stdout, "not listed")


def check_remove():
    with Home() as home:
        def refused(words, *args):
            done = home.run("voice", "remove", *args)
            check(done.returncode == 2 and words in done.stderr, f"{args}: {done}")

        make_voice(home, "plain")
        make_voice(home, "calm")
        make_voice(home, "anna", files={"clips/one.WAV": b"x", "clips/two.flac": b"x"})
        make_voice(home, "dictionary")
        refused("--yes", "anna")
        check(os.path.isfile(voices(home, "anna/clips/one.WAV")), "removed without asking")
        for answer, status in ((b"\n", 1), (b"n\n", 1), (b"y\n", 0)): # on a terminal
            person, terminal = os.openpty()
            os.write(person, answer)
            done = subprocess.run([LIMBER, "voice", "remove", "anna"], stdin=terminal, env=home.env, cwd=home.path,
                                  capture_output=True, text=True, timeout=60, check=False)
            os.close(person)
            os.close(terminal)
            check(done.returncode == status and "2 recordings" in done.stderr, f"{answer}: {done}")
            check(os.path.exists(voices(home, "anna")) == (status == 1), f"{answer}: removed or not")
        make_voice(home, "anna", files={"clips/one.WAV": b"x"})
        home.must("voice", "remove", "anna", "--yes")
        home.must("voice", "remove", "plain")
        home.must("voice", "remove", "calm")
        refused("came with the program", "calm")
        for name in ("anna", "..", ".", "../voices", "", "dictionary"):
            refused("no voice", name)
        elsewhere = os.path.join(home.path, "elsewhere")
        shutil.move(make_voice(home, "linked", files={"one.wav": b"x"}), elsewhere)
        os.symlink(elsewhere, voices(home, "linked"))
        home.must("voice", "remove", "linked")
        check(os.path.isfile(os.path.join(elsewhere, "one.wav")), "what a link leads to was removed")
        check(os.listdir(voices(home)) == ["dictionary"], f"{os.listdir(voices(home))}")


with Home() as first:
    if "without the libraries" in first.run("voice", "pack", "calm").stderr:
        skip("built without libarchive")
check_good()
check_allowed()
check_recorded()
check_round_trip()
check_pack_refusals()
check_safety()
check_remove()
check_hostile()
