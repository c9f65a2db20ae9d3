import io
import re

import pypdf
import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils.html import strip_tags

from plaidoyer.actions.models import ActionForm
from plaidoyer.lib.words import Words
from plaidoyer.newsletters import copies
from plaidoyer.newsletters.models import Copy
from plaidoyer.organisation.models import Organisation
from plaidoyer.outcomes.models import Evidence, Milestone
from plaidoyer.reports import editions
from plaidoyer.reports.approvals import digest
from plaidoyer.reports.models import Document, Edition, Item
from plaidoyer.supporters.models import Supporter
from plaidoyer.testing import make_pages

FIGURES = {
    "en": ["more than 1,000", "more than 82,000"],
    "fr": ["plus de 1\u202f000", "plus de 82\u202f000"],
}


def plain(text):
    return re.sub(r"[\s\u00a0\u202f]+", " ", text)


def web(client, language):
    response = client.get(f"/{language}/reports/2026-1/")
    assert response.status_code == 200
    return response.content.decode()


def paper(client, language):
    response = client.get(f"/{language}/reports/2026-1/2026-1-{language}.pdf")
    assert response["Content-Type"] == "application/pdf"
    return pypdf.PdfReader(io.BytesIO(response.content))


def mail(language):
    copy = Copy.objects.get(supporter__language=language)
    return copies.compose([copy.envelope])[copy.envelope_id]


def everything(client, language):
    message = mail(language)
    pages = "\n".join(page.extract_text() for page in paper(client, language).pages)
    body = web(client, language).split("<main", 1)[1].split("</main>", 1)[0]
    return [body, message.subject, message.html, message.text, pages]


@pytest.fixture
def published(half_year, world):
    return editions.publish(half_year, world[0])


@pytest.mark.parametrize("language", ["fr", "en"])
def test_web_mail_and_paper_tell_the_same_figures(published, client, language):
    page, _subject, html, text, pdf = everything(client, language)

    for told in (strip_tags(page), strip_tags(html), text, pdf):
        for figure in FIGURES[language]:
            assert plain(figure) in plain(told)
    assert {"fr": "1\u202f034", "en": "1,034"}[language] in page
    assert {"fr": "82\u202f317", "en": "82,317"}[language] in page


@pytest.mark.parametrize("language", ["fr", "en"])
def test_nothing_published_changes_when_every_fact_does(published, client, language):
    before = everything(client, language)

    Edition.objects.update(title=Words(fr="Autre", en="Other"), introduction=Words(en="Other"))
    Item.objects.update(
        title=Words(en="Other"), text=Words(en="Other"), is_major=True, major_reason=Words(en="x")
    )
    Milestone.objects.update(title=Words(en="Other"))
    Evidence.objects.all().delete()
    campaign = Item.objects.get().campaign
    campaign.name = Words(en="Other")
    campaign.save()
    campaign.official_petitions.clear()
    organisation = Organisation.current()
    organisation.giving_url = Words(en="https://other.example/")
    organisation.save()

    after = everything(client, language)
    assert after == before


def test_a_document_is_what_its_hash_says(published):
    documents = {document.language: document for document in published.documents.all()}

    assert set(documents) == {"fr", "en"}
    for document in documents.values():
        assert document.sha256 == digest(document.content)


@pytest.mark.parametrize(
    "change", ["UPDATE reports_document SET language = 'xx'", "DELETE FROM reports_document"]
)
def test_the_database_refuses_to_change_a_document(published, change):
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        connection.cursor().execute(change)


def test_the_paper_is_tagged_and_says_so(published, client):
    pdf = paper(client, "fr")

    root = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert root["/Lang"] == "fr"
    assert pdf.metadata.title == "Ce que vous avez changé"
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf.xmp_metadata.stream.get_data()
    assert pdf.outline


def test_publishing_twice_is_refused(published, world):
    with pytest.raises(editions.RefusedError):
        editions.publish(published, world[0])

    assert Document.objects.count() == 2
    with pytest.raises(DatabaseError), transaction.atomic():
        Document.objects.create(edition=published, language="fr", content={}, sha256="", pdf=b"")


def test_every_reader_gets_it_in_their_language(published):
    assert mail("fr").subject == "Ce que vous avez changé"
    assert mail("en").subject == "What you changed"
    assert published.mailing.copies.count() == 2
    for language in ("fr", "en"):
        message = mail(language)
        assert len(message.html.encode()) < 100_000
        assert "List-Unsubscribe" in message.headers
        assert f"/{language}/reports/2026-1/" in message.html
        assert f"2026-1-{language}.pdf" in message.text
        assert "1 Quay Street" in message.html
        assert "Rivertown" in message.text
        for part in (message.html, message.text):
            assert (
                copies.unsubscribe_url(Copy.objects.get(supporter__language=language).supporter)
                in part
            )


def test_the_mail_offers_what_one_can_do_now_by_links_that_know_their_reader(
    half_year, world, client
):
    form = ActionForm.objects.filter(kind="petition").first()
    make_pages(form)
    for one in Supporter.objects.all():
        one.family_name = "Roy"
        one.save()

    editions.publish(half_year, world[0])

    for language in ("fr", "en"):
        message = mail(language)
        [link] = re.findall(rf"{settings.BASE_URL}(/{language}/for/\S+)", message.text)
        page = client.get(link).content.decode()
        assert link in message.html
        assert form.name[language] in message.text
        assert "•••@post.example" in page
        assert "Roy" not in page


def test_the_page_is_public_and_the_same_for_everybody(published, client):
    response = client.get("/fr/reports/2026-1/")

    assert "public" in response["Cache-Control"]
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")
    assert 'lang="fr"' in response.content.decode()


def test_the_chart_comes_with_its_table_and_its_words(published, client):
    page = web(client, "en")

    assert "The busiest week began on February 2, 2026: more than 1,000 confirmed acts." in page
    assert '<th scope="row">February 2, 2026</th><td class="is-number">1,034</td>' in page
    for name in ("acts", "acts-dark", "standings", "ladder"):
        picture = client.get(f"/en/reports/2026-1/charts/{name}.svg")
        assert picture["Content-Type"] == "image/svg+xml"
        assert picture.content.startswith(b"<svg")
    # Its place is kept while it is on its way.
    for said in re.findall(r'<img src="[^"]*charts/[^"]*"[^>]*>', page):
        assert re.search(r' width="\d+" height="\d+"', said), said
    assert client.get("/en/reports/2026-1/charts/acts.png").content.startswith(b"\x89PNG")
    assert client.get("/en/reports/2026-1/charts/none.svg").status_code == 404


def test_the_list_names_the_editions(published, client):
    page = client.get("/fr/reports/").content.decode()

    assert "Ce que vous avez changé" in page
    assert "de janvier à juin 2026" in page


@pytest.mark.parametrize(
    "path",
    ["/fr/reports/none/", "/fr/reports/2026-1/2026-1-de.pdf", "/fr/reports/2026-1/x-fr.pdf"],
)
def test_what_is_not_published_is_not_found(published, client, path):
    assert client.get(path).status_code == 404


def test_a_draft_is_not_found(half_year, client):
    assert client.get("/en/reports/2026-1/").status_code == 404
