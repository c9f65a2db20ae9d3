"""Words wait until an organiser has read them; two never decide at once."""

import datetime
import threading

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from plaidoyer.actions import confirmations, intake, reviews
from plaidoyer.actions.models import Action, Held, Hold, Review
from plaidoyer.testing import make_form, make_organiser

pytestmark = pytest.mark.django_db

LIST = "/admin/reviews/"


@pytest.fixture
def form():
    return make_form(options={"comments": True, "names": True})


@pytest.fixture
def anne():
    return make_organiser("anne")


@pytest.fixture
def ed(client):
    ed = make_organiser("ed")
    client.force_login(ed)
    return ed


def comment(form, text="Save it", email=None):
    """A comment that waits."""
    number = Action.objects.count()
    act = intake.append(
        form,
        email=email or f"suzie{number}@post.example",
        given_name="Suzie",
        family_name="Roy",
        language="en",
        page="/",
        content={"comment": text},
    )
    confirmations.confirm(act)
    return Review.objects.get(action=act)


def read(review):
    return f"{LIST}read/{review.pk}/"


def test_the_oldest_waits_first(form):
    first, second = comment(form), comment(form)

    assert list(reviews.waiting()) == [first, second]


def test_what_was_withdrawn_or_held_does_not_wait(form):
    withdrawn, held = comment(form), comment(form)
    confirmations.withdraw(withdrawn.action)
    hold = Hold.objects.create(form=form, cause=Hold.Cause.ORGANISER)
    Held.objects.create(action=held.action, hold=hold)

    assert not reviews.waiting()


def test_a_lock_keeps_others_away_and_says_who(form, ed, anne):
    review = comment(form)

    assert reviews.lock(review, anne) is None
    assert reviews.lock(review, ed) == anne
    with pytest.raises(reviews.TakenError) as told:
        reviews.decide(review, accept=True, by=ed)
    assert told.value.by == anne
    reviews.release(review, anne)
    assert reviews.lock(review, ed) is None


def test_somebody_else_s_lock_cannot_be_released(form, ed, anne):
    review = comment(form)
    reviews.lock(review, anne)

    reviews.release(review, ed)

    assert reviews.lock(review, ed) == anne


def test_a_lock_lasts_ten_minutes(form, ed, anne):
    review = comment(form)
    reviews.lock(review, anne)
    Review.objects.update(locked_at=timezone.now() - datetime.timedelta(minutes=10, seconds=1))

    assert reviews.lock(review, ed) is None


def test_a_refusal_needs_a_reason(form, ed):
    review = comment(form)

    with pytest.raises(reviews.ReasonMissingError):
        reviews.decide(review, accept=False, by=ed, reason="  ")


def test_a_decision_may_be_changed_and_each_stays_in_the_log(form, ed, anne):
    from wagtail.models import ModelLogEntry

    review = comment(form)
    reviews.decide(review, accept=True, by=ed)
    reviews.decide(review, accept=False, by=anne, reason="names a child")

    review.refresh_from_db()
    assert (review.decision, review.decided_by, review.reason) == (
        "rejected",
        anne,
        "names a child",
    )
    log = ModelLogEntry.objects.order_by("timestamp").values_list("action", "user__username")
    assert list(log) == [("reviews.accepted", "ed"), ("reviews.rejected", "anne")]


def test_nobody_overrules_what_they_have_not_seen(form, ed, anne):
    review = comment(form)
    as_ed_read_it = Review.objects.get(pk=review.pk)
    reviews.decide(review, accept=False, by=anne, reason="x")

    with pytest.raises(reviews.TakenError):
        reviews.decide(as_ed_read_it, accept=True, by=ed)


@pytest.mark.django_db(transaction=True)
def test_of_two_organisers_at_once_one_decides(form):
    review = comment(form)
    anne, ed = (User.objects.create_user(name) for name in ("anne", "ed"))
    gate, told = threading.Barrier(2), []

    def decide(by, accept):
        mine = Review.objects.get(pk=review.pk)
        gate.wait()
        try:
            reviews.decide(mine, accept=accept, by=by, reason="x")
            told.append("decided")
        except reviews.TakenError:
            told.append("taken")
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=args) for args in [(anne, True), (ed, False)]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(told) == ["decided", "taken"]


