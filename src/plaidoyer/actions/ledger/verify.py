#!/usr/bin/env python3
"""Check a published count without seeing a name: needs Python 3.12 and nothing else.

    python3 verify.py https://act.rivers.example/ledger/k3v9p2m7qd/
    python3 verify.py URL --key VKEY --remember state.json --receipt receipt.json --witness VKEY
    python3 verify.py URL --sample 300

It downloads a form's whole log and its checkpoints, computes the tree anew (RFC 6962), checks every
signature (C2SP signed-note, Ed25519), that every older checkpoint is a beginning of this log, that
entries less removals come to the signed count, and that the figure shown on the page is covered.
With --remember it keeps what it saw, and next time finds a log that was rewritten since.

It does not prove that entries are people. Ends with 1 where something is wrong.
"""

import argparse
import base64
import datetime
import hashlib
import json
import re
import sys
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

BUNDLE = 1024
# So many acts may wait for their batch, and a batch that is full is signed within so long.
MOST_WAITING, PATIENCE = 32, datetime.timedelta(minutes=15)
ADDED, REMOVED = re.compile(r"A ([0-9a-f]{64})"), re.compile(r"R (\d{1,18}) ([a-z]{1,20})")
# Ed25519 (RFC 8032, 5.1).
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
SQRT_M1 = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]


class Wrong(Exception):  # noqa: N818  # read as a sentence by whoever runs the file
    """What is not as it should be, in words for a person."""


def main(arguments: list[str] | None = None) -> int:
    assert __doc__
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("url", help="the address of the log, .../ledger/FORM/")
    parser.add_argument("--key", help="the log's key as you got it elsewhere")
    parser.add_argument("--witness", action="append", default=[], help="a witness that must sign")
    parser.add_argument("--remember", type=Path, help="a file to keep the checkpoint in")
    parser.add_argument("--receipt", type=Path, help="a receipt to look for")
    parser.add_argument("--sample", type=int, help="draw so many entries for an audit")
    options = parser.parse_args(arguments)
    try:
        print(*check(options), sep="\n")
    except (Wrong, OSError, ValueError, KeyError) as error:
        print(f"WRONG: {error}", file=sys.stderr)
        return 1
    return 0


def check(options: argparse.Namespace) -> list[str]:
    """What was found, a sentence each. Raises Wrong."""
    url = urllib.parse.urljoin(options.url, ".") if options.url.endswith("/") else options.url + "/"
    note = fetch(url + "checkpoint")
    vkey = options.key or fetch(urllib.parse.urljoin(url, "../key")).strip()
    text, last = read(note, vkey)
    said = [f"Checkpoint of {last['origin']}, {last['time']}: {last['size']:,} entries."]
    if not url.rstrip("/").endswith("/" + last["origin"].rpartition("/")[2]):
        raise Wrong("the checkpoint is of another log")
    lines = entries(url, last["size"])
    roots = {int(size): root for size, root in remembered(options.remember, last["origin"]).items()}
    for old in json.loads(fetch(url + "checkpoints")):
        _text, older = read(old, vkey)
        roots.setdefault(older["size"], older["root"])
        if roots[older["size"]] != older["root"] or older["origin"] != last["origin"]:
            raise Wrong(f"two checkpoints of size {older['size']} differ: the log was rewritten")
    roots.setdefault(last["size"], last["root"])
    compare(lines, roots)
    said.append(f"The tree over them is the signed one, and so were {len(roots)} checkpoints.")
    count = counted(lines)
    if count != last["count"]:
        raise Wrong(f"entries less removals are {count}, and {last['count']} was signed")
    said.append(f"Entries less removals: {count:,} acts count.")
    said.append(shown(url, last, count))
    said += [f"Witnessed: {witnessed(note, text, witness)}." for witness in options.witness]
    if options.receipt:
        said.append(included(json.loads(options.receipt.read_text()), lines, last["origin"]))
    if options.sample:
        drawn = draw(bytes.fromhex(last["root"]), lines, options.sample)
        said.append(f"Drawn from its root, for an audit: {' '.join(map(str, drawn))}")
    if options.remember:
        kept = {str(last["size"]): last["root"]} | remembered(options.remember, last["origin"])
        options.remember.write_text(json.dumps({last["origin"]: kept}))
    if not options.key:
        said.append(f"The key came from the same site. Keep it for next time: --key '{vkey}'")
    return said


