"""Who represents somebody in the body that a form writes to, by their postal code."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from plaidoyer.actions.models import ActionForm
from plaidoyer.campaigns.models import Target
from plaidoyer.civics import places
from plaidoyer.civics.models import Organization, Post

UNKNOWN = "unknown"
LEGISLATURE = "legislature"
Choices = list[tuple[str, str | list[tuple[str, str]]]]


def is_by_code(action_form: ActionForm) -> bool:
    """Whether the form writes to the member who represents the writer."""
    return action_form.options.get("to") == "representative"


def legislature(targets: Iterable[Target]) -> Target | None:
    """Of `targets`, the body written to through its members: a legislature, else any body."""
    bodies = [target for target in targets if target.organization]

    def is_other(target: Target) -> bool:
        return not target.organization or target.organization.classification != LEGISLATURE

    return min(bodies, key=is_other, default=None)


def found(postal_code: str, body: Organization) -> list[Post]:
    """The seats of `body` for the areas in which the code may lie; vacant ones too."""
    return places.representatives(places.areas(postal_code), body)


def areas(seats: Iterable[Post]) -> Mapping[int, list[Post]]:
    """The seats of each area, by its id."""
    by_area: dict[int, list[Post]] = {}
    for seat in seats:
        by_area.setdefault(seat.area_id or 0, []).append(seat)
    return by_area


def every(body: Organization) -> list[Post]:
    """All seats of `body` that represent an area; a handful of queries, however many."""
    seats = body.posts.exclude(area=None).select_related("area")
    return list(seats.prefetch_related("memberships__person", "memberships__on_behalf_of"))


def described(seat: Post) -> str:
    """ "Velle Valley: Ada Vale (Shores Party)": a seat in a list to choose from."""
    holder = seat.holder()
    terms = [term for term in seat.memberships.all() if holder and term.person_id == holder.pk]
    party = next((str(term.on_behalf_of) for term in terms if term.on_behalf_of_id), "")
    # A non-breaking space stands before a French colon: the language's own sentence.
    words = {"area": seat.area, "member": holder, "party": party}
    if holder is None:
        return _("%(area)s: nobody at present") % words
    return (_("%(area)s: %(member)s (%(party)s)") if party else _("%(area)s: %(member)s")) % words


def choices(seats: Iterable[Post]) -> list[tuple[str, str]]:
    """Seats to choose from, by the name of the area; and not to know."""
    these = [(str(seat.pk), described(seat)) for seat in seats]
    unknown = (UNKNOWN, _("I do not know: find out who it is, and hold my letter until then"))
    return [*sorted(these, key=lambda choice: choice[1].casefold()), unknown]
