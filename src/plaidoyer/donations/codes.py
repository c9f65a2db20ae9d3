"""Reference codes: what ties a transfer, a cheque or a form to its gift, and bears a slip.

Eight signs without I, L, O and U (Crockford's base 32). The last two check the others, so that
of all single slips (one sign wrong, two neighbours swapped) none makes another code of ours.
"""

import re
import secrets

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
# What people read, say or type for it.
SAME = str.maketrans({"I": "1", "L": "1", "O": "0", "U": "V"})
LENGTH, CHECKS = 8, 2
# The smallest prime above 32: weights and remainders of a field, as in ISO 7064.
PRIME = 1021
JUNK = re.compile(r"[^A-Z0-9]+")


def make() -> str:
    """A new code, such as 7K3MQ2X9: 32^6 of them, a thousand million."""
    payload = "".join(secrets.choice(SIGNS) for _ in range(LENGTH - CHECKS))
    return payload + checks(payload)


def checks(payload: str) -> str:
    """The two last signs of a code: a weighted sum modulo 1021, in base 32.

    The weights are powers of 33 modulo a prime larger than any difference of two signs, so one
    wrong sign and one swap of neighbours each change the sum.
    """
    total = 0
    for sign in payload:
        total = (total + SIGNS.index(sign) + 1) * 33 % PRIME
    return SIGNS[total // 32] + SIGNS[total % 32]


def is_ours(code: str) -> bool:
    """Whether `code` is one that `make` could have made."""
    ours = len(code) == LENGTH and all(sign in SIGNS for sign in code)
    return ours and checks(code[:-CHECKS]) == code[-CHECKS:]


def normal(text: str) -> str:
    """A code as it is kept, from how it was typed: "7k3m-q2x9" is 7K3MQ2X9."""
    return JUNK.sub("", text.upper()).translate(SAME)


def shown(code: str) -> str:
    """A code as people read it: 7K3M-Q2X9."""
    return f"{code[:4]}-{code[4:]}"


def found(words: str) -> list[str]:
    """The codes that stand in a bank's words, wherever: between spaces, glued, or parted.

    Only such as check; the first first.
    """
    text = normal(words[:500])
    windows = (text[n : n + LENGTH] for n in range(len(text) - LENGTH + 1))
    return list(dict.fromkeys(code for code in windows if is_ours(code)))


def slips(code: str) -> set[str]:
    """All that one slip makes of `code`: one sign wrong, left out or doubled in, two swapped."""
    made = set()
    for place in range(len(code)):
        made |= {code[:place] + sign + code[place + 1 :] for sign in SIGNS}
        made.add(code[:place] + code[place + 1 :])
        made.add(code[:place] + code[place + 1 : place + 2] + code[place] + code[place + 2 :])
    made |= {code[:place] + sign + code[place:] for place in range(len(code) + 1) for sign in SIGNS}
    return made - {code}