def fetch(url: str) -> str:
    if urllib.parse.urlsplit(url).scheme not in {"http", "https"}:
        raise Wrong("the address must begin with https://")
    with urllib.request.urlopen(url, timeout=60) as answer:
        return answer.read().decode()


def read(note: str, vkey: str) -> tuple[str, dict[str, Any]]:
    """The text of a checkpoint and what it says, once its signature is checked."""
    text, _gap, _signatures = note.rpartition("\n\n")
    text += "\n"
    signed(note, text, vkey, text.encode())
    origin, size, root, *more = text.splitlines()
    extra = dict(line.split(" ", 1) for line in more)
    return text, {
        "origin": origin,
        "size": int(size),
        "root": base64.b64decode(root).hex(),
        "count": int(extra["count"]),
        "time": extra["time"],
    }


def signed(note: str, text: str, vkey: str, message: bytes | None = None) -> int:
    """Checks that the holder of `vkey` signed; when, where a witness says it."""
    name, number, encoded = vkey.split("+", 2)
    key = base64.b64decode(encoded)
    if hashlib.sha256(name.encode() + b"\n" + key).hexdigest()[:8] != number:
        raise Wrong("this is no key")
    for line in note.rpartition("\n\n")[2].splitlines():
        _dash, signer, blob = line.split(" ")
        raw = base64.b64decode(blob)
        if signer != name or raw[:4].hex() != number:
            continue
        raw, at = raw[4:], 0
        if message is None:
            at, raw = int.from_bytes(raw[:8]), raw[8:]
        if not ed25519(key[1:], raw, message or f"cosignature/v1\ntime {at}\n{text}".encode()):
            raise Wrong(f"the signature of {name} is not theirs")
        return at
    raise Wrong(f"{name} did not sign it")


def witnessed(note: str, text: str, vkey: str) -> str:
    at = datetime.datetime.fromtimestamp(signed(note, text, vkey), datetime.UTC)
    return f"{vkey.partition('+')[0]}, {at:%Y-%m-%d %H:%M} UTC"


