"""Nobody finds out who has signed: neither from what our doors answer, nor from how long it takes.

The rule stands in docs/why/design.md: known and unknown people get the same bytes in the same
time. An attacker who guesses from the time alone is right half of the time (area under the ROC
curve 0.45 to 0.55 over 2,000 answers); a view that looks somebody up first is found out.
"""

import gc
import random
import re
import time

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import clear_url_caches, path, set_urlconf

from plaidoyer.actions import confirmations, intake
from plaidoyer.actions.models import Action, Confirmation
from plaidoyer.config import urls as ours
from plaidoyer.testing import make_form, make_pages
from plaidoyer.vault import marks

pytestmark = pytest.mark.django_db

ANSWERS = 2_000
PEOPLE = 100


def leaky(request):
    """What must not be: it looks whether somebody has signed, and is quicker when they have."""
    mark = marks.address(request.POST["email"])
    found = Confirmation.objects.filter(supporter__mark=mark).first()
    if found is None:
        for _look in range(2):
            Confirmation.objects.filter(supporter__mark=mark).count()
    Action.objects.filter(mark=mark).exists()
    return HttpResponse("Thank you")


class LeakyUrls:
    urlpatterns = [path("leaky/", leaky), *ours.urlpatterns]


def auc(known, unknown):
    """How often a random known person's answer is slower than a random stranger's."""
    ranked = sorted([(seconds, True) for seconds in known] + [(s, False) for s in unknown])
    ranks = [rank for rank, (_seconds, is_known) in enumerate(ranked, 1) if is_known]
    least = len(known) * (len(known) + 1) / 2
    return (sum(ranks) - least) / (len(known) * len(unknown))


@pytest.fixture
def form():
    """A petition that a hundred people have signed and confirmed."""
    form = make_form()
    make_pages(form)
    acts = [intake.append(form, **person(f"known{n:03}"), language="en") for n in range(PEOPLE)]
    confirmations.confirm_many(acts)
    return form


def person(name):
    return {
        "given_name": "Suzie",
        "family_name": "Roy",
        "email": f"{name}@post.example",
        "page": "/en/",
    }


def measure(address, answers=ANSWERS):
    """Seconds of each answer to known people and to strangers, in an order nobody can foresee."""
    client, chance = Client(), random.Random(47)
    asked = [True, False] * (answers // 2)
    chance.shuffle(asked)
    seconds = {True: [], False: []}
    for known in asked[:50]:
        client.post(address, person(name(known, chance)))
    gc.disable()
    try:
        for known in asked:
            typed = person(name(known, chance))
            began = time.perf_counter()
            client.post(address, typed)
            seconds[known].append(time.perf_counter() - began)
    finally:
        gc.enable()
    return auc(seconds[True], seconds[False])


def name(known, chance):
    return f"{'known' if known else 'other'}{chance.randrange(PEOPLE):03}"


def test_the_time_of_the_answer_tells_nothing(form):
    found = measure(f"/en/actions/{form.public_id}/")

    assert Action.objects.count() >= ANSWERS
    assert 0.45 <= found <= 0.55


def test_a_view_that_looks_somebody_up_is_found_out(form, settings):
    settings.ROOT_URLCONF = LeakyUrls
    clear_url_caches()
    try:
        found = measure("/leaky/", 400)
    finally:
        set_urlconf(None)
        clear_url_caches()

    assert not 0.45 <= found <= 0.55


def test_the_bytes_of_the_answer_tell_nothing(client, form):
    pages = []
    for typed in (person("known001"), person("other001")):
        answer = client.post(f"/en/actions/{form.public_id}/", typed)
        address = answer.headers["Location"]
        page = client.get(address).content.decode()
        pages.append((answer.status_code, answer.content, len(address), plain(page)))

    assert pages[0] == pages[1]


def plain(page):
    """The page without its own address and what was typed."""
    return re.sub(r"(known|other)001", "…", re.sub(r"/thanks/[^/]+/", "/thanks/…/", page))
