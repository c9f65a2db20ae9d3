"""Any legislature by Popolo JSON, EveryPolitician's flavour too.

https://www.popoloproject.com/specs/ ; EveryPolitician adds `events` (legislative periods), a
person's own `contact_details` and `links`, and `legislative_period_id` to memberships.
"""

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plaidoyer.civics import legislatures
from plaidoyer.civics.models import ContactDetail
from plaidoyer.civics.records import (
    AreaRecord,
    ContactRecord,
    MembershipRecord,
    OrganizationRecord,
    PersonRecord,
    PostRecord,
    Record,
    RosterRecord,
)
from plaidoyer.civics.sources import Reading, SourceError, files, register
from plaidoyer.civics.sources.rolls import day, parted

Item = dict[str, Any]
SCHEMES = {"ourcommons_person_id": "ourcommons", "parlinfo": "parlinfo"}
TYPES = {
    "email": ContactDetail.Type.EMAIL,
    "voice": ContactDetail.Type.VOICE,
    "phone": ContactDetail.Type.VOICE,
    "cell": ContactDetail.Type.VOICE,
    "address": ContactDetail.Type.ADDRESS,
    "form": ContactDetail.Type.FORM,
}
LANGUAGE = re.compile(r"^[a-z]{2}(-[A-Z]{2})?$")


class Popolo:
    name = "popolo"
    label = gettext_lazy("Any legislature (Popolo JSON, EveryPolitician)")
    licence = ""
    address = ""

    def read(
        self,
        content: bytes,
        on: datetime.date,
        *,
        legislature: str = "",
        name_en: str = "",
        name_fr: str = "",
        page: str = "",
        partial: bool = False,
        **options: Any,
    ) -> Reading:
        """Persons, organizations, posts, areas and memberships of the file.

        `legislature`: the short name of the legislature in it; `page`: the official page where
        its contact details stand; `partial`: not everybody is in it. Raises SourceError.
        """
        said = files.json(content)
        if not isinstance(said, dict) or not isinstance(said.get("persons"), list):
            raise SourceError(_("this is no Popolo: it has no “persons”"))
        document = Document(said, on, legislature, {"en": name_en, "fr": name_fr}, page)
        return document.read(is_whole=not partial)

    def fetch(self, get: Any, *, page: str = "", **options: Any) -> bytes:
        """The file at the address `page`. Raises SourceError where none is given."""
        if not page:
            raise SourceError(_("say where the file is: --page https://…"))
        return get(page)  # type: ignore[no-any-return]