def test_ed_reads_one_after_the_other(client, form, ed):
    first, second = comment(form, "First"), comment(form, "Second")

    opened = client.post(f"{LIST}next/")
    page = client.get(read(first)).content.decode()
    after = client.post(read(first), {"step": "accept"})
    last = client.post(read(second), {"step": "reject", "reason": "hateful", "words": "No."})

    assert opened.headers["Location"] == read(first)
    assert "First" in page
    assert after.headers["Location"] == read(second)
    assert last.headers["Location"] == LIST
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.decision == "accepted"
    assert (second.decision, second.reason) == ("rejected", "insulting or hateful – No.")


def test_looking_changes_nothing(client, form, ed):
    review = comment(form)

    client.get(read(review))
    client.get(LIST)

    review.refresh_from_db()
    assert review.locked_by is None


def test_a_refusal_without_reason_is_told_beside_the_field(client, form, ed):
    review = comment(form)

    answer = client.post(read(review), {"step": "reject", "words": ""})

    assert answer.status_code == 422
    assert "reason" in answer.context["form"].errors


def test_somebody_else_s_lock_is_told_with_the_name(client, form, ed, anne):
    review = comment(form)
    reviews.lock(review, anne)

    page = client.get(read(review)).content.decode()
    answer = client.post(read(review), {"step": "accept"})

    assert "anne has been reading it" in page
    assert answer.status_code == 422
    assert "anne was faster" in answer.content.decode()


def test_a_decision_taken_meanwhile_is_told(client, form, ed, anne):
    review = comment(form)
    reviews.decide(review, accept=True, by=anne)

    answer = client.post(read(review), {"step": "reject", "reason": "private", "seen": ""})

    assert answer.status_code == 422
    assert "anne was faster" in answer.content.decode()


def test_the_same_person_s_earlier_words_are_shown(client, form, ed):
    other = make_form(form.campaign, options={"comments": True})
    before = comment(form, "Old words", email="omar@post.example")
    reviews.decide(before, accept=False, by=ed, reason="insult")
    now = comment(other, "New words", email="Omar+x@post.example")

    page = client.get(read(now)).content.decode()

    assert "Old words" in page
    assert "insult" in page


def test_several_are_accepted_at_once(client, form, ed, anne):
    first, second, locked = (comment(form) for _number in range(3))
    reviews.lock(locked, anne)

    client.post(f"{LIST}accept/", {"id": [first.pk, second.pk, locked.pk, "x", "9" * 30]})

    decisions = dict(Review.objects.values_list("id", "decision"))
    assert decisions == {first.pk: "accepted", second.pk: "accepted", locked.pk: ""}


def test_the_list_is_filtered_and_the_menu_says_how_many_wait(client, form, ed):
    waiting, done = comment(form, "Waiting words"), comment(form, "Read words")
    reviews.decide(done, accept=True, by=ed)

    found = client.get(LIST, {"state": "waiting", "part": "comment", "action__form": form.pk})
    menu = client.get("/admin/").content.decode()

    assert list(found.context["object_list"]) == [waiting]
    assert "To review (1)" in menu


def test_the_list_asks_a_fixed_number_of_questions(client, form, ed, django_assert_max_num_queries):
    for _number in range(20):
        comment(form)

    with django_assert_max_num_queries(25):
        client.get(LIST)


@pytest.mark.parametrize("address", ["", "next/", "accept/"])
def test_nobody_else_reads_or_decides(client, form, address):
    comment(form)

    answer = client.post(f"{LIST}{address}") if address else client.get(LIST)

    assert answer.status_code == 302
    assert "/staff/login/" in answer.headers["Location"]


def test_the_next_is_not_taken_by_a_look(client, ed):
    assert client.get(f"{LIST}next/").status_code == 405
