"""Figures in running text: {figure:name} becomes its phrase, with a way to its definition."""

import re
from collections.abc import Iterable, Mapping

from django.utils.html import format_html

from plaidoyer.figures.models import Figure, Value
from plaidoyer.figures.tellings import tell
from plaidoyer.lib import typed

# In rich text an editor may have parted the braces from the name by nothing but spaces.
NAMED = re.compile(r"\{\s*figure\s*:\s*([-\w]{1,60})\s*\}", re.ASCII)


def names(text: str) -> list[str]:
    """The names of figures that stand in `text`, in their order, each once."""
    return list(dict.fromkeys(NAMED.findall(text)))


def unknown(text: str) -> list[str]:
    """Those that no figure with a value has."""
    wanted = names(text)
    return [name for name in wanted if name not in last(wanted)] if wanted else []


def last(of: Iterable[str]) -> dict[str, Value]:
    """The last value of each figure of those names, by name; two queries."""
    values = Value.objects.filter(figure__name__in=list(of)).order_by(
        "figure_id", "-counted_at", "-id"
    )
    found = values.distinct("figure_id").select_related(
        "figure__campaign", "figure__petition__legislature"
    )
    return {one.figure.name: one for one in found.prefetch_related("figure__forms")}


def fill(
    text: str, language: str, *, linked: bool = False, values: Mapping[str, Value] | None = None
) -> str:
    """`text` with its figures in words; in HTML each is a link to its own page if `linked`.

    A name that no figure has stays as it is written, for its writer to see. `values` are those to
    be told where they were read before.
    """
    if "figure" not in text or not (wanted := names(text)):
        return text
    values = last(wanted) if values is None else values

    def told(found: re.Match[str]) -> str:
        if found[1] not in values:
            return found[0]
        value = values[found[1]]
        said = tell(value.figure, value, language)
        if linked:
            return format_html('<a class="figure-link" href="{url}">{phrase}</a>', **said)
        return typed.line(said["phrase"])

    return NAMED.sub(told, text)


def of(name: str) -> Figure | None:
    """The figure of that name, with what its telling reads."""
    found = Figure.objects.select_related("campaign", "petition__legislature")
    return found.prefetch_related("forms").filter(name=name).first()
