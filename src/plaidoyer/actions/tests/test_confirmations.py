"""Suzie says yes by the link in her mail, or takes it back."""

import threading

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from plaidoyer.actions import confirmations, counting, intake, matching
from plaidoyer.actions.confirmations import State
from plaidoyer.actions.messages import confirmation_path, withdrawal_path
from plaidoyer.actions.models import Action, Confirmation, Match, Withdrawal
from plaidoyer.lib import tokens
from plaidoyer.supporters import consents
from plaidoyer.supporters.models import Consent, Subscription, Supporter
from plaidoyer.testing import make_form, make_pages
from plaidoyer.vault import marks

pytestmark = pytest.mark.django_db

OPTIONS = {"subject": {"fr": "Le pré"}, "body": {"fr": "Protégez-le."}}


@pytest.fixture
def form():
    form = make_form()
    make_pages(form)
    return form


def sign(form, email="suzie@post.example", **facts):
    defaults = {"given_name": "Suzie", "family_name": "Roy", "language": "fr", "page": "/fr/"}
    return intake.append(form, email=email, **{**defaults, **facts})


def wording():
    return consents.wording("newsletter", "fr", "Oui, écrivez-moi.")


def follow(act, path=confirmation_path):
    """The address that `act`'s supporter was mailed."""
    return path(act)


def jobs(act):
    """What waits to be done about `act`. The queue is not emptied between tests."""
    found = ProcrastinateJob.objects.filter(args__action_ids=[act.pk]).order_by("id")
    return list(found.values_list("task_name", flat=True))


def counted(form):
    return Confirmation.objects.filter(form=form, withdrawal=None).count()


def test_a_confirmed_act_counts(client, form):
    act = sign(form)
    matching.match_pending()

    answer = client.post(follow(act))

    assert answer.status_code == 303
    assert counted(form) == 1
    page = client.get(answer.headers["Location"])
    assert page.context["state"] == "counted"
    assert withdrawal_path(act) in page.content.decode()


@pytest.mark.parametrize("path", [confirmation_path, withdrawal_path])
@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_changes_nothing(client, form, path, method):
    act, other = sign(form), sign(form, "laura@post.example")
    confirmations.confirm(other)
    before = list(Confirmation.objects.values())

    for one in (act, other):
        assert getattr(client, method)(follow(one, path)).status_code == 200

    assert list(Confirmation.objects.values()) == before
    assert not Withdrawal.objects.exists()


def test_the_page_shows_what_will_be_confirmed(client):
    form = make_form(kind="letter", options=OPTIONS)
    target = form.campaign.targets.get().pk
    content = {"subject": "Le pré", "body": "Protégez-le.", "targets": [target]}
    act = sign(form, content=content, consent_wording=wording())

    page = client.get(follow(act)).content.decode()

    for shown in ["Suzie Roy", "suzie@post.example", "Protégez-le.", "Ada Vale", "Oui, écrivez"]:
        assert shown in page


@pytest.mark.parametrize("path", [confirmation_path, withdrawal_path])
def test_the_page_stays_between_us_and_its_reader(client, form, path):
    answer = client.get(follow(sign(form), path))

    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert "Set-Cookie" not in answer.headers


def test_following_the_link_again_and_again_changes_nothing(client, form):
    act = sign(form)
    for _time in range(3):
        client.post(follow(act))

    assert counted(form) == 1
    assert Confirmation.objects.count() == 1


def test_a_second_act_of_the_same_person_does_not_count(client, form):
    confirmations.confirm(sign(form))
    second = sign(form, "Suzie+2@post.example")

    answer = client.post(follow(second), follow=True)

    assert counted(form) == 1
    assert answer.context["state"] == "double"


