"""The package of a petition: cover letter and figures on paper, lists, and a manifest; one zip."""

import csv
import datetime
import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from plaidoyer.actions import names
from plaidoyer.actions.kinds.letter import letters as addressees
from plaidoyer.actions.models import ActionForm
from plaidoyer.campaigns.models import Target
from plaidoyer.lib import paper, wording
from plaidoyer.lib.typed import harmless
from plaidoyer.lib.words import Words
from plaidoyer.organisation.models import Organisation
from plaidoyer.outcomes.handovers import figures
from plaidoyer.outcomes.handovers.figures import Counted
from plaidoyer.outcomes.handovers.models import Handover, Package
from plaidoyer.outcomes.handovers.verifying import FORMAT, MANIFEST, SUMS

SOURCE = Path(__file__).parent / "typst" / "petition.typ"
CHUNK = 2_000


def make(handover: Handover, at: datetime.datetime | None = None) -> Package | None:
    """Makes the package of `handover`, once; none where it is there or cannot be made.

    What went wrong stands in the hand-over, in the words of whoever asked.
    """
    if Package.objects.filter(handover=handover).exists():
        return None
    at = at or timezone.now()
    try:
        files, manifest = build(handover, at, lambda percent: note(handover, percent))
    except paper.UnprintableError as error:
        Handover.objects.filter(pk=handover.pk).update(
            failed_at=timezone.now(), failure=error.sign[:300]
        )
        return None
    content = zipped(files, at)
    with transaction.atomic():
        Handover.objects.select_for_update().get(pk=handover.pk)
        package, new = Package.objects.get_or_create(
            handover=handover,
            defaults={
                "content": content,
                "sha256": hashlib.sha256(content).hexdigest(),
                "size": len(content),
                "manifest": manifest,
                "counted_at": at,
            },
        )
        note(handover, 100)
    return package if new else None


def note(handover: Handover, percent: int) -> None:
    """How far it is, for whoever waits."""
    Handover.objects.filter(pk=handover.pk).update(progress=percent)


def build(
    handover: Handover, at: datetime.datetime, told: Callable[[int], None]
) -> tuple[dict[str, bytes], dict[str, Any]]:
    """Every file of the package by name, and the manifest that is one of them."""
    form, target = handover.form, handover.target
    counted = figures.count(form, at)
    told(10)
    files = {"signatories.csv": signatories(form, counted, told)}
    for number, (language, _name) in enumerate(settings.LANGUAGES):
        with override(language):
            files[f"petition-{language}.pdf"] = drawn(handover, target, counted, language)
        told(60 + 10 * number)
    files["figures.csv"] = table(figures_rows(counted))
    files["areas.csv"] = table(area_rows(counted))
    manifest = described(handover, counted, files)
    text = json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True)
    files[MANIFEST] = f"{text}\n".encode()
    told(90)
    return {**files, SUMS: sums(files)}, manifest


