"""A petition becomes a package, the package is checked, and the day it is handed over is kept."""

import csv
import io
import json
import subprocess
import zipfile
from datetime import timedelta

import pypdf
import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from plaidoyer.actions import areas, confirmations, intake
from plaidoyer.actions.models import AreaRelease
from plaidoyer.civics.models import Area
from plaidoyer.config.cli import main
from plaidoyer.lib.words import Words
from plaidoyer.outcomes.handovers import handing, packages, verifying
from plaidoyer.outcomes.models import Handover, Milestone, Package
from plaidoyer.supporters import privacy
from plaidoyer.supporters.models import Supporter
from plaidoyer.testing import make_form, make_organiser, make_pages, typed

pytestmark = pytest.mark.django_db
LETTER = Words(fr="Madame la Ministre,\n\nvoici.", en="Minister,\n\nhere it is.")


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def sign(form, name, *, named=True, confirmed=True):
    given, _space, family = name.partition(" ")
    act = intake.append(
        form,
        email=f"p{intake_number()}@post.example",
        given_name=given,
        family_name=family,
        language="en",
        page="/",
        content={"named": True} if named else {},
    )
    if confirmed:
        confirmations.confirm(act)
    return act


def intake_number() -> int:
    return Handover.objects.count() + Supporter.objects.count() + timezone.now().microsecond


@pytest.fixture
def petition():
    form = make_form(options={"names": True})
    sign(form, "Suzie Roy")
    sign(form, "=cmd|calc!A0 X")
    sign(form, "Laura Brook", named=False)
    sign(form, "Mallory Waits", confirmed=False)
    confirmations.withdraw(sign(form, "Charlie Gone"))
    return form


@pytest.fixture
def package(petition) -> Package:
    target = petition.campaign.targets.get()
    handover = Handover.objects.create(form=petition, target=target, words=LETTER)
    return packages.make(handover)


def opened(package) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(bytes(package.content))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_the_package_counts_by_the_ladder_at_one_moment(package):
    figures = {one["key"]: one["value"] for one in package.manifest["figures"]}

    assert figures == {"confirmed": 3, "named": 1, "submitted": 5, "withdrawn": 1}
    assert package.manifest["counted_at"] == package.counted_at.isoformat()
    assert all(one["definition"]["fr"] != "" for one in package.manifest["figures"])


def test_only_those_who_allowed_it_are_named(package):
    listed = rows(opened(package)["signatories.csv"])

    assert listed == [["number", "name", "place"], ["1", "Suzie R.", ""]]
    assert b"Brook" not in b"".join(opened(package).values())
    assert b"post.example" not in b"".join(opened(package).values())


def test_no_cell_is_a_formula():
    cells = rows(packages.table([["=1+1", "+1", "-1", "@x", "\t=1", " =1", "a=b", 3]]))

    assert all(not cell.lstrip().startswith(("=", "+", "-", "@")) for cell in cells[0])


def test_the_manifest_names_every_file_with_its_hash(package, tmp_path):
    zipped = tmp_path / "package.zip"
    zipped.write_bytes(bytes(package.content))
    folder = tmp_path / "open"
    with zipfile.ZipFile(zipped) as archive:
        archive.extractall(folder)

    assert verifying.verify(zipped) == []
    assert verifying.digest_of(zipped) == package.sha256
    checked = subprocess.run(
        ["sha256sum", "-c", "SHA256SUMS"], cwd=folder, capture_output=True, text=True
    )
    assert checked.returncode == 0
    assert checked.stdout.count(": OK") == len(list(folder.iterdir())) - 1