def test_the_same_person_counts_on_another_form(form):
    confirmations.confirm(sign(form))

    assert confirmations.confirm(sign(make_form(form.campaign)))


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("door", ["confirmation", "withdrawal"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_broken_link_says_so(client, form, language, door, method):
    act = sign(form)
    wrong = tokens.make("withdraw" if door == "confirmation" else "confirm", act.uid)
    right = tokens.make("confirm" if door == "confirmation" else "withdraw", act.uid)
    for token in [wrong, right[:-1], right + "x", "x", "%00", "é", "x" * 500]:
        assert getattr(client, method)(f"/{language}/{door}/{token}/").status_code == 404

    assert not Confirmation.objects.exists()


def test_a_confirmed_act_says_who_the_supporter_is(form):
    Supporter.objects.create(mark=marks.address("suzie@post.example"), email="s@x", language="en")
    sign(form, given_name="Mallory")
    confirmations.confirm(sign(form, "Suzie@post.example", postal_code="H2X"))

    suzie = Supporter.objects.get()
    assert (suzie.given_name, suzie.family_name) == ("Suzie", "Roy")
    assert (suzie.email, suzie.postal_code, suzie.language) == ("Suzie@post.example", "H2X", "fr")


def test_the_ticked_consent_is_given_with_the_confirmation(form):
    act = sign(form, consent_wording=wording())
    matching.match_pending()
    assert not Consent.objects.exists()

    confirmations.confirm(act)

    consent = Consent.objects.get()
    assert (consent.wording, consent.page, consent.answer) == (wording(), "/fr/", "given")
    assert Subscription.objects.get().consent == consent


def test_an_act_without_a_tick_gives_no_consent(form):
    confirmations.confirm(sign(form))

    assert not Consent.objects.exists()


def test_an_old_link_does_not_undo_an_unsubscription(form):
    act = sign(form, consent_wording=wording())
    confirmations.confirm(act)
    consents.withdraw(Supporter.objects.get(), purpose="newsletter", page="/u/")

    confirmations.confirm(act)

    assert Consent.objects.count() == 2
    assert not Subscription.objects.filter(ended_at=None).exists()


def test_a_tick_on_a_second_act_asks_by_mail_and_is_given(client, form):
    confirmations.confirm(sign(form))
    second = sign(form, consent_wording=wording())
    matching.match_pending()

    assert client.get(follow(second)).context["consent_waits"]
    page = client.post(follow(second), follow=True)

    assert not page.context["consent_waits"]
    assert Subscription.objects.filter(ended_at=None).count() == 1
    assert counted(form) == 1


def test_what_a_kind_wants_done_is_deferred_with_the_confirmation():
    form = make_form(kind="letter", options=OPTIONS)
    act = sign(form, content={"targets": []})

    confirmations.confirm(act)
    confirmations.confirm(act)
    confirmations.withdraw(act)
    confirmations.withdraw(act)

    assert jobs(act) == ["delivery.write_letters", "delivery.cancel_letters"]


def test_suzie_takes_it_back(client, form):
    act = sign(form)
    confirmations.confirm(act)

    page = client.post(follow(act, withdrawal_path), follow=True)

    assert page.context["state"] == "withdrawn"
    assert counted(form) == 0
    assert Withdrawal.objects.get().confirmation.action == act
    client.post(follow(act, withdrawal_path))
    assert Withdrawal.objects.count() == 1


def test_what_was_taken_back_is_not_confirmed_by_the_old_link(form):
    act = sign(form)
    confirmations.confirm(act)
    confirmations.withdraw(act)

    assert not confirmations.confirm(act)
    assert confirmations.state(act) is State.WITHDRAWN


def test_suzie_may_act_anew_after_taking_it_back(form):
    first = sign(form)
    confirmations.confirm(first)
    confirmations.withdraw(first)

    assert confirmations.confirm(sign(form))
    assert counted(form) == 1


def test_an_unconfirmed_act_has_nothing_to_take_back(client, form):
    page = client.post(follow(sign(form), withdrawal_path), follow=True)

    assert page.context["state"] == "waiting"
    assert not Withdrawal.objects.exists()


def test_many_are_confirmed_at_once(form, django_assert_max_num_queries):
    acts = [sign(form, f"s{number % 30}@post.example") for number in range(60)]

    with django_assert_max_num_queries(20):
        new = confirmations.confirm_many(acts, at=lambda act: act.submitted_at)

    assert len(new) == counted(form) == 30
    assert confirmations.confirm_many(acts) == []
    moments = Confirmation.objects.values_list("confirmed_at", "action__submitted_at")
    assert all(at == submitted for at, submitted in moments)


def at_once(tasks):
    """Runs every task in a thread of its own, all begun together; what they gave."""
    barrier, given = threading.Barrier(len(tasks)), []

    def run(task):
        barrier.wait()
        try:
            given.append(task())
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[task]) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return given


@pytest.mark.django_db(transaction=True)
def test_twenty_acts_of_one_person_confirmed_at_once_count_once(form):
    acts = [sign(form, f"suzie+{number}@post.example") for number in range(20)]
    matching.match_pending()

    given = at_once([lambda act=act: confirmations.confirm(act) for act in acts])

    assert given.count(True) == 1
    assert given.count(False) == 19
    assert counted(form) == 1


@pytest.mark.django_db(transaction=True)
def test_one_link_followed_twenty_times_at_once_confirms_once():
    form = make_form(kind="letter", options=OPTIONS)
    act = sign(form, content={"targets": []}, consent_wording=wording())
    matching.match_pending()

    given = at_once([lambda: confirmations.confirm(act)] * 20)

    assert given.count(True) == 1
    assert Consent.objects.count() == 1
    assert jobs(act) == ["delivery.write_letters"]


@pytest.mark.django_db(transaction=True)
def test_confirming_unmatched_acts_while_matching_makes_one_supporter(form):
    acts = [sign(form, f"suzie+{number}@post.example") for number in range(10)]

    tasks = [lambda act=act: confirmations.confirm(act) for act in acts]
    at_once(tasks + [matching.match_pending] * 5)

    assert Supporter.objects.count() == 1
    assert Match.objects.count() == 10
    assert counted(form) == 1


@pytest.mark.django_db(transaction=True)
def test_confirming_and_taking_back_at_once_leaves_one_truth(form):
    act = sign(form)
    matching.match_pending()
    at_once([lambda: confirmations.confirm(act), lambda: confirmations.withdraw(act)] * 10)

    confirmation = Confirmation.objects.get()
    assert Withdrawal.objects.count() == (confirmation.withdrawal is not None)


def test_a_count_that_lags_behind_says_so(client, form):
    act = sign(form)
    confirmations.confirm(act)
    assert client.get(follow(act)).context["count_lags"]

    counting.advance()

    assert not client.get(follow(act)).context["count_lags"]


def test_after_confirming_there_is_somewhere_to_go(client, form):
    page_of_form = form.pages.get(locale__language_code="fr")
    other = make_form(form.campaign, name=form.name)
    page = page_of_form.copy(update_attrs={"form": other, "slug": "autre", "title": "Autre"})
    act = sign(form)
    confirmations.confirm(act)

    answer = client.get(follow(act).replace("/en/", "/fr/"))

    content = answer.content.decode()
    assert page.get_url() in content
    assert 'href="/fr/campagnes/meadow/"' in content
    assert "mailto:?subject=" in content
    assert Action.objects.count() == 1
