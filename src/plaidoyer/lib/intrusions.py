"""What intrudes on somebody's private life in the words of a campaign, in English and French.

Whom one may write to, and where, is decided by role and conduct and never by opinion: an office at
its official address, not a person at home, on their own telephone, or through their family. These
are patterns, not understanding: they find what is written plainly (the corpus beside their test),
and a second person reads what they let pass.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Intrusion:
    """What was found: its kind, and the words in which it stands."""

    kind: str
    words: str

    @property
    def told(self) -> str | Promise:
        """What is wrong with it, as a sentence."""
        return REASONS[self.kind]


REASONS = {
    "mailbox": _("This is a mailbox at a provider for everybody, not that of an office."),
    "home": _("This says where somebody lives, or leads people there."),
    "telephone": _("This is somebody’s own telephone, not that of an office."),
    "family": _("This draws in somebody’s family."),
    "private": _("This is about a private person."),
}

# Where anybody may have a mailbox.
PROVIDERS = (
    *("gmail", "googlemail", "hotmail", "outlook", "live", "msn", "yahoo", "ymail", "rocketmail"),
    *("aol", "aim", "icloud", "me", "mac", "proton", "protonmail", "pm", "tutanota", "tuta"),
    *("gmx", "web", "mail", "email", "fastmail", "hushmail", "zoho", "yandex", "hey", "duck"),
    *("orange", "wanadoo", "free", "laposte", "sfr", "neuf", "bbox", "numericable", "aliceadsl"),
    *("videotron", "sympatico", "bell", "rogers", "shaw", "telus", "cogeco", "eastlink", "ymail"),
    *("btinternet", "talktalk", "virginmedia", "ntlworld", "comcast", "verizon", "att", "cox"),
)
ENDINGS = r"(?:com|net|org|ca|fr|co\.uk|uk|qc\.ca|de|be|ch|me|ru|eu|es|it)"
MAILBOX = re.compile(rf"@(?:{'|'.join(PROVIDERS)})\.{ENDINGS}\b")

OFFICES = (
    r"(?:minist(?:er|re)|premi(?:er|ère?)|deputy|député|mayor|maire|mairesse|councillor"
    r"|conseill(?:er|ère)|judge|juge|director|direct(?:eur|rice)|ceo|chief executive|pdg|member"
    r"|senator|sénat(?:eur|rice)|commissioner|commissaire|mp|president|président|witness|témoin)e?"
)
KIN = (
    r"(?:wife|husband|spouse|(?:ex-)?partner|ex-(?:wife|husband)|sons?|daughters?|child(?:ren)?"
    r"|kids?|mother|father|parents?|brothers?|sisters?|family)"
)
PROCHES = (
    r"(?:femme|mari|ex-mari|ex-femme|épou(?:x|se)|conjointe?|fils|filles?|enfants?|mère|père"
    r"|parents?|frères?|sœurs?|famille)"
)
STREET = (
    r"(?:street|st|road|rd|lane|avenue|ave|close|drive|crescent|court|boulevard|row|walk|way"
    r"|terrace|summit|place|hill|square)"
)
RUE = (
    r"(?:rue|chemin|avenue|boulevard|allée|croissant|cour|place|rang|promenade|quai|ruelle|impasse"
    r"|montée|côte)"
)
NUMBER = r"(?:\+?\d[\s.()-]*){9,15}"
# A street and a number, in either order and language, with a flat or without.
ADDRESS = (
    rf"(?:\d+\w?,?\s+(?:[\w’']+\s+){{0,3}}{STREET}\b|\d+\w?,?\s+{RUE}\b|\b{STREET},? number \d+)"
)
LIVES = (
    r"\b(?:he|she|they|deputy|minister|mayor|councillor|judge|\w+ dray) (?:lives?|resides?|moved to"
    r"|rents?|sleeps?)\b|\b(?:elle|il|iels?|ils|elles|conseill(?:er|ère)|députée?|ministre|mairesse"
    r"|maire|juge) (?:habite|demeure|réside|loge|dort|a déménagé|vit)\b|\bwhere s?he sleeps"
    r"|\blà où (?:il|elle) dort"
)
HOME = (
    r"\b(?:his|her|their|’s|'s|private|personal) (?:home|house|residence|doorstep|flat)\b"
    r"|\bhome address\b|\b(?:him|her|them) at home\b|\bresidence is\b"
    r"|\badresse (?:personnelle|du domicile)\b|\bdomicile (?:du|de la|de l)\b|\bson domicile\b"
    r"|\brésidence (?:privée|du|de la|de l)\b|\bsa (?:maison|porte)\b|\bchez (?:lui|elle|eux)\b"
    r"|\bmaison (?:privée|du|de la) "
)
# What one would do there.
GOES = (
    r"\b(?:go|meet|march|show up|camp|everybody|surround|knock|leave|wait|bring|picket|drop by"
    r"|gather|protest|visit)\b|\b(?:allez|rendez-vous|marchons|débarquez|camperons|tout le monde"
    r"|encerclons|sonnez|laissez|attendez|venez|manifestons|rassemblement|piquetez)\b"
)
PLACE = (
    rf"\b(?:his|her|their) (?:\w+ )?(?:home|house|door|place|lawn|driveway|residence)\b"
    rf"|\b{OFFICES}(?:’s|'s) (?:\w+ )?(?:home|house|door|residence)\b"
    r"|\b(?:devant |jusque )?chez (?:lui|elle|eux)\b|\b(?:son|au) domicile\b(?! coût)"
    r"|\bsa (?:maison|porte|pelouse|résidence)\b"
    rf"|\bmaison (?:privée )?(?:du|de la|de l[’']) ?{OFFICES}|\bson entrée de garage\b"
)
OWN = (
    r"\b(?:cell(?: phone)?|cellulaire|mobile|(?:his|her|their) own phone|private (?:phone|line)"
    r"|personal (?:number|mobile|phone)|home (?:phone|number)|at home|whatsapp|portable"
    r"|numéro (?:perso\w*|à la maison)|téléphone (?:privé|à la maison|personnel)"
    r"|propre téléphone|chez (?:lui|elle|eux)|text (?:her|him)|textez-l[ae])\b"
)
DEEDS = (
    r"\b(?:write|tell|contact|call|find|message|let|follow|ask|photograph|visit|post|look out"
    r"|get in|school|works? at|écrivez|dites|contactez|appelez|trouvez|prévenez|suivez|demandez"
    r"|photographiez|rendez visite|publiez|repérez|joignez|école|attendez|travaille)\b"
)
RELATIVES = (
    rf"\b(?:his|her) (?:\w+ )?{KIN}\b|\b(?:{OFFICES}|his|her)(?:’s|'s) {KIN}\b"
    rf"|\b(?:sa|son|ses) {PROCHES}\b"
    rf"|\b{PROCHES} (?:du|de la|au|des) {OFFICES}\b|\bfils du {OFFICES}\b"
)
PRIVATE = (
    r"\b(?:social insurance number|numéro d[’']assurance sociale)\b[^.]{0,20}\d"
    r"|\b(?:licence plate|plaque d[’']immatriculation)\s*:\s*\w"
    r"|\b(?:write to|tell|contact|écri(?:vez|s)|dites)\b[^.]{0,30}\bm(?:y|on|a) (?:neighbour"
    r"|landlord|ex\b|voisin|propriétaire)|\bmy neighbour m(?:r|rs|s)\b"
    r"|\b(?:complainant|plaignante?)\b[^.]{0,60}\b(?:write to (?:her|him)|écrivez-lui)"
)

TOGETHER = {
    "home": [(LIVES, ADDRESS), (HOME, ADDRESS), (GOES, PLACE), (HOME, r"\bsend postcards\b")],
    "telephone": [(OWN, NUMBER), (r"", r"\b0[67](?:[ .]?\d\d){4}\b|\+33 ?[67]\b")],
    "family": [(DEEDS, RELATIVES)],
    "private": [("", PRIVATE)],
}
PAIRS = [
    (kind, re.compile(first), re.compile(second))
    for kind, pairs in TOGETHER.items()
    for first, second in pairs
]
# Patterns look at one paragraph, of this length at most.
LONGEST = 2_000


def found(text: str) -> list[Intrusion]:
    """What intrudes in `text`, one of each kind in a paragraph; linear in its length."""
    paragraphs = (line[at : at + LONGEST] for line in text.splitlines() for at in starts(line))
    return [one for paragraph in paragraphs for one in found_in(paragraph)]


def starts(line: str) -> range:
    """Where each piece of a long line begins."""
    return range(0, len(line), LONGEST)


def found_in(paragraph: str) -> list[Intrusion]:
    """What intrudes in one paragraph."""
    said = paragraph.lower().replace("\u2019", "'").replace("\u00a0", " ").replace("\u202f", " ")
    kinds = dict.fromkeys(kind for kind, *both in PAIRS if all(one.search(said) for one in both))
    if MAILBOX.search(said):
        kinds = {"mailbox": None, **kinds}
    return [Intrusion(kind, paragraph.strip()[:200]) for kind in kinds]


def refused[Said](said: Said) -> Said:
    """What an organiser wrote (a text, words by language, rows of them), as it is.

    Raises ValidationError with the first of what intrudes on somebody.
    """
    for text in texts(said):
        for one in found(text):
            words = {"reason": one.told, "words": one.words[:100]}
            raise ValidationError(gettext("%(reason)s “%(words)s”") % words)
    return said


def texts(said: object) -> Iterable[str]:
    """Every text in `said`, however deep."""
    if isinstance(said, str):
        yield said
    elif isinstance(said, Mapping):
        for each in said.values():
            yield from texts(each)
    elif isinstance(said, list | tuple):
        for each in said:
            yield from texts(each)