def changed(content: bytes, **files: bytes | None) -> bytes:
    """The zip with some files changed, added or, with None, left out."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        kept = {name: old.read(name) for name in old.namelist()}
        for name, text in {**kept, **files}.items():
            if text is not None:
                new.writestr(name, text)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"signatories.csv": b"x"}, "signatories.csv was changed"),
        ({"figures.csv": None}, "figures.csv is missing"),
        ({"more.txt": b"x"}, "more.txt is not in the manifest"),
        ({"manifest.json": b"{}"}, "not a package: it has no manifest of ours"),
        ({"manifest.json": b"[" * 100_000}, "not a package"),
        ({"manifest.json": b'{"format": "x"}'}, "its format is 'x'"),
    ],
)
def test_the_command_tells_what_was_changed(package, tmp_path, change, told):
    zipped = tmp_path / "package.zip"
    zipped.write_bytes(changed(bytes(package.content), **change))

    result = CliRunner().invoke(main, ["handover", "verify", str(zipped)])

    assert result.exit_code == 1
    assert told in result.output


def test_the_command_says_that_all_is_well(package, tmp_path):
    zipped = tmp_path / "package.zip"
    zipped.write_bytes(bytes(package.content))

    result = CliRunner().invoke(main, ["handover", "verify", str(zipped)])

    assert (result.exit_code, package.sha256 in result.output) == (0, True)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 nothing", b"x" * 1000])
def test_what_is_no_zip_is_told_in_a_sentence(tmp_path, content):
    zipped = tmp_path / "package.zip"
    zipped.write_bytes(content)

    result = CliRunner().invoke(main, ["handover", "verify", str(zipped)])

    assert result.exit_code == 1
    assert "Error: not a package" in result.output


@pytest.mark.parametrize(
    ("language", "words"), [("fr", "Madame la Ministre,"), ("en", "Minister,")]
)
def test_the_paper_is_tagged_and_says_so(package, language, words):
    pdf = pypdf.PdfReader(io.BytesIO(opened(package)[f"petition-{language}.pdf"]))

    root = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert root["/Lang"] == language
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf.xmp_metadata.stream.get_data()
    text = "".join(page.extract_text() for page in pdf.pages)
    assert words in text
    assert "Ada Vale" in text
    assert "Suzie" not in text


def test_the_same_moment_makes_the_same_bytes(petition):
    target, at = petition.campaign.targets.get(), timezone.now()
    first, second = (
        Handover.objects.create(form=petition, target=target, words=LETTER) for _ in range(2)
    )

    assert packages.make(first, at).sha256 == packages.make(second, at).sha256


def test_making_it_again_changes_nothing(package):
    assert packages.make(package.handover) is None
    assert Package.objects.get().sha256 == package.sha256


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE outcomes_package SET sha256 = 'x'",
        "UPDATE outcomes_package SET content = 'x'",
        "UPDATE outcomes_package SET content = '', sha256 = 'x'",
        "DELETE FROM outcomes_package",
    ],
)
def test_the_database_refuses_to_change_a_package(package, change):
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        connection.cursor().execute(change)


def test_hostile_words_are_words(petition):
    words = Words(fr='#panic("x") $ #import *', en="<script> =1+1 \\ `raw` @ref")
    handover = Handover.objects.create(
        form=petition, target=petition.campaign.targets.get(), words=words
    )

    package = packages.make(handover)

    pdf = pypdf.PdfReader(io.BytesIO(opened(package)["petition-en.pdf"]))
    assert "<script> =1+1" in pdf.pages[0].extract_text()


def test_a_sign_that_cannot_be_drawn_is_told(client, petition):
    handover = Handover.objects.create(
        form=petition,
        target=petition.campaign.targets.get(),
        words=Words(fr="Merci \U0001f9ff", en="Thank you"),
    )
    client.force_login(make_organiser())

    assert packages.make(handover) is None

    page = client.get(reverse("handover", args=[handover.pk])).content.decode()
    assert "The paper could not be made" in page
    assert "\U0001f9ff" in page


def test_areas_stand_in_tens_and_none_under_ten(petition):
    big = Area.objects.create(identifier="ocd-division/a", name=Words(en="Meander", fr="Méandre"))
    AreaRelease.objects.create(form=petition, total=60, shown={str(big.pk): 40})
    handover = Handover.objects.create(
        form=petition, target=petition.campaign.targets.get(), words=LETTER
    )

    [_header, row] = rows(opened(packages.make(handover))["areas.csv"])

    assert row[:4] == ["ocd-division/a", "Méandre", "Meander", "40"]
    assert areas.FEWEST == 10


def test_an_erased_person_stands_in_no_copy_of_ours(package):
    [suzie] = [one for one in Supporter.objects.all() if one.given_name == "Suzie"]
    privacy.erase(suzie)

    kept = Package.objects.get()
    assert (bytes(kept.content), kept.sha256) == (b"", package.sha256)


def test_an_organiser_makes_and_records_a_hand_over(client, petition):
    make_pages(petition)
    client.force_login(make_organiser())
    new = reverse("handover_new", args=[petition.pk])
    target = petition.campaign.targets.get()
    assert "– Protect the meadow" in client.get(new).content.decode()

    asked = client.post(new, typed(target=target.pk, words=LETTER))
    handover = Handover.objects.get()
    here = reverse("handover", args=[handover.pk])
    assert (asked.status_code, asked["Location"]) == (302, here)
    waiting = client.get(here)
    assert waiting["Refresh"]
    packages.make(handover)
    ready = client.get(here)
    assert "Refresh" not in ready
    assert "3 signatures handed over to Ada Vale" in ready.content.decode()
    zipped = client.get(reverse("handover_package", args=[handover.pk]))
    assert zipped["Content-Type"] == "application/zip"
    assert "no-store" in zipped["Cache-Control"]
    title = Words(fr="Remise", en="Handed over")
    receipt = SimpleUploadedFile("receipt.png", b"\x89PNG", content_type="image/png")
    for _twice in range(2):
        client.post(
            here,
            typed(happened_on=timezone.localdate().isoformat(), title=title, receipt=receipt),
        )

    milestone = Milestone.objects.get()
    assert (milestone.kind, str(milestone.title)) == ("handover", "Handed over")
    assert list(milestone.campaigns.all()) == [petition.campaign]
    manifest, _receipt = milestone.evidence.order_by("id")
    assert json.loads(manifest.file.read()) == handover.package.manifest
    assert handover.package.sha256 in manifest.title
    listed = client.get(reverse("handovers:index")).content.decode()
    assert "handed over" in listed
    assert "Hand over" in client.get(reverse("forms:index")).content.decode()


def test_what_cannot_be_is_told_beside_its_field(client, petition, package):
    client.force_login(make_organiser())
    new = reverse("handover_new", args=[petition.pk])
    here = reverse("handover", args=[package.handover.pk])

    missing = client.post(new, typed(target="0", words=Words(en="Only English")))
    days = [
        client.post(here, typed(happened_on=day, title=Words(en="x", fr="x")))
        for day in ("2999-01-01", "1999-01-01", "x", "")
    ]

    assert set(missing.context["form"].errors) == {"target", "words"}
    assert [answer.status_code for answer in (missing, *days)] == [422] * 5
    assert all(set(answer.context["form"].errors) == {"happened_on"} for answer in days)
    assert not Milestone.objects.exists()


def test_only_petitions_are_handed_over(client):
    client.force_login(make_organiser())

    letter = make_form(kind="letter")

    assert client.get(reverse("handover_new", args=[letter.pk])).status_code in {302, 404}


def test_asking_defers_one_job(petition):
    handing.ask(petition, petition.campaign.targets.get(), words=LETTER, by=None)

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT args FROM procrastinate_jobs WHERE task_name = 'outcomes.make_package'"
        )
        jobs = cursor.fetchall()
    keys = [json.loads(args) if isinstance(args, str) else args for (args,) in jobs]
    assert [one["handover_id"] for one in keys] == [Handover.objects.get().pk]
    assert timezone.now() - Handover.objects.get().asked_at < timedelta(minutes=1)
