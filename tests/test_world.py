import pytest

from plaidoyer.testing import make_form, make_pages

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_world_has_pages_in_both_languages(language):
    pages = make_pages(make_form())

    assert pages[language].get_url().startswith(f"/{language}/")
