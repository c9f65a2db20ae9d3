"""The list of addresses that must get no mail of ours: on it, off it again, and who stands on it.

Looked at by the sender of every envelope just before it leaves. An address stands on it by its mark
(vault.marks), so that we still know that of somebody erased when it comes back, and at no other
time.
"""

import datetime
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.utils import timezone

from plaidoyer.lib.addresses import canonical
from plaidoyer.mail import kinds
from plaidoyer.mail.models import Envelope, Suppression
from plaidoyer.mail.pieces import Leased
from plaidoyer.vault import marks

Reason, Lift = Suppression.Reason, Suppression.Lift

# After that long, a mail that its reader has just asked for may try a bounced address once more.
REST = datetime.timedelta(days=1)


class ListedError(ValueError):
    """The address is on the list already."""


def suppress(
    address: str,
    *,
    reason: str,
    words: str = "",
    envelope: Envelope | None = None,
    by: int | None = None,
    at: datetime.datetime | None = None,
) -> bool:
    """Puts `address` on the list; False when it stands there already for as strong a reason.

    `words` are the evidence, `by` the user who entered it. A bounce or a hand's entry replaces a
    complaint, which stops newsletters only: the complaint is noted as lifted by it, and stays.
    """
    plain = canonical(address)
    if "@" not in plain.strip("@"):
        return False
    with transaction.atomic():
        there = Suppression.objects.in_force().select_for_update(no_key=True)
        mark = marks.address(plain)
        weaker = there.filter(mark=mark, reason=Reason.COMPLAINED)
        if reason != Reason.COMPLAINED:
            weaker.update(lifted_at=timezone.now(), lifted_how=Lift.BY_HAND, lifted_because=reason)
        if there.filter(mark=mark).exists():
            return False
        made = Suppression.objects.bulk_create(
            [
                Suppression(  # type: ignore[misc]
                    mark=mark,
                    address=plain,
                    reason=reason,
                    words=words[:500],
                    envelope=envelope,
                    suppressed_by_id=by,
                    suppressed_at=at or timezone.now(),
                )
            ],
            ignore_conflicts=True,
        )
        return bool(made)


def lift(suppression: Suppression, *, because: str, by: int | None = None) -> bool:
    """An organiser takes an address off the list and says why; False when it was off already."""
    return bool(
        Suppression.objects.in_force()
        .filter(pk=suppression.pk)
        .update(
            lifted_at=timezone.now(),
            lifted_how=Lift.BY_HAND,
            lifted_because=because[:300],
            lifted_by=by,
        )
    )


def prove(moments: dict[str, datetime.datetime]) -> int:
    """Acts were confirmed from these addresses, each at its moment; how many came off the list.

    Whoever followed a link in our mail after a bounce has a mailbox that lives. A complaint, and
    what somebody entered by hand, is no matter of that and stays.
    """
    asked = {marks.address(address): at for address, at in moments.items()}
    if not asked:
        return 0
    bounced = Suppression.objects.in_force().filter(mark__in=asked, reason=Reason.BOUNCED)
    living = [one.pk for one in bounced if asked[one.mark] > one.suppressed_at]
    return (
        Suppression.objects.in_force()
        .filter(pk__in=living)
        .update(lifted_at=timezone.now(), lifted_how=Lift.PROVED)
    )


def hide(address: str) -> None:
    """Somebody is erased: what the list says of their address is kept under its mark only."""
    Suppression.objects.filter(mark=marks.address(address)).update(
        sealed=b"", envelope=None, lifted_because=""
    )


def stopped(envelopes: Sequence[Envelope | Leased]) -> set[int]:
    """Those of `envelopes`, by id, that the list keeps from leaving; one query."""
    by_mark: dict[str, list[Envelope | Leased]] = {}
    for envelope in envelopes:
        by_mark.setdefault(marks.address(envelope.to_address), []).append(envelope)
    # As one text: a thousand parameters take longer to write than to look up.
    these = RawSQL(r"SELECT string_to_table(%s, E'\n')", ["\n".join(by_mark)])
    listed = Suppression.objects.in_force().filter(mark__in=these)
    return {
        envelope.pk
        for mark, reason, since in listed.values_list("mark", "reason", "suppressed_at")
        for envelope in by_mark[mark]
        if stops(reason, envelope.kind, since)
    }


def stops(reason: str, kind: str, since: datetime.datetime) -> bool:
    """Whether an entry on the list keeps a mail of `kind` from leaving.

    A complaint stops what goes to many. A bounce stops all, but after a day not what its reader
    has just asked for: it is their way to show that the mailbox lives. A hand's entry stops all.
    """
    if reason == Reason.COMPLAINED:
        return kind in kinds.BULK
    if reason == Reason.BOUNCED and kind in kinds.ASKED:
        return since > timezone.now() - REST
    return True


def is_stopped(address: str, kind: str) -> bool:
    """Whether a mail of `kind` to `address` would not leave now."""
    listed = Suppression.objects.in_force().filter(mark=marks.address(address))
    return any(stops(one.reason, kind, one.suppressed_at) for one in listed)


def of(addresses: Iterable[str]) -> Q:
    """The entries of `addresses`, however these are spelt."""
    return Q(mark__in=[marks.address(address) for address in addresses])
