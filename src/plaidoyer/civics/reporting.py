"""What the screens and the command line say of imports: counts in words, table by table."""

from collections.abc import Mapping

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from plaidoyer.civics.imports import Draft

VERBS: dict[str, str | Promise] = {
    "added": _("added"),
    "changed": _("changed"),
    "ended": _("ended"),
    "checked": _("checked again"),
    "removed": _("removed"),
    "conflicting": _("left as they are"),
}
Counts = Mapping[str, Mapping[str, int]]


def verb(name: str) -> str:
    """What an import did to rows, in words."""
    return str(VERBS.get(name, name))


def table(label: str) -> str:
    """The name of a kind of rows, such as "persons in office"."""
    if label == "conflicts":
        return str(_("conflicts"))
    try:
        return str(apps.get_model(label)._meta.verbose_name_plural)
    except (LookupError, ValueError):
        return label


def counts(of: Counts) -> list[tuple[str, list[tuple[str, int]]]]:
    """By kind of rows, how many were added, changed, ended and so on; in the order of VERBS."""
    order = list(VERBS)
    return [
        (
            table(label),
            [
                (verb(name), number)
                for name, number in sorted(
                    some.items(),
                    key=lambda item: order.index(item[0]) if item[0] in order else len(order),
                )
            ],
        )
        for label, some in of.items()
    ]


def line(of: Counts) -> str:
    """The same in one line: "persons in office: 3 added, 1 changed; …"."""
    return "; ".join(
        f"{label}: {', '.join(f'{number} {words}' for words, number in some)}"
        for label, some in counts(of)
    )


def examples(draft: Draft) -> list[tuple[str, list[str]]]:
    """Some of what a draft would do, by what it is: at most a few of each."""
    found: dict[str, list[str]] = {}
    for name, words in draft.said:
        found.setdefault(name, []).append(words)
    return [(verb(name), found[name]) for name in VERBS if name in found]
