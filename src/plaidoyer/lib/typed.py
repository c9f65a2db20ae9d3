"""What people type, made safe to keep, to show and to put in a mail's header.

Every alphabet and every emoji passes. What only machines read does not: control characters,
halves of surrogate pairs, and the marks that turn the direction of the text around them
(https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing).
"""

import re
import unicodedata
import uuid
from urllib.parse import unquote

DIRECTION = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
UNWANTED = re.compile(f"[{DIRECTION}\ud800-\udfff\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff]")
SPACES = re.compile("[^\\S\u00a0\u202f]+")
# A spreadsheet takes what begins so for a formula (https://owasp.org/www-community/attacks/CSV_Injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
BREAKS = re.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")


def paragraphs(text: str) -> str:
    """Text of several lines: `\\n` between them, at most one empty line at a time."""
    text = BREAKS.sub("\n", UNWANTED.sub("", text))
    lines = [line.rstrip() for line in unicodedata.normalize("NFC", text).split("\n")]
    return re.sub("\n{3,}", "\n\n", "\n".join(lines)).strip()


def line(text: str) -> str:
    """Text of one line: breaks and runs of spaces become one space, so no header can be added.

    The no-break spaces that French sets before its signs stay what they are.
    """
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip(" ")  # nothing to mend, at a tenth of the price
    return SPACES.sub(" ", paragraphs(text)).strip()


def form(body: bytes, most: int) -> dict[str, list[str]]:
    """The fields of a form that was sent (application/x-www-form-urlencoded), as they were typed.

    Raises ValueError where there are more than `most`, or bytes that no browser sends.
    """
    said: dict[str, list[str]] = {}
    pairs = body.decode("ascii").replace("+", " ").split("&")
    if len(pairs) > most:
        raise ValueError
    for pair in filter(None, pairs):
        name, _sign, value = pair.partition("=")
        if "%" in pair:  # most have nothing to decode
            name, value = unquote(name), unquote(value)
        said.setdefault(name, []).append(value)
    return said


def harmless(cell: str) -> str:
    """`cell` as no spreadsheet runs it."""
    return f"'{cell}" if cell.lstrip(" ").startswith(FORMULA) else cell


def uuid_of(text: str) -> uuid.UUID | None:
    """The UUID that `text` is; None for anything else."""
    try:
        return uuid.UUID(text)
    except (ValueError, AttributeError, TypeError):
        return None