@dataclass
class Document:
    """A Popolo document, and the records it is read into."""

    said: Item
    on: datetime.date
    legislature: str
    names: dict[str, str]
    page: str
    reading: Reading = field(default_factory=Reading)
    bodies: dict[str, str] = field(default_factory=dict)
    parties: set[str] = field(default_factory=set)
    posts: dict[str, str] = field(default_factory=dict)
    persons: set[str] = field(default_factory=set)
    houses: set[str] = field(default_factory=set)

    def read(self, *, is_whole: bool) -> Reading:
        """All records, those that others refer to first."""
        for number, item in self.items("areas"):
            self.area(number, item)
        for number, item in self.items("organizations"):
            self.organization(number, item)
        for number, item in self.items("posts"):
            self.post(number, item)
        for number, item in self.items("persons"):
            self.person(number, item)
        terms = [self.term(number, item) for number, item in self.items("memberships")]
        if is_whole and any(terms):
            houses = (RosterRecord(organization=house) for house in sorted(self.houses))
            self.reading.records.extend(houses)
        return self.reading

    def items(self, name: str) -> Iterator[tuple[int, Item]]:
        """The objects of a list with their numbers. Raises SourceError for anything else."""
        listed = self.said.get(name) or []
        if not isinstance(listed, list):
            raise SourceError(_("“%s” is no list") % name)
        for number, item in enumerate(listed, start=1):
            if not isinstance(item, dict):
                raise SourceError(_("“%s”: this is no object") % name, number)
            yield number, item

    def keep(self, record: Record) -> None:
        self.reading.records.append(record)

    def area(self, number: int, item: Item) -> None:
        identifier = text(item, "identifier") or text(item, "id")
        if not identifier.startswith("ocd-division/"):
            return
        self.keep(
            AreaRecord(
                identifier=identifier,
                name=words(item, "name", "other_names"),
                classification=kind(text(item, "classification")),
                parent=text(item, "parent_id"),
                line=number,
            )
        )

    def organization(self, number: int, item: Item) -> None:
        given, kind_ = text(item, "id"), text(item, "classification")
        if kind_ == "party":
            self.parties.add(given)
            self.bodies[given] = ""
            return
        is_house = kind_ in {"legislature", "chamber", "house", "lower house", "upper house"}
        identifier = (
            self.legislature
            if is_house and self.legislature
            else slugify(re.sub(r"\W", "-", given))[:120]
        )
        known = legislatures.known(identifier) if is_house else None
        self.bodies[given] = identifier
        if is_house:
            self.houses.add(identifier)
        names = {code: name for code, name in self.names.items() if name and is_house}
        self.keep(
            known.record
            if known
            else OrganizationRecord(
                identifier=identifier,
                name={**words(item, "name", "other_names"), **names},
                classification="legislature" if is_house else kind_,
                line=number,
            )
        )

    def party(self, given: str) -> str:
        """The party of that id, kept once, as a party of the legislature."""
        if given not in self.parties:
            return ""
        if not self.bodies[given]:
            item = next(one for one in self.said["organizations"] if one.get("id") == given)
            house = next(iter(sorted(self.houses)), "")
            record = legislatures.party(house, text(item, "name"))
            self.bodies[given] = record.identifier
            self.keep(record)
        return self.bodies[given]

    def post(self, number: int, item: Item) -> None:
        house = self.bodies.get(text(item, "organization_id"), "")
        label = words(item, "label", "other_label") or words(item, "role", "")
        self.seat(text(item, "id"), house, text(item, "area_id"), label, number)

    def seat(self, key: str, house: str, area: str, label: dict[str, str], number: int) -> str:
        if key not in self.posts:
            self.posts[key] = key
            self.keep(PostRecord(key=key, organization=house, area=area, label=label, line=number))
        return key

    def person(self, number: int, item: Item) -> None:
        key = text(item, "id")
        given, family = text(item, "given_name"), text(item, "family_name")
        if not family:
            given, family = parted(text(item, "name"), text(item, "email"))
        if not key or not family:
            self.reading.warnings.append((number, _("a person without a name is left out")))
            return
        self.persons.add(key)
        self.keep(
            PersonRecord(
                key=key,
                given_name=given,
                family_name=family,
                identifiers=dict(identifiers(item)),
                honorific_prefix=dict.fromkeys(("en", "fr"), prefix)
                if (prefix := text(item, "honorific_prefix"))
                else {},
                line=number,
            )
        )
        self.ways(number, key, item)

    def ways(self, number: int, key: str, item: Item) -> None:
        """Contact details of a person; the mail address that is given twice, once."""
        page = next(iter(sources(item)), "") or self.page or self.home
        listed = list(item.get("contact_details") or [])
        if text(item, "email") and not any(one.get("type") == "email" for one in listed):
            listed.append({"type": "email", "value": text(item, "email")})
        for one in listed:
            if (type_ := TYPES.get(text(one, "type"))) and text(one, "value"):
                self.keep(
                    ContactRecord(
                        person=key,
                        type=type_,
                        value=text(one, "value"),
                        note=text(one, "note")[:60],
                        source=next(iter(sources(one)), "") or page,
                        line=number,
                    )
                )

    @property
    def home(self) -> str:
        """The page of the legislature, where the file names none."""
        known = [legislatures.known(house) for house in sorted(self.houses)]
        return next((one.url for one in known if one), "")

    def term(self, number: int, item: Item) -> bool:
        """A membership in the legislature or a government; whether it holds on the day."""
        person = text(item, "person_id")
        house = self.bodies.get(text(item, "organization_id"), "")
        if not house or person not in self.persons:
            return False
        start_on, end_on = self.dates(item)
        post = text(item, "post_id")
        if post not in self.posts:
            area = text(item, "area_id")
            label = words(item, "role", "") or {"en": _("Member")}
            if second := text(item, "label"):
                label = {**label, "fr": second}
            key = "/".join((house, area or slugify(" ".join(label.values()))))
            post = self.seat(key, house, area, label, number)
        self.keep(
            MembershipRecord(
                person=person,
                post=post,
                party=self.party(text(item, "on_behalf_of_id")),
                start_on=start_on,
                end_on=end_on,
                source=next(iter(sources(item)), ""),
                line=number,
            )
        )
        return end_on is None or end_on >= self.on

    def dates(self, item: Item) -> tuple[datetime.date | None, datetime.date | None]:
        """The days of a membership; where it has none, of its legislative period."""
        period: Item = next(
            (
                one
                for one in self.said.get("events") or []
                if text(one, "id") == text(item, "legislative_period_id") != ""
            ),
            {},
        )
        return (
            day(text(item, "start_date")) or day(text(period, "start_date")),
            day(text(item, "end_date")) or day(text(period, "end_date")),
        )


def text(item: Any, name: str) -> str:
    """A value as one line of text; "" where there is none."""
    value = item.get(name) if isinstance(item, dict) else None
    return " ".join(str(value).split()) if isinstance(value, str | int) else ""


def words(item: Item, name: str, others: str) -> dict[str, str]:
    """What something is called, by language: its own name is English unless others say so."""
    found: dict[str, str] = {}
    for one in item.get(others) or []:
        code = text(one, "lang") or text(one, "note")
        if isinstance(one, dict) and LANGUAGE.match(code):
            found.setdefault(code, text(one, "name"))
    plain = text(item, name)
    return {"en": plain, **found} if plain else found


def kind(classification: str) -> str:
    """What we call a kind of area."""
    return "riding" if classification.endswith("electoral_district") else classification


def identifiers(item: Item) -> Iterator[tuple[str, str]]:
    for one in item.get("identifiers") or []:
        scheme, number = text(one, "scheme"), text(one, "identifier")
        if scheme and number:
            yield SCHEMES.get(scheme, scheme)[:40], number[:80]


def sources(item: Item) -> Iterator[str]:
    """The addresses where something stands."""
    for one in item.get("sources") or []:
        if (address := text(one, "url")).startswith(("https://", "http://")):
            yield address


SOURCE = register(Popolo())
