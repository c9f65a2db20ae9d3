"""Whose gift a bank's line is: by its reference, else by amount, name and day, with a confidence.

Nothing is booked here. `CERTAIN` is proposed ticked, `LIKELY` unticked: an organiser confirms
both. A line that could be two gifts' is nobody's.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.db.models import Q
from django.utils.translation import get_language

from plaidoyer.donations import codes
from plaidoyer.donations.models import BankLine, Donation, Frequency, Method
from plaidoyer.lib import wording
from plaidoyer.lib.addresses import folded

CERTAIN, LIKELY = 95, 60
METHODS = (Method.INTERAC, Method.TRANSFER)
# A promise is kept within this time, or its reference says so.
SPAN = datetime.timedelta(days=60)
# The same money in the bank's file and in its notice is no more than this apart.
NEAR = datetime.timedelta(days=4)
ALIKE = 0.75


@dataclass(frozen=True, slots=True)
class Found:
    """What a line is thought to be."""

    donation: Donation
    confidence: int
    # By what: "code", "slip", "name".
    by: str

    @property
    def percent(self) -> str:
        """The confidence in the active language."""
        return wording.percentage(self.confidence, 100, get_language() or "en")


class Matcher:
    """The gifts that bank lines may be, read once for a whole file."""

    def __init__(self) -> None:
        awaited = Donation.objects.filter(method__in=METHODS, emptied_at=None).filter(
            Q(frequency=Frequency.MONTHLY) | Q(payments=None)
        )
        # A code is its gift's even when it was paid by another way, or was paid before.
        self.by_code = {
            one.code: one for one in Donation.objects.filter(emptied_at=None).select_related("fund")
        }
        self.by_amount: dict[tuple[int, str], list[Donation]] = defaultdict(list)
        for one in awaited.select_related("fund"):
            self.by_amount[one.amount, one.currency].append(one)
        self.slipped = self._slipped()

    def _slipped(self) -> dict[str, str]:
        """What one slip makes of each awaited code; without what could be two codes'."""
        made: dict[str, str] = {}
        double: set[str] = set()
        for gifts in self.by_amount.values():
            for one in gifts:
                for slip in codes.slips(one.code):
                    if made.setdefault(slip, one.code) != one.code:
                        double.add(slip)
        return {slip: code for slip, code in made.items() if slip not in double}

    def match(self, line: BankLine) -> Found | None:
        """Whose gift `line` is; None where nobody's, or where two are as likely."""
        exact = [self.by_code[code] for code in codes.found(line.words) if code in self.by_code]
        if len(exact) == 1:
            return self._by_code(exact[0], line)
        if exact:
            return None
        return self._by_slip(line) or self._by_name(line)

    def _by_code(self, gift: Donation, line: BankLine) -> Found | None:
        """A whole reference; less sure where neither amount nor name agree, or long paid."""
        if gift.currency != line.currency:
            return None
        same = gift.amount == line.amount
        sure = same or likeness(gift, line) >= ALIKE
        return Found(gift, 99 if same else CERTAIN if sure else LIKELY, "code")

    def _by_slip(self, line: BankLine) -> Found | None:
        """A reference with one slip: only beside the right amount."""
        text = codes.normal(line.words)
        sizes = (codes.LENGTH - 1, codes.LENGTH, codes.LENGTH + 1)
        windows = {text[n : n + size] for size in sizes for n in range(len(text) - size + 1)}
        meant = {self.by_code[code] for slip in windows if (code := self.slipped.get(slip))}
        meant = {gift for gift in meant if (gift.amount, gift.currency) == worth(line)}
        if len(meant) > 1:
            meant = {gift for gift in meant if likeness(gift, line) >= ALIKE}
        if len(meant) != 1:
            return None
        [gift] = meant
        return Found(gift, 97 if likeness(gift, line) >= ALIKE else 80, "slip")

    def _by_name(self, line: BankLine) -> Found | None:
        """No reference: the right amount within two months, and one donor's name alone."""
        near = [
            (likeness(gift, line), gift)
            for gift in self.by_amount.get(worth(line), ())
            if is_near(gift, line)
        ]
        alike = sorted(
            ((score, gift) for score, gift in near if score >= ALIKE), key=lambda one: -one[0]
        )
        if not alike or (len(alike) > 1 and alike[0][0] - alike[1][0] < 0.12):
            return None
        score, gift = alike[0]
        return Found(gift, CERTAIN if score > 0.97 else 75, "name")