def signatories(form: ActionForm, counted: Counted, told: Callable[[int], None]) -> bytes:
    """Name and place of those who ticked that they may be shown, and of nobody else."""

    def rows() -> Iterable[list[Any]]:
        yield ["number", "name", "place"]
        whole = max(counted.figures["named"], 1)
        listed = figures.named(form, counted.at).iterator(chunk_size=CHUNK)
        for number, name in enumerate(listed, start=1):
            if number % CHUNK == 0:
                told(10 + min(50, 50 * number // whole))
            yield [number, name.name, names.place(name)]

    with override(settings.LANGUAGE_CODE):
        return table(rows())


def figures_rows(counted: Counted) -> Iterable[list[Any]]:
    """The figures with their rule in each language."""
    languages = [code for code, _name in settings.LANGUAGES]
    yield ["figure", "value", "counted_at", *(f"definition_{code}" for code in languages)]
    at = counted.at.isoformat(timespec="seconds")
    for key, value in counted.figures.items():
        words = in_each(partial(str, figures.DEFINITIONS[key]))
        yield [key, value, at, *(words[code] for code in languages)]


def area_rows(counted: Counted) -> Iterable[list[Any]]:
    """The areas that may be told, in tens."""
    languages = [code for code, _name in settings.LANGUAGES]
    yield ["area", *(f"name_{code}" for code in languages), "at_least", "counted_at"]
    at = counted.areas_at.isoformat(timespec="seconds") if counted.areas_at else ""
    for row in counted.areas:
        words = in_each(partial(str, row.area))
        names_of = [words[code] for code in languages]
        yield [row.area.identifier, *names_of, row.at_least, at]


def in_each(said: Callable[[], str]) -> Words:
    """What `said` says in each language."""
    words = Words()
    for language, _name in settings.LANGUAGES:
        with override(language):
            words[language] = said()
    return words


def table(rows: Iterable[Sequence[Any]]) -> bytes:
    """A CSV in UTF-8 with the mark that Excel needs; no cell is a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    for row in rows:
        writer.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])
    return text.getvalue().encode("utf-8-sig")


def addressee(target: Target, language: str) -> str:
    """ "Ada Vale, Minister of Waters", as she holds the office today."""
    return addressees.recipient(target).named(language)


def drawn(handover: Handover, target: Target, counted: Counted, language: str) -> bytes:
    """The paper in the active language. Raises UnprintableError."""
    files = {
        "main.typ": SOURCE.read_bytes(),
        "petition.json": json.dumps(tree(handover, target, counted, language)).encode(),
    }
    return paper.render(files, counted.at)


def tree(handover: Handover, target: Target, counted: Counted, language: str) -> dict[str, Any]:
    """All that stands on paper, in the active language."""
    organisation = Organisation.current()
    letter = handover.words.in_language(language)
    areas_at = counted.areas_at and wording.moment(timezone.localtime(counted.areas_at), language)
    return {
        "language": language,
        "title": handover.form.name.in_language(language),
        "campaign": handover.form.campaign.name.in_language(language),
        "to": addressee(target, language),
        "date": wording.date(timezone.localtime(counted.at).date(), language),
        "letter": [part.split("\n") for part in letter.split("\n\n") if part.strip()],
        "organisation": {
            "name": organisation.name.in_language(language),
            "accent": organisation.accent,
            "address": [line for line in organisation.postal_address.splitlines() if line],
            "email": organisation.contact_email,
        },
        "demands": [
            demand.words.in_language(language)
            for demand in handover.form.campaign.demands.order_by("position", "id")
            if target in demand.asked_of()
        ],
        "figures": [
            {**one, "value": wording.number(one["value"], language)}
            for one in figures.defined(counted)
        ],
        "areas": [[str(row.area), wording.number(row.at_least, language)] for row in counted.areas],
        "labels": labels(wording.moment(timezone.localtime(counted.at), language), areas_at or ""),
    }


def labels(counted_at: str, areas_at: str) -> dict[str, str]:
    """The paper's own words, in the active language."""
    return {
        "to": _("To:"),
        "petition": _("Petition"),
        "asks": _("What is asked"),
        "figures": _("The signatures in figures"),
        "counted": _("Counted on %(moment)s.") % {"moment": counted_at},
        "figure": _("Figure"),
        "number": _("Number"),
        "areas": _("By area"),
        "areas_rule": str(figures.AREAS_RULE),
        "areas_counted": _("Counted on %(moment)s.") % {"moment": areas_at} if areas_at else "",
        "area": _("Area"),
        "at_least": _("At least"),
        "no_areas": _("No area can be told without telling of individual people."),
        "checking": _("How this package can be checked"),
        "checking_words": _(
            "With this letter come the list of those who let themselves be named (signatories.csv),"
            " the figures (figures.csv, areas.csv) and a manifest (manifest.json) with the SHA-256 "
            "of every file. On a computer, “sha256sum -c SHA256SUMS” in the folder of the files "
            "tells whether any was changed since."
        ),
        "page": _("Page"),
    }


def described(handover: Handover, counted: Counted, files: dict[str, bytes]) -> dict[str, Any]:
    """The manifest: what was counted when and how, and the hash of each file."""
    form, target = handover.form, handover.target
    return {
        "format": FORMAT,
        "petition": {"id": form.public_id, "name": dict(form.name)},
        "campaign": dict(form.campaign.name),
        "to": dict(in_each_named(target)),
        "from": dict(Organisation.current().name),
        "counted_at": counted.at.isoformat(),
        "figures": [
            {
                "key": key,
                "value": value,
                "label": dict(in_each(partial(str, figures.LABELS[key]))),
                "definition": dict(in_each(partial(str, figures.DEFINITIONS[key]))),
            }
            for key, value in counted.figures.items()
        ],
        "areas": {
            "counted_at": counted.areas_at and counted.areas_at.isoformat(),
            "definition": dict(in_each(partial(str, figures.AREAS_RULE))),
            "shown": len(counted.areas),
        },
        "files": [
            {"name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in sorted(files.items())
        ],
    }


def in_each_named(target: Target) -> Words:
    """To whom it goes, in each language."""
    return Words({code: addressee(target, code) for code, _name in settings.LANGUAGES})


def sums(files: dict[str, bytes]) -> bytes:
    """The lines that `sha256sum -c` reads."""
    lines = [f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items()]
    return "".join(sorted(lines, key=lambda line: line[66:])).encode()


def zipped(files: dict[str, bytes], at: datetime.datetime) -> bytes:
    """One zip, the same bytes for the same files and moment."""
    moment = at.astimezone(datetime.UTC).timetuple()[:6]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            info = zipfile.ZipInfo(name, date_time=moment)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, content)
    return buffer.getvalue()
