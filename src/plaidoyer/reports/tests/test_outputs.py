import csv
import datetime
import io
import json
import re
from xml.etree import ElementTree

import pypdf
import pytest
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Site

from plaidoyer.actions.models import Confirmation
from plaidoyer.evidence.models import DeadLink
from plaidoyer.lib.words import Words
from plaidoyer.newsletters import copies
from plaidoyer.newsletters.models import Copy
from plaidoyer.reports import editions, machines
from plaidoyer.reports.models import Document, Item, Picture
from plaidoyer.reports.settings import ReportSettings
from plaidoyer.testing import supporter

BOTH = pytest.mark.parametrize("language", ["fr", "en"])


def adorn(edition, ed, anne):
    """A picture, a quote and names of headings of the organisation's own."""
    image = get_image_model().objects.create(title="Meadow", file=get_test_image_file())
    Item.objects.filter(edition=edition).update(
        picture=image,
        picture_alt=Words(fr="Le pré", en="The meadow"),
        quote=Words(fr="Enfin !", en="At last!"),
        quote_by=Words(fr="Ada, riveraine", en="Ada, neighbour"),
        is_major=True,
        major_reason=Words(fr="Une première", en="A first"),
        edited_by=ed,
    )
    ReportSettings.objects.create(
        site=Site.objects.get(),
        victory=Words(fr="Grandes victoires", en="Great wins"),
    )
    editions.approve(edition.items.get(), anne)


@pytest.fixture
def published(half_year, world):
    ed, anne = world
    adorn(half_year, ed, anne)
    return editions.publish(half_year, anne)


@BOTH
def test_the_paper_is_for_screen_readers_and_for_archives(published, language):
    document = Document.objects.get(language=language)
    pdf = pypdf.PdfReader(io.BytesIO(bytes(document.pdf)))
    root = pdf.trailer["/Root"]
    claims = pdf.xmp_metadata.stream.get_data().decode()

    assert "<pdfuaid:part>1</pdfuaid:part>" in claims
    assert "<pdfaid:part>3</pdfaid:part>" in claims
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in claims
    assert root["/OutputIntents"][0]["/S"] == "/GTS_PDFA1"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == language
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert pdf.metadata.title == document.content["title"]
    assert "/Encrypt" not in pdf.trailer
    assert b"figures.csv" in bytes(document.pdf) or "figures.csv" in pdf.attachments
    every = list(structure(root["/StructTreeRoot"]))
    tags = [tag for tag, _alt in every]
    for tag in ("/H1", "/H2", "/P", "/L", "/Table", "/TH", "/Figure", "/Note", "/Link", "/TOC"):
        assert tag in tags
    assert all(alt for tag, alt in every if tag == "/Figure")
    for page in pdf.pages:
        assert page["/Tabs"] == "/S"
        for font in page["/Resources"].get("/Font", {}).values():
            below = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            assert {"/FontFile2", "/FontFile3"} & {*below}


def structure(node):
    """Every element of the structure tree, with what is said in its place."""
    node = node.get_object()
    if isinstance(node, list):
        for kid in node:
            yield from structure(kid)
    elif isinstance(node, dict):
        if "/S" in node:
            yield node["/S"], node.get("/Alt", "")
        if "/K" in node:
            yield from structure(node["/K"])


@BOTH
def test_the_same_figures_come_for_programs(published, client, language):
    data = client.get(f"/{language}/reports/2026-1/figures.json").json()
    table = client.get(f"/{language}/reports/2026-1/figures.csv").content.decode("utf-8-sig")

    told = [figure for item in data["items"] for figure in item["figures"]]
    rows = list(csv.DictReader(io.StringIO(table)))
    assert [figure["value"] for figure in told] == [1_034, 82_317]
    assert [int(row["value"]) for row in rows] == [1_034, 82_317]
    for figure, row in zip(told, rows, strict=True):
        assert figure["definition"] == row["definition"]
        assert row["counted_at"]
    assert data["items"][0]["milestones"][0]["evidence"][0]["url"] == "https://gazette.example/1"
    assert data["sha256"] == Document.objects.get(language=language).sha256


def test_a_cell_is_never_a_formula():
    figure = {"value": 1, "counted_at": "", "words": "1", "label": "=x", "definition": "@y"}
    item = {"title": "=1+1", "anchor": "a", "figures": [{**figure, "source_url": ""}]}
    tree = {"web_url": "", "groups": [{"label": "+v", "items": [item]}]}

    [_head, row] = csv.reader(io.StringIO(machines.csv(tree)))

    assert not any(cell.startswith(("=", "+", "@")) for cell in row)


