"""The coalition's book as a bundle (docs/reference/bundles.md): the demo comes in by that door.

Campaigns with their targets, demands, forms, offline acts and figures, milestones with their
evidence, and the reports as drafts. What only acts and people can do follows in the story.
"""

import json
from typing import Any

from django.contrib.auth.models import User

from plaidoyer.bundles import imports, reading
from plaidoyer.bundles.models import BundleImport
from plaidoyer.demo.arvane import Book, evening, morning

NAME = "arvane.json"


def bring(
    books: list[Book], country: Book, told: Book, sheets: list[Book], *, by: User
) -> BundleImport:
    """Takes the whole book in as a bundle, as any other installation's would be."""
    data = json.dumps(bundle(books, country, told, sheets), ensure_ascii=False).encode()
    return imports.take(reading.read(data), name=NAME, data=data, by=by)


def bundle(books: list[Book], country: Book, told: Book, sheets: list[Book]) -> dict[str, Any]:
    """The tree of the bundle: campaigns in the order of `books`, `told` is outcomes.toml."""
    return {
        "format": "plaidoyer-bundle",
        "version": 1,
        "made_by": country["organisation"]["name"],
        "campaigns": [_campaign(one, country, told) for one in books],
        "milestones": [
            _milestone(fact, one["slug"], country["publishers"])
            for one in books
            for fact in one["milestones"]
        ],
        "editions": [_edition(sheet, books) for sheet in sheets],
    }


def _campaign(book: Book, country: Book, told: Book) -> Book:
    ours = {
        name: [one for one in told[name] if one["campaign"] == book["slug"]]
        for name in ("offline", "figures")
    }
    return {
        "slug": book["slug"],
        "name": book["name"],
        "summary": book["summary"],
        "opened_on": book["opened_on"].isoformat(),
        "closed_on": book["closed_on"].isoformat() if "closed_on" in book else None,
        "targets": [_target(key, country["offices"][key]) for key in book["targets"]],
        "demands": [
            {"key": f"d{n}", "words": one["words"], "targets": one.get("asked_of", [])}
            for n, one in enumerate(book["demands"], start=1)
        ],
        "forms": [_form(n, one) for n, one in enumerate(book.get("forms", []), start=1)],
        "offline": [_line(one, country["publishers"]) for one in ours["offline"]],
        "figures": [_figure(one) for one in ours["figures"] if one["source"] != "official"],
    }


def _days(one: Book, *names: str) -> dict[str, str]:
    """Those of its days that it has, as JSON writes them."""
    return {name: one[name].isoformat() for name in names if name in one}


def _target(key: str, office: Book) -> Book:
    names = ("office", "organization", "classification")
    return {"key": key, **{name: office[name] for name in names if name in office}}


def _form(number: int, form: Book) -> Book:
    # Which form it passes on is chosen once that one is there.
    options = {k: said for k, said in form.get("options", {}).items() if k != "passes_on"}
    return {
        "key": f"f{number}",
        "kind": form["kind"],
        "name": form["name"],
        "opens_at": morning(form["opens_on"]).isoformat(),
        "closes_at": evening(form["closes_on"]).isoformat() if "closes_on" in form else None,
        "goal": form.get("goal"),
        "options": options,
    }


def _line(one: Book, publishers: Book) -> Book:
    names = ("kind", "number", "words", "counted_by")
    days = _days(one, "happened_on", "published_on")
    return {**{name: one[name] for name in names}, **days, **_source(one, publishers)}


def _figure(one: Book) -> Book:
    """A figure over the first form of its campaign; its value is counted here."""
    names = ("name", "noun", "source", "rung", "offline_kind")
    days = _days(one, "starts_on", "ends_on")
    own = {"forms": ["f1"]} if one["source"] == "own" else {}
    counted = {"value": 0, "counted_at": "2026-01-01T00:00:00Z"}
    return {**{name: one[name] for name in names if name in one}, **days, **own, **counted}


def _milestone(fact: Book, slug: str, publishers: Book) -> Book:
    names = ("kind", "title", "story", "claim", "claim_words")
    return {
        "happened_on": fact["happened_on"].isoformat(),
        **{name: fact[name] for name in names if name in fact},
        "campaigns": [slug, *fact.get("also", [])],
        "movements": [
            {
                "campaign": move.get("campaign", slug),
                "demand": f"d{move['demand']}",
                "target": move["target"],
                "standing": move["standing"],
            }
            for move in fact.get("moves", [])
        ],
        "evidence": [
            {
                **_source(proof, publishers),
                "published_on": proof["published_on"].isoformat(),
                "retrieved_at": evening(proof["published_on"]).isoformat(),
            }
            for proof in fact["evidence"]
        ],
    }


def _source(one: Book, publishers: Book) -> Book:
    """What a proof is called, who published it, where, in which language."""
    publisher = publishers[one["publisher"]]
    return {
        "title": one["title"],
        "url": f"{publisher['url']}/{one['path']}",
        "publisher": publisher["name"],
        "language": publisher["language"],
    }


def _edition(sheet: Book, books: list[Book]) -> Book:
    days = _days(sheet, "starts_on", "ends_on")
    told = [(one["slug"], one["items"].get(sheet["slug"])) for one in books]
    return {**sheet, **days, "items": [_item(slug, entry) for slug, entry in told if entry]}


def _item(slug: str, entry: Book) -> Book:
    reason = entry.get("major_reason", {})
    told = {"campaign": slug, "title": entry["title"], "text": entry["text"]}
    return {**told, "is_major": bool(reason), "major_reason": reason}
