"""Who represents somebody in the body that a form writes to, by their postal code."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from plaidoyer.actions.kinds.letter import waiting
from plaidoyer.actions.models import Action, ActionForm
from plaidoyer.campaigns.models import Target
from plaidoyer.civics import codes, finders, places
from plaidoyer.civics.models import Organization, Post
from plaidoyer.civics.places import Answer

UNKNOWN = "unknown"
# None of those that the postal code tells: the whole list is asked for, and chosen from.
ELSEWHERE = "elsewhere"
ANY = "any-"
# So many areas are offered, the likeliest ones; the others are in the whole list.
MOST = 5
LEGISLATURE = "legislature"
Choice = tuple[str, str | list[tuple[str, str]]]


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
    return places.representatives(places.areas(postal_code, legislature=body), body)


@dataclass(frozen=True, slots=True)
class Lying:
    """The seats for a code, the likeliest first, and what is known of it."""

    seats: Sequence[Post] = ()
    answer: Answer = field(default_factory=Answer)

    @property
    def is_sure(self) -> bool:
        """Whether nobody needs to choose."""
        return bool(self.seats) and self.answer.is_sure


def lying(postal_code: str, body: Organization) -> Lying:
    """The seats of `body` for a code, of at most so many areas as one can choose from."""
    answer = places.answers([postal_code], legislature=body)[postal_code]
    order = [place.area.pk for place in answer.places[:MOST]]
    seats = places.representatives(order, body) if order else []
    return Lying(sorted(seats, key=lambda seat: order.index(seat.area_id or 0)), answer)


def anywhere(typed: str, body: Organization) -> Post | None:
    """The seat that was chosen from the whole list; None for what is none of it."""
    number = typed.removeprefix(ANY)
    if not typed.startswith(ANY) or not number.isdecimal() or len(number) > 18:
        return None
    return places.seats(body).filter(pk=int(number)).first()


def areas(seats: Iterable[Post]) -> Mapping[int, list[Post]]:
    """The seats of each area, by its id."""
    by_area: dict[int, list[Post]] = {}
    for seat in seats:
        by_area.setdefault(seat.area_id or 0, []).append(seat)
    return by_area


def every(body: Organization) -> list[Post]:
    """All seats of `body` that represent an area of today; a handful of queries, however many."""
    return list(places.seats(body))


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


def choices(found: Lying) -> list[Choice]:
    """The seats for a code, the likeliest first with their shares; another one; not to know."""
    shares = {place.area.pk: place.share for place in found.answer.places}
    these: list[Choice] = [
        (str(seat.pk), with_share(described(seat), shares.get(seat.area_id or 0)))
        for seat in found.seats
    ]
    if not any(shares.values()):
        these.sort(key=lambda choice: str(choice[1]).casefold())
    return [*these, (ELSEWHERE, _("Another one: show me the whole list")), unknown()]


def with_share(words: str, share: object) -> str:
    """A seat in the list, with how likely it is where that is known."""
    if not share:
        return words
    percent = max(1, round(100 * float(share)))  # type: ignore[arg-type]
    return _("%(seat)s – about %(percent)s%% of the codes that begin like yours") % {
        "seat": words,
        "percent": percent,
    }


def listed(seats: Iterable[Post], prefix: str = "") -> list[Choice]:
    """Seats by the name of their area; where areas lie in others (provinces), under their names."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for seat in seats:
        parent = str(seat.area.parent) if seat.area and seat.area.parent_id else ""
        groups.setdefault(parent, []).append((f"{prefix}{seat.pk}", described(seat)))
    for group in groups.values():
        group.sort(key=lambda choice: choice[1].casefold())
    if len(groups) < 2:
        return [choice for group in groups.values() for choice in group]
    return sorted(groups.items(), key=lambda group: group[0].casefold())  # type: ignore[arg-type]


def unknown() -> Choice:
    """Not to know: the act counts, and its letter waits."""
    return UNKNOWN, _("I do not know: find out who it is, and hold my letter until then")


def hint(body: Organization) -> str:
    """Where the parliament itself tells people who represents them; safe HTML, "" for none."""
    if not (page := finders.finder(body, get_language() or "")):
        return ""
    words = _("Not sure? The official page tells who represents an address (another site).")
    return format_html('<a href="{}" rel="noopener" target="_blank">{}</a>', page, words)


def is_rural(postal_code: str) -> bool:
    """Whether a code covers so wide an area that its riding is to be checked."""
    code = codes.normalized(postal_code)
    return any(codes.is_rural(code, country) for country in codes.countries(code))


def told(action: Action) -> dict[str, object]:
    """What pages that show a letter to one's own member say beside it."""
    is_found = is_by_code(action.form) and bool(action.content.get("posts"))
    return {
        "by_code": is_found,
        "is_rural": is_found and is_rural(action.postal_code),
        "member_url": waiting.path(action),
    }
