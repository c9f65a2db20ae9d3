"""The ministers of Canada, as the House of Commons lists them, or in a table in two languages."""

import datetime
import re
from collections.abc import Iterable, Mapping
from typing import Any, Self

from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plaidoyer.civics.legislatures import Legislature
from plaidoyer.civics.models import ContactDetail
from plaidoyer.civics.records import OrganizationRecord, PersonRecord, PostRecord
from plaidoyer.civics.sources import Reading, SourceError, files, register
from plaidoyer.civics.sources.ourcommons import SCHEME, honorific
from plaidoyer.civics.sources.rolls import Roll, Way, day, needed, parted

GOVERNMENT = OrganizationRecord(
    identifier="ca-government",
    name={"en": "Government of Canada", "fr": "Gouvernement du Canada"},
    classification="executive",
    url="https://www.canada.ca/",
    time_zone="America/Toronto",
)
LISTED_AT = "https://www.ourcommons.ca/Members/en/ministries"

# What stands in a title before what its holder answers for, and what joins two of them.
OFFICE = re.compile(
    r"\b(?:(?:associate |deputy |prime )*(?:ministers?|premier)|secretary of state|president|"
    r"leader|parliamentary secretary)\b(?: (?:of state|responsible))?(?: (?:of|for|to))?(?: the)?",
    re.IGNORECASE,
)
JOINED = re.compile(r",| and |[()·]", re.IGNORECASE)
LONGEST_TAG = 40
NO_TAGS = {
    "",
    "government",
    "canada",
    "house-of-commons",
    "king-s-privy-council-for-canada",
    "deputy-government-house",
    "government-house",
}


class Ministers:
    name = "ourcommons-ministers"
    label = gettext_lazy("House of Commons of Canada: ministers (XML, or CSV in two languages)")
    licence = "Speaker's Permission, House of Commons of Canada"
    address = "https://www.ourcommons.ca/Members/en/ministries/XML"

    def read(self, content: bytes, on: datetime.date, **options: Any) -> Reading:
        """The ministers of the list, each in the office of that title; others have left."""
        roll = Government.of(GOVERNMENT, LISTED_AT)
        is_xml = content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
        (in_xml if is_xml else in_csv)(roll, content)
        if not roll.members:
            raise SourceError(_("no minister is in this file"))
        return roll.whole()

    def fetch(self, get: Any, **options: Any) -> bytes:
        """The XML list of those who are ministers today."""
        return get(self.address)


class Government(Roll):
    """The roll of a government: offices have titles instead of areas."""

    @classmethod
    def of(cls, government: OrganizationRecord, listed_at: str) -> Self:
        """An empty roll; the government has the shape of a body that has one."""
        body = Legislature(
            identifier=government.identifier,
            en=government.name["en"],
            fr=government.name["fr"],
            time_zone=government.time_zone,
            area="",
            url=government.url,
        )
        return cls(body, listed_at)

    def office(self, titles: Mapping[str, str], line: int) -> str:
        """The office of that title, with what it answers for where the title is English."""
        key = f"{self.legislature.identifier}/{slugify(titles.get('en') or titles.get('fr', ''))}"
        record = PostRecord(
            key=key,
            organization=self.legislature.identifier,
            label={code: title for code, title in titles.items() if title},
            portfolios=portfolios(titles.get("en", "")),
            line=line,
        )
        return self._once(record, key)


def in_xml(roll: Government, content: bytes) -> None:
    for element in files.xml(content).iter("Minister"):
        said = {one.tag: files.said(element, one.tag) for one in element}
        title = said.get("Title", "")
        number = said.get("PersonId", "")
        if not title or not said.get("PersonOfficialLastName"):
            roll.warn(element.line, _("an entry without a name or a title is left out"))
            continue
        roll.sits(
            PersonRecord(
                key=f"{SCHEME}:{number or said['PersonOfficialLastName']}",
                given_name=said.get("PersonOfficialFirstName", ""),
                family_name=said["PersonOfficialLastName"],
                identifiers={SCHEME: number} if number else {},
                honorific_prefix=honorific(said.get("PersonShortHonorific", "")),
                line=element.line,
            ),
            roll.office({language(title): title}, element.line),
            start_on=day(said.get("FromDateTime", "")),
            end_on=day(said.get("ToDateTime", "")),
        )


def in_csv(roll: Government, content: bytes) -> None:
    for line, row in files.rows(content):
        needed(row, ("name", "role_en", "role_fr"))
        given, family = parted(row["name"], row.get("email", ""))
        number = row.get("person_id", "")
        roll.sits(
            PersonRecord(
                key=f"{SCHEME}:{number or row['name']}",
                given_name=given,
                family_name=family,
                identifiers={SCHEME: number} if number else {},
                line=line,
            ),
            roll.office({"en": row["role_en"], "fr": row["role_fr"]}, line),
            ways=[Way(ContactDetail.Type.EMAIL, row.get("email", ""))],
        )


def language(title: str) -> str:
    """In which of the two languages a title is."""
    french = re.search(r"\b(ministre|secrétaire|président|présidente|leader du)\b", title, re.I)
    return "fr" if french else "en"


def portfolios(title: str) -> tuple[str, ...]:
    """What the holder of an English title answers for, as tags that outlive the title.

    "Minister of Immigration, Refugees and Citizenship": immigration, refugees, citizenship.
    """
    parts = JOINED.split(OFFICE.sub(",", title))
    return tuple(dict.fromkeys(tags(parts)))


def tags(parts: Iterable[str]) -> Iterable[str]:
    for part in parts:
        tag = slugify(re.sub(r"^\s*(?:of|for|the|to)\s+|\s+of canada\s*$", "", part, flags=re.I))
        if tag not in NO_TAGS and len(tag) <= LONGEST_TAG:
            yield tag


SOURCE = register(Ministers())
