"""Contact details of a source, laid beside those that are held: official ones, never guessed."""

import datetime
from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import gettext as _

from plaidoyer.civics.bodies import known_organizations
from plaidoyer.civics.imports import Draft, planner
from plaidoyer.civics.models import ContactDetail
from plaidoyer.civics.records import ContactRecord
from plaidoyer.lib.addresses import BadAddressError, validated

OWNERS = ("person", "post", "organization")
EMAIL = ContactDetail.Type.EMAIL


@planner(ContactRecord)
def plan_contacts(draft: Draft, records: list[ContactRecord]) -> None:
    """Contact details by owner and value; a changed one replaces the only one of its kind."""
    known_organizations(draft, {one.organization for one in records})
    owned: dict[tuple[str, int], list[ContactRecord]] = {}
    owners = {}
    for said in records:
        if (owner := _owner(draft, said)) and _is_sound(draft, said):
            owned.setdefault(owner[0], []).append(said)
            owners[owner[0]] = owner[1]
    held = _held(owners.items())
    for key, saids in owned.items():
        _lay_beside(draft, {key[0]: owners[key]}, saids, held.get(key, []))


def _owner(draft: Draft, said: ContactRecord) -> tuple[tuple[str, int], object] | None:
    """Whose it is; nothing, and a warning, where nobody or several are named."""
    named = [(role, getattr(said, role)) for role in OWNERS if getattr(said, role)]
    row = draft.rows.get(named[0][0], {}).get(named[0][1]) if len(named) == 1 else None
    if row is None:
        draft.warn(said.line, _("“%s” is left out: nobody knows whose it is") % said.value[:80])
        return None
    return (named[0][0], row.pk or id(row)), row


def _is_sound(draft: Draft, said: ContactRecord) -> bool:
    """Whether it is an official way to reach somebody; what is wrong with it is told."""
    fault = ""
    if said.type not in ContactDetail.Type.values:
        fault = _("this kind of contact detail is not kept")
    elif not said.source:
        fault = _("no official page says so")
    elif len(said.value) > 254 or len(said.source) > 200:
        fault = _("it is too long")
    elif said.type == EMAIL:
        try:
            validated(said.value)
        except BadAddressError:
            fault = _("this is no mail address")
    if fault:
        words = {"value": said.value[:80], "why": fault}
        draft.warn(said.line, _("“%(value)s” is left out: %(why)s") % words)
    return not fault


def _held(owners: Iterable[tuple[tuple[str, int], object]]) -> dict[tuple[str, int], list]:
    """The contact details of the owners that are held; one query for each kind of owner."""
    held: dict[tuple[str, int], list] = {}
    keys: dict[str, list[int]] = {}
    for (role, key), row in owners:
        if row.pk:  # type: ignore[attr-defined]
            keys.setdefault(role, []).append(key)
    for role, numbers in keys.items():
        rows = ContactDetail.objects.filter(**{f"{role}__in": numbers}).select_related(role)
        for row in rows.order_by("pk"):
            held.setdefault((role, getattr(row, f"{role}_id")), []).append(row)
    return held


def _lay_beside(
    draft: Draft, owner: dict[str, object], saids: list[ContactRecord], held: list[ContactDetail]
) -> None:
    """One owner's contact details: those that are known first, then changed and new ones."""
    left = list(held)
    unknown = []
    for said in saids:
        known = next((one for one in left if _value(one) == _value(said)), None)
        if known is None:
            unknown.append(said)
        else:
            left.remove(known)
            _check(draft, known, said)
    for said in unknown:
        place = (said.type, said.note)
        here = [one for one in left if (one.type, one.note) == place]
        if len(here) == 1 and [(one.type, one.note) for one in unknown].count(place) == 1:
            left.remove(here[0])
            _replace(draft, here[0], said)
        else:
            _add(draft, owner, said)


def _check(draft: Draft, known: ContactDetail, said: ContactRecord) -> None:
    """A newer source says the same: it was checked that day. The same file changes nothing."""
    if said.note and not known.note:
        draft.change(known, note=said.note)
    if timezone.localdate(known.verified_at) < draft.on:
        seen = _moment(draft.on)
        values = {"verified_at": seen}
        if known.bounced_at and known.bounced_at < seen:
            values["bounced_at"] = None  # type: ignore[assignment]
        draft.change(known, f"{known}: {draft.on.isoformat()}", verb="checked", **values)


def _replace(draft: Draft, known: ContactDetail, said: ContactRecord) -> None:
    """Another address than the one that is held, unless somebody knows better."""
    why = "" if known.bounced_at else draft.remembers(known, "value")
    if not why and timezone.localdate(known.verified_at) > draft.on:
        why = _("it was checked later, on %s") % timezone.localdate(known.verified_at)
    if why:
        words = {"row": known, "value": said.value, "why": why}
        draft.conflict(said.line, _("“%(row)s” stays, not “%(value)s”: %(why)s") % words)
        return
    draft.change(
        known,
        f"{known.value} → {said.value}",
        value=said.value,
        source=said.source,
        verified_at=_moment(draft.on),
        bounced_at=None,
    )


def _add(draft: Draft, owner: dict[str, object], said: ContactRecord) -> None:
    (whose,) = owner.values()
    detail = ContactDetail(
        **owner,
        type=said.type,
        value=said.value,
        note=said.note[:60],
        source=said.source,
        verified_at=_moment(draft.on),
    )
    draft.add(detail, f"{whose}: {said.value}")


def _value(one: ContactDetail | ContactRecord) -> tuple[str, str]:
    is_number = one.type == ContactDetail.Type.VOICE
    plain = "".join(filter(str.isdigit, one.value)) if is_number else one.value.casefold()
    return (one.type, plain)


def _moment(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time()))
