"""A kind of acts is a folder."""

import sys

import pytest

from plaidoyer.actions import kinds
from plaidoyer.actions.models import Action
from plaidoyer.testing import make_form, make_organiser, make_pages

RALLY = """
from django import forms
from plaidoyer.actions.forms import ActForm, OptionsForm
from plaidoyer.actions.kinds import Kind

class RallyForm(ActForm):
    friends = forms.IntegerField(label="Friends you bring", min_value=0)

    def content(self):
        return {"friends": self.cleaned_data["friends"]}

class RallyOptions(OptionsForm):
    place = forms.CharField(label="Where we meet")

KIND = Kind(
    name="rally", label="Rally", send="I will come", form=RallyForm, options_form=RallyOptions,
    counted=lambda number: "will come",
)
"""


@pytest.fixture
def rally(tmp_path, monkeypatch):
    """A made-up kind: one more folder, and nothing else changed."""
    folder = tmp_path / "rally"
    folder.mkdir()
    (folder / "__init__.py").write_text(RALLY)
    monkeypatch.setattr(kinds, "__path__", [*kinds.__path__, str(tmp_path)])
    for name, kind in kinds.discover().items():
        monkeypatch.setitem(kinds.KINDS, name, kind)
    yield kinds.KINDS["rally"]
    del sys.modules["plaidoyer.actions.kinds.rally"]


def test_the_folders_are_the_kinds():
    assert {"petition", "letter"} <= set(kinds.KINDS)
    assert all(name == kind.name for name, kind in kinds.KINDS.items())


@pytest.mark.django_db
def test_a_new_folder_is_a_new_kind_from_page_to_row(client, rally):
    form = make_form(kind="rally")
    page = client.get(make_pages(form)["en"].get_url()).content.decode()
    typed = {"given_name": "Omar", "family_name": "Haddad", "email": "omar@post.example"}

    answer = client.post(f"/en/actions/{form.public_id}/", typed)
    assert "friends" in answer.context["form"].errors
    client.post(f"/en/actions/{form.public_id}/", {**typed, "friends": "3"})

    assert "Friends you bring" in page
    assert "I will come" in page
    assert Action.objects.get().content == {"friends": 3}


@pytest.mark.django_db
def test_a_new_folder_has_its_sheet_in_the_back_office(client, rally):
    client.force_login(make_organiser())

    sheet = client.get("/admin/forms/new/?kind=rally", follow=True).content.decode()

    assert "Where we meet" in sheet
