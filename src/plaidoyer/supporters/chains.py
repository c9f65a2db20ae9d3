"""The ledger of consents as a chain: whoever changes, takes out or forges an answer is found out.

An answer is chained by the worker, within a minute, so that no act waits for another one's end.
What is chained is a keyed hash of the answer. It names nobody and stays when the answer is
deleted after its time; that it was deleted by rule is a link of its own. An erasure changes no
answer (privacy.erase), and so no link.
"""

from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, Max, OuterRef

from plaidoyer.lib import chains
from plaidoyer.lib.chains import BrokenChainError, Head
from plaidoyer.supporters.models import Consent, ConsentSeal

NAME = "plaidoyer.consents"
# Numbers are given before commits: one that commits late stands a little behind the last sealed.
BEHIND = 20_000
BATCH = 5_000
# What a link says of an answer that was deleted after its time.
ENDED = b""


def seal(*, everything: bool = False) -> int:
    """Chains the answers that are not chained yet, batch by batch; how many.

    It looks among the last ones; with `everything`, among all.
    """
    newest = ConsentSeal.objects.aggregate(newest=Max("consent"))["newest"] or 0
    done = 0
    while number := seal_batch(0 if everything else newest - BEHIND):
        done += number
    return done


@transaction.atomic
def seal_batch(after: int) -> int:
    """The next few thousand answers numbered after that one; how many."""
    lock()
    sealed = Exists(ConsentSeal.objects.filter(consent=OuterRef("pk")))
    waiting = Consent.objects.filter(~sealed, pk__gt=after).select_related("wording")
    return append((one.pk, content(one)) for one in waiting.order_by("pk")[:BATCH])


@transaction.atomic
def delete(consents: Sequence[Consent]) -> None:
    """Deletes answers after their time, and chains that it was done."""
    lock()
    append((one.pk, ENDED) for one in consents)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL plaidoyer.consents_end = 'on'")
        Consent.objects.filter(pk__in=[one.pk for one in consents]).delete()
        cursor.execute("SET LOCAL plaidoyer.consents_end = 'off'")


def lock() -> None:
    """One process at a time adds to the chain, until its transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [NAME])


def append(told: Iterable[tuple[int, bytes]]) -> int:
    """Links for answers, by number, and what is said of each; how many."""
    end = head()
    place, before = (end.number, bytes.fromhex(end.hash)) if end else (0, chains.ZERO)
    links = []
    for consent, said in told:
        place, before = place + 1, linked(place + 1, before, consent, said)
        links.append(ConsentSeal(number=place, consent_id=consent, content=said, hash=before))
    return len(ConsentSeal.objects.bulk_create(links, batch_size=1000))


def content(consent: Consent) -> bytes:
    """The keyed hash of all that an answer says, with the words it answered."""
    wording = consent.wording
    said = [consent.pk, consent.supporter_id, consent.purpose, consent.answer, consent.basis]
    said += [moment(consent.expires_at), moment(consent.answered_at), consent.page]
    said += [wording.language, wording.text] if wording else []
    return chains.digest(f"{NAME}.answer", said)


def moment(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat() if at else ""


def linked(place: int, before: bytes, consent: int | None, said: bytes) -> bytes:
    """The hash at `place` of the chain, after the link whose hash is `before`."""
    return chains.digest(NAME, [place, before.hex(), consent, said.hex()])


def head() -> Head | None:
    """The end of the chain as it stands, unverified; none before the first answer is chained."""
    last = ConsentSeal.objects.order_by("-number").first()
    return Head(last.number, bytes(last.hash).hex()) if last else None


def verify(remembered: str = "") -> Head:
    """Reads the whole chain beside the answers. Raises BrokenChainError where one was changed or
    taken out, or where the chain is not the one whose head is `remembered`."""
    return chains.walk(links(), remembered)


def links() -> chains.Links:
    """Every link in its place. Raises BrokenChainError where the answer itself does not fit."""
    ended = ConsentSeal.objects.filter(consent=OuterRef("consent"), content=ENDED)
    seals = ConsentSeal.objects.select_related("consent__wording").annotate(ended=Exists(ended))
    with closing(seals.order_by("number").iterator(2000)) as rows:  # type: ignore[type-var]
        for one in rows:
            check(one)
            made = partial(linked, one.number, consent=one.consent_id, said=bytes(one.content))
            yield one.number, bytes(one.hash), made, f"consent {one.consent_id}"


def check(one: Any) -> None:
    """Raises BrokenChainError where the answer of a link is not as it was chained, or missing."""
    said = bytes(one.content)
    if said and one.consent and content(one.consent) != said:
        raise BrokenChainError(f"seal {one.number} does not fit consent {one.consent_id}")
    if said and one.consent is None and not one.ended:
        raise BrokenChainError(f"consent {one.consent_id} of seal {one.number} is missing")
