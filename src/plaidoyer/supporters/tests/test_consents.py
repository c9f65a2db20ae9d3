"""A yes or a no with its proof; the last one holds."""

import datetime

import pytest
from django.utils import timezone

from plaidoyer.supporters import consents
from plaidoyer.supporters.models import Consent, ConsentWording, Subscription, Supporter

pytestmark = pytest.mark.django_db


@pytest.fixture
def suzie():
    return Supporter.objects.create(mark="suzie", email="suzie@post.example", language="fr")


def yes(text="Oui, écrivez-moi."):
    return consents.wording("newsletter", "fr", text)


def is_subscribed(supporter):
    return supporter.subscriptions.filter(ended_at=None).exists()


def test_the_same_sentence_is_kept_once():
    assert yes() == yes()
    assert yes("Autre phrase.") != yes()


def test_showing_a_sentence_writes_nothing():
    shown = consents.asked("newsletter", "fr", "Oui, écrivez-moi.")

    assert shown.pk is None
    assert not ConsentWording.objects.exists()
    assert consents.kept(shown) == consents.asked("newsletter", "fr", "Oui, écrivez-moi.")


def test_a_yes_opens_a_subscription(suzie):
    consent = consents.give(suzie, purpose="newsletter", wording=yes(), page="/fr/")

    assert (consent.answer, consent.page, consent.wording) == ("given", "/fr/", yes())
    assert Subscription.objects.get().consent == consent


def test_a_second_yes_is_kept_and_the_subscription_goes_on(suzie):
    for _time in range(2):
        consents.give(suzie, purpose="newsletter", wording=yes(), page="/fr/")

    assert Consent.objects.count() == 2
    assert Subscription.objects.count() == 1


def test_a_no_ends_the_subscription(suzie):
    consents.give(suzie, purpose="newsletter", wording=yes(), page="/fr/")
    consents.withdraw(suzie, purpose="newsletter", page="/u/")

    assert not is_subscribed(suzie)
    assert Consent.objects.order_by("id").last().answer == "withdrawn"
    consents.withdraw(suzie, purpose="newsletter", page="/u/")
    consents.give(suzie, purpose="newsletter", wording=yes(), page="/fr/")
    assert is_subscribed(suzie)


def test_another_purpose_opens_no_subscription(suzie):
    other = consents.wording("surveys", "fr", "Oui, interrogez-moi.")
    consents.give(suzie, purpose="surveys", wording=other, page="/fr/")

    assert not is_subscribed(suzie)


def test_a_wording_serves_its_own_purpose_only(suzie):
    with pytest.raises(ValueError, match="newsletter"):
        consents.give(suzie, purpose="surveys", wording=yes(), page="/fr/")


def test_an_answer_is_dated(suzie):
    at = timezone.now() - datetime.timedelta(days=400)
    consents.give(suzie, purpose="newsletter", wording=yes(), page="/fr/", at=at)

    assert Consent.objects.get().answered_at == at
    assert Subscription.objects.get().began_at == at


def test_many_yeses_take_a_few_statements(django_assert_max_num_queries):
    crowd = [Supporter(mark=f"s{n}", email=f"s{n}@post.example", language="fr") for n in range(50)]
    answers = [consents.Answer(one, yes()) for one in Supporter.objects.bulk_create(crowd)]

    with django_assert_max_num_queries(6):
        consents.give_many(answers)

    assert Subscription.objects.count() == 50
