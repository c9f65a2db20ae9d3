"""Whom one can ask, by their words: found among those that are held, else added."""

from functools import reduce
from operator import or_

from django.db.models import Q

from plaidoyer.civics.models import Organization, Post
from plaidoyer.lib.words import Words


def held(body: Words, office: Words) -> Post | Organization | None:
    """The office of that title in the organization of that name; without a title, the organization.

    Both are known by their words in any one language, in large or small letters.
    """
    found = Organization.objects.filter(_called("name", body)).order_by("pk").first()
    if found is None or not office:
        return found
    return Post.objects.filter(_called("label", office), organization=found).first()


def add(body: Words, office: Words) -> Post | Organization:
    """The same, added where it is not held; its addresses and its holder can follow."""
    found = held(body, Words()) or Organization.objects.create(name=body)
    if not office:
        return found
    return held(body, office) or Post.objects.create(organization=found, label=office)


def _called(column: str, words: Words) -> Q:
    said = (Q(**{f"{column}__{code}__iexact": text}) for code, text in words.items())
    return reduce(or_, said)