@BOTH
def test_the_page_describes_itself_to_machines(published, client, language):
    page = client.get(f"/{language}/reports/2026-1/").content.decode()

    described = json.loads(re.search(r"<script[^>]*ld\+json[^>]*>(.*?)</script>", page)[1])
    assert described["@type"] == "Report"
    assert described["inLanguage"] == language
    assert described["hasPart"][0]["url"].endswith("#c-meadow")
    assert 'id="c-meadow"' in page
    [address] = re.findall(r'og:image" content="[^"]*(/\w\w/reports/[^"]*)"', page)
    assert client.get(address).content.startswith(b"\x89PNG")
    feed = ElementTree.fromstring(client.get(f"/{language}/reports/feed.atom").content)
    entries = feed.findall("{http://www.w3.org/2005/Atom}entry")
    assert len(entries) == 1


@BOTH
def test_pictures_quotes_and_own_names_are_told(published, client, language):
    page = client.get(f"/{language}/reports/2026-1/").content.decode()

    for words in {
        "fr": ["Grandes victoires", "Le pré", "Ada, riveraine"],
        "en": ["Great wins", "The meadow", "Ada, neighbour"],
    }[language]:
        assert words in page
    picture = Picture.objects.get()
    assert f"/{language}/reports/2026-1/pictures/{picture.name}" in page
    answer = client.get(f"/{language}/reports/2026-1/pictures/{picture.name}")
    assert answer.content == bytes(picture.data)
    assert answer.content.startswith(b"\xff\xd8")


def test_the_mail_is_short_first_and_says_in_how_many_one_took_part(half_year, world):
    suzie = supporter("suzie@post.example")
    Confirmation.objects.filter(pk=Confirmation.objects.first().pk).update(supporter=suzie)

    editions.publish(half_year, world[0])

    sent = [copies.compose([copy.envelope])[copy.envelope_id] for copy in Copy.objects.all()]
    texts = {message.language: message for message in sent}
    assert "You took part in this campaign." in texts["en"].text
    assert "You took part in this campaign." in texts["en"].html
    assert "pris part" not in texts["fr"].text
    assert texts["en"].text.index("In short") < texts["en"].text.index("more than 1,000")
    assert "/charts/standings.png" in texts["en"].html
    page = Document.objects.get(language="en").content
    assert "took part" not in json.dumps(page)


def test_an_edition_in_one_language_asks_for_no_other(half_year, world):
    half_year.languages = ["fr"]
    half_year.thanks = Words(fr="Merci.")
    half_year.save()

    editions.publish(half_year, world[0])

    assert Document.objects.get().language == "fr"


def test_evidence_whose_link_is_dead_says_since_when_and_the_document_does_not(
    client, half_year, world
):
    editions.publish(half_year, world[1])
    alive = client.get("/en/reports/2026-1/").text
    day = datetime.datetime(2026, 7, 1, 12, tzinfo=datetime.UTC)
    gone = {"url": "https://gazette.example/1", "detail": "404", "first_at": day}
    link = DeadLink.objects.create(**gone, last_at=day)

    assert client.get("/en/reports/2026-1/").text == alive
    DeadLink.objects.update(last_at=day + datetime.timedelta(days=1))

    dead = client.get("/fr/reports/2026-1/").text
    assert "1er juillet 2026" in dead.partition("evidence__dead")[2]
    assert "2026-07-01" not in str(Document.objects.get(language="fr").content)
    link.delete()
    assert client.get("/en/reports/2026-1/").text == alive


@BOTH
def test_a_campaign_of_an_edition_is_passed_on_by_itself(client, half_year, world, language):
    editions.publish(half_year, world[1])
    edition = f"/{language}/reports/2026-1/"
    told = Document.objects.get(language=language).content["groups"][0]["items"][0]

    page = client.get(f"{edition}meadow/")

    assert f'href="{edition}meadow/"' in client.get(edition).text
    assert told["title"] in page.text
    assert told["figures"][0]["exact"] in page.text
    picture = f"{edition}meadow/share.png"
    assert f'property="og:image" content="http://localhost:8000{picture}"' in page.text
    drawn = client.get(picture)
    assert drawn.content.startswith(b"\x89PNG")
    assert drawn.content != client.get(f"{edition}share.png").content
    for wrong in ("nothing/", "nothing/share.png"):
        assert client.get(edition + wrong).status_code == 404