def entries(url: str, size: int) -> list[str]:
    """The whole log, a line an entry."""
    lines: list[str] = []
    for number in range(-(-size // BUNDLE)):
        lines += fetch(f"{url}entries/{number}").splitlines()
    if len(lines) < size:
        raise Wrong(f"{size} entries were signed, and {len(lines)} are published")
    return lines[:size]


def compare(lines: list[str], roots: dict[int, str]) -> None:
    """Every signed root is the root of the first so many entries: nothing was taken out."""
    edge: list[bytes] = []
    for size, line in enumerate(lines, 1):
        leaf, carried = hashlib.sha256(b"\0" + line.encode()).digest(), size - 1
        while carried & 1:
            leaf, carried = node(edge.pop(), leaf), carried >> 1
        edge.append(leaf)
        if size in roots:
            *rest, root = edge
            for left in reversed(rest):
                root = node(left, root)
            if root.hex() != roots.pop(size):
                raise Wrong(f"the first {size} entries are not those that were signed")
    if roots:
        raise Wrong(
            f"a checkpoint of {max(roots)} entries was seen, and only {len(lines)} are left"
        )


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


def counted(lines: list[str]) -> int:
    """Entries less removals. Raises Wrong for a removal of nothing, or an entry that is twice."""
    standing: set[int] = set()
    sealed: set[str] = set()
    for index, line in enumerate(lines):
        if found := ADDED.fullmatch(line):
            if found[1] in sealed:
                raise Wrong(f"entry {index} stands in the log twice")
            sealed.add(found[1])
            standing.add(index)
        elif (found := REMOVED.fullmatch(line)) and int(found[1]) in standing:
            standing.remove(int(found[1]))
        else:
            raise Wrong(f"entry {index} is none: {line!r}")
    return len(standing)


def shown(url: str, last: dict[str, Any], count: int) -> str:
    """Whether the figure on the page is covered by the log."""
    form = last["origin"].rpartition("/")[2]
    figure = json.loads(fetch(urllib.parse.urljoin(url, f"../../actions/{form}/count")))
    number, gap = figure["confirmed"], figure["confirmed"] - count
    age = datetime.datetime.fromisoformat(figure["counted_at"]) - datetime.datetime.fromisoformat(
        last["time"]
    )
    if abs(gap) >= MOST_WAITING and age > PATIENCE:
        what = "more than the log has" if gap > 0 else "fewer, and no entry says why"
        raise Wrong(f"the page shows {number:,}, that is {abs(gap):,} {what}")
    waiting = f", {abs(gap)} of it waiting for the next checkpoint" if gap else ""
    return f"The page shows {number:,}{waiting}."


def included(receipt: dict[str, Any], lines: list[str], origin: str) -> str:
    """Whether a receipt opens its entry."""
    said = (receipt["form"].encode(), bytes.fromhex(receipt["salt"]), receipt["identity"].encode())
    fields = [b"plaidoyer-act-v1", *said, receipt["day"].encode()]
    sealed = hashlib.sha256(b"".join(len(one).to_bytes(4) + one for one in fields)).hexdigest()
    index = receipt["index"]
    if not origin.endswith("/" + receipt["form"]):
        raise Wrong("the receipt is for another form")
    if not 0 <= index < len(lines) or lines[index] != f"A {sealed}":
        raise Wrong("the receipt opens no entry of this log")
    gone = any((m := REMOVED.fullmatch(line)) and int(m[1]) == index for line in lines[index:])
    return f"Your act is entry {index}{', and was taken out since' if gone else ''}."


def draw(root: bytes, lines: list[str], number: int) -> list[int]:
    """Entries that count, drawn by the root itself: nobody chooses, everybody gets the same."""
    removed = {int(found[1]) for line in lines if (found := REMOVED.fullmatch(line))}
    standing = {n for n, line in enumerate(lines) if line.startswith("A ")} - removed
    drawn: list[int] = []
    tried = 0
    while len(drawn) < min(number, len(standing)):
        digest = hashlib.sha256(root + tried.to_bytes(8)).digest()
        index = int.from_bytes(digest) % len(lines)
        tried += 1
        if index in standing and index not in drawn:
            drawn.append(index)
    return drawn


def remembered(path: Path | None, origin: str) -> dict[str, str]:
    """The roots that were seen before, by size."""
    return json.loads(path.read_text()).get(origin, {}) if path and path.exists() else {}


def ed25519(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the signature is right (RFC 8032, 5.1.7)."""
    key, r = decoded(public), decoded(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if key is None or r is None or s >= L or len(signature) != 64:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    h = int.from_bytes(digest, "little") % L
    left, right = times(s, BASE), added(r, times(h, key))
    return (
        (left[0] * right[2] - right[0] * left[2]) % P
        == 0
        == (left[1] * right[2] - right[1] * left[2]) % P
    )


def decoded(raw: bytes) -> Point | None:
    y = int.from_bytes(raw, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= P or (x := root_of((y * y - 1) * pow(D * y * y + 1, P - 2, P))) is None:
        return None
    x = P - x if x & 1 != sign else x
    return (x, y, 1, x * y % P)


def root_of(square: int) -> int | None:
    x = pow(square % P, (P + 3) // 8, P)
    x = x * SQRT_M1 % P if (x * x - square) % P else x
    return None if (x * x - square) % P else x


def added(p: Point, q: Point) -> Point:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(number: int, point: Point) -> Point:
    product = (0, 1, 1, 0)
    while number:
        if number & 1:
            product = added(product, point)
        point, number = added(point, point), number >> 1
    return product


BASE_Y = 4 * pow(5, P - 2, P) % P
_base = decoded(BASE_Y.to_bytes(32, "little"))
assert _base
BASE: Point = _base

if __name__ == "__main__":
    sys.exit(main())