def named(line: BankLine) -> Donation | None:
    """The gift of just this amount whose whole reference stands in a line, with no other's."""
    found = Donation.objects.filter(code__in=codes.found(line.words), emptied_at=None)
    gifts = list(found.select_related("fund")[:2])
    return gifts[0] if len(gifts) == 1 and worth(line) == worth(gifts[0]) else None


def worth(line: BankLine | Donation) -> tuple[int, str]:
    return line.amount, line.currency


def is_near(gift: Donation, line: BankLine) -> bool:
    promised = gift.promised_at.date()
    day = datetime.timedelta(days=1)
    return promised - day <= line.booked_on <= promised + SPAN or (
        gift.is_monthly and promised - day <= line.booked_on
    )


def likeness(gift: Donation, line: BankLine) -> float:
    """How like the bank's name is to the donor's, from 0 to 1, in either order of names."""
    given, family = folded(gift.given_name), folded(gift.family_name)
    if not given and not family:
        return 0.0
    said = folded(line.name) or folded(line.words)
    best = 0.0
    for name in (given + family, family + given):
        if name in said:
            return 1.0
        best = max(best, SequenceMatcher(None, name, said, autojunk=False).ratio())
    return best


def propose(lines: Sequence[BankLine], matcher: Matcher | None = None) -> dict[int, Found]:
    """What each line is thought to be, by its key.

    A gift given once is proposed for one line alone: where two claim it the surer one has it, and
    where none is surer neither.
    """
    matcher = matcher or Matcher()
    found = {line.pk: match for line in lines if (match := matcher.match(line))}
    for claims in claimed(found).values():
        claims.sort(key=lambda key: -found[key].confidence)
        [first, second, *_rest] = claims
        spared = {first} if found[first].confidence > found[second].confidence else set()
        for key in set(claims) - spared:
            del found[key]
    return found


def claimed(found: dict[int, Found]) -> dict[int, list[int]]:
    """The gifts given once that several lines claim."""
    claims: dict[int, list[int]] = defaultdict(list)
    for key, match in found.items():
        if not match.donation.is_monthly:
            claims[match.donation.pk].append(key)
    return {gift: keys for gift, keys in claims.items() if len(keys) > 1}


def twins(lines: Iterable[BankLine]) -> dict[int, BankLine]:
    """Lines whose money is known from another source already, each with that line.

    A notice by mail and the bank's file tell of the same transfer: same amount, within four days,
    and the same reference or name. Each known line is the twin of one new line at most.
    """
    found: dict[int, BankLine] = {}
    taken: set[int] = set()
    for line in lines:
        others = BankLine.objects.exclude(source=line.source).filter(
            twin=None,
            known_as=None,
            amount=line.amount,
            currency=line.currency,
            booked_on__range=(line.booked_on - NEAR, line.booked_on + NEAR),
        )
        for other in others.exclude(pk__in=taken).order_by("booked_on", "pk"):
            if same_person(line, other):
                found[line.pk] = other
                taken.add(other.pk)
                break
    return found


def same_person(line: BankLine, other: BankLine) -> bool:
    ours, theirs = set(codes.found(line.words)), set(codes.found(other.words))
    if ours & theirs:
        return True
    names = folded(line.name), folded(other.name)
    if not all(names) or (ours and theirs):
        return False
    is_part = names[0] in names[1] or names[1] in names[0]
    return is_part or SequenceMatcher(None, *names, autojunk=False).ratio() >= ALIKE
