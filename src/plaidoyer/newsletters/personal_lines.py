"""The sentence of a newsletter that is about its reader: in how many campaigns they took part.

Only what counts is counted: confirmed, not taken back, not held. Somebody with none reads nothing.
"""

from collections.abc import Sequence

from django.contrib.postgres.aggregates import ArrayAgg
from django.utils.translation import gettext, ngettext, override

from plaidoyer.actions.models import Confirmation
from plaidoyer.campaigns.models import Campaign
from plaidoyer.newsletters import contents
from plaidoyer.newsletters.models import Mailing, Version


def lines(mailing: Mailing, supporter_ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """The sentence of each reader who has one, in each language of the mailing.

    Two queries, however many readers there are: what the versions count, and the readers' acts.
    """
    settled = mailing.versions.exclude(personal_over=[]).values_list("language", "personal_over")
    counted = {language: set(campaigns) for language, campaigns in settled}
    if not counted or not supporter_ids:
        return {}
    acts = Confirmation.objects.counted().filter(
        supporter__in=supporter_ids, form__campaign__in=set().union(*counted.values())
    )
    took_part = acts.values_list("supporter").annotate(
        took=ArrayAgg("form__campaign", distinct=True)
    )
    said: dict[tuple[str, int, int], str] = {}
    found: dict[int, dict[str, str]] = {}
    for supporter, took in took_part:
        for language, campaigns in counted.items():
            key = (language, len(campaigns.intersection(took)), len(campaigns))
            if key not in said:
                said[key] = sentence(*key)
            if said[key]:
                found.setdefault(supporter, {})[language] = said[key]
    return found


def over(version: Version) -> list[int]:
    """The campaigns that the personal line of `version` counts; none where it has no such line."""
    chosen = next((b.value["over"] for b in version.body if b.block_type == "personal"), "")
    if chosen == "all":
        return sorted(Campaign.objects.values_list("pk", flat=True))
    return contents.campaigns(version) if chosen else []


def sentence(language: str, took: int, out_of: int) -> str:
    """What a reader reads who took part in `took` of `out_of` campaigns; nothing for none."""
    if not took:
        return ""
    with override(language):
        if out_of == 1:
            return gettext("You took part in this campaign. Thank you.")
        return ngettext(
            "You took part in %(took)s of these %(out_of)s campaigns. Thank you.",
            "You took part in %(took)s of these %(out_of)s campaigns. Thank you.",
            took,
        ) % {"took": took, "out_of": out_of}
