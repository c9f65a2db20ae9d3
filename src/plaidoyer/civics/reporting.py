"""What the screens and the command line say of imports: counts in words, table by table."""

from collections.abc import Mapping

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from plaidoyer.civics.imports import Draft

VERBS: dict[str, str | Promise] = {
    "added": pgettext_lazy("import", "added"),
    "changed": pgettext_lazy("import", "changed"),
    "ended": pgettext_lazy("import", "ended"),
    "checked": pgettext_lazy("import", "checked again"),
    "removed": pgettext_lazy("import", "removed"),
    "conflicting": pgettext_lazy("import", "left as they are"),
}
# Who decides comes first; what else was imported follows by its name.
TABLES = (
    "conflicts",
    "civics.person",
    "civics.membership",
    "civics.post",
    "civics.contactdetail",
    "civics.organization",
    "civics.area",
    "civics.identifier",
    "civics.postalprefix",
)
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


def counts(of: Counts) -> list[tuple[str, list[str]]]:
    """By kind of rows, how many were added, changed, ended and so on: "3 added", "1 changed"."""
    order, tables = list(VERBS), [*TABLES, *sorted(of.keys() - set(TABLES))]
    return [
        (
            table(label),
            [
                _("%(number)s %(added)s") % {"number": some[name], "added": verb(name)}
                for name in sorted(
                    some, key=lambda name: order.index(name) if name in order else len(order)
                )
            ],
        )
        for label, some in sorted(of.items(), key=lambda item: tables.index(item[0]))
    ]


def line(of: Counts) -> str:
    """The same in one line: "persons in office: 3 added, 1 changed; …"."""
    return "; ".join(
        _("%(what)s: %(number)s") % {"what": label, "number": ", ".join(some)}
        for label, some in counts(of)
    )


def examples(draft: Draft) -> list[tuple[str, list[str]]]:
    """Some of what a draft would do, by what it is: at most a few of each."""
    found: dict[str, list[str]] = {}
    for name, words in draft.said:
        found.setdefault(name, []).append(words)
    return [(verb(name), found[name]) for name in VERBS if name in found]
