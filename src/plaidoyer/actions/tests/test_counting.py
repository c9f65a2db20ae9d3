"""The count on a page is countable rows, at a moment it names."""

import datetime
import logging

import pytest
from django.db import connection
from django.utils import timezone
from django.utils.translation import override

from plaidoyer.actions import confirmations, counting, intake, reporting
from plaidoyer.actions.models import Confirmation, Minute, Tally
from plaidoyer.testing import make_form, make_pages

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)


def sign(form, name, at=None):
    return intake.append(
        form,
        email=f"{name}@post.example",
        given_name=name,
        family_name="Roy",
        language="en",
        page="/",
        submitted_at=at,
    )


def today():
    return datetime.datetime.now(datetime.UTC).date()


def value(form):
    return counting.confirmed([form])[form.pk].value


def test_what_is_confirmed_counts_and_what_is_taken_back_does_not():
    form = make_form()
    acts = [sign(form, name) for name in ("suzie", "laura", "omar")]
    confirmations.confirm_many(acts[:2])
    confirmations.withdraw(acts[1])

    counting.advance()

    tally = Tally.objects.get()
    assert (tally.submitted, tally.confirmed, tally.withdrawn) == (3, 2, 1)
    assert value(form) == 1


def test_nothing_is_counted_in_the_request():
    form = make_form()
    confirmations.confirm(sign(form, "suzie"))

    assert value(form) == 0


def test_counting_again_gives_the_same():
    form = make_form()
    confirmations.confirm(sign(form, "suzie"))
    for _time in range(3):
        counting.advance()

    assert value(form) == 1
    assert Tally.objects.count() == 1


def test_a_count_says_its_moment():
    form, before = make_form(), timezone.now()
    sign(form, "suzie")
    counting.advance()

    assert before <= counting.confirmed([form])[form.pk].counted_at <= timezone.now()


def test_days_are_utc_days():
    form = make_form()
    midnight = datetime.datetime.combine(today(), datetime.time(), datetime.UTC)
    for minutes, name in [(-1, "suzie"), (0, "laura")]:
        at = midnight + datetime.timedelta(minutes=minutes)
        confirmations.confirm(sign(form, name, at), at=at)
    counting.advance()

    assert counting.per_day(form, today() - DAY, today()) == [(today() - DAY, 1), (today(), 1)]


def test_a_period_counts_what_began_in_it_less_what_was_taken_back():
    form, june = make_form(), datetime.datetime(2026, 6, 10, 12, tzinfo=datetime.UTC)
    acts = [sign(form, f"s{number}", june + number * DAY) for number in range(5)]
    confirmations.confirm_many(acts, at=lambda act: act.submitted_at)
    confirmations.withdraw(acts[0], at=june + DAY)
    counting.advance(june.date())

    start = june.date()
    assert counting.confirmed_between(form, start, start + 2 * DAY) == 2
    assert counting.confirmed_between(form, start + DAY, start + 9 * DAY) == 3
    assert counting.per_day(form, start, start + 2 * DAY)[1] == (start + DAY, 0)
    assert value(form) == 4


def test_old_days_are_left_alone_by_day_and_healed_by_night(caplog):
    form, old = make_form(), timezone.now() - 10 * DAY
    confirmations.confirm(sign(form, "suzie", old), at=old)
    confirmations.confirm(sign(form, "laura"))
    counting.advance(old.date())
    Tally.objects.exclude(counted_on=today()).update(confirmed=40)
    counting.advance()
    assert value(form) == 41

    with caplog.at_level(logging.ERROR):
        assert counting.recount() == 1

    assert value(form) == 2
    assert f"form {form.pk} on {old.astimezone(datetime.UTC).date()}" in caplog.text
    assert "confirmed -39" in caplog.text


def test_what_happened_while_nobody_counted_is_counted_once_somebody_does():
    form, before = make_form(), timezone.now() - 4 * DAY
    confirmations.confirm(sign(form, "suzie", before), at=before)
    counting.advance()
    later = before + datetime.timedelta(minutes=3)
    confirmations.confirm(sign(form, "laura", later), at=later)
    confirmations.confirm(sign(form, "omar", before + DAY), at=before + DAY)

    counting.advance()

    assert value(form) == 3
    assert [minute.confirmed for minute in form.minutes.order_by("began_at")] == [1, 1, 1]


def test_only_the_last_minutes_are_read_however_many_acts_there_are():
    form, now = make_form(), timezone.now()
    for minutes in (90, 0):
        at = now - datetime.timedelta(minutes=minutes)
        confirmations.confirm(sign(form, f"s{minutes}", at), at=at)
    counting.advance()
    Minute.objects.update(confirmed=7)

    counting.advance()

    # The older minute stands as it was found; the newest was counted anew.
    assert [minute.confirmed for minute in form.minutes.order_by("began_at")] == [7, 1]
    assert value(form) == 8


def test_a_right_count_is_no_alarm(caplog):
    form, old = make_form(), timezone.now() - 10 * DAY
    confirmations.confirm(sign(form, "suzie", old), at=old)
    counting.advance(old.date())
    sign(form, "laura")

    assert counting.recount() == 0
    assert not caplog.records


def test_a_day_that_lost_its_rows_counts_nothing():
    form = make_form()
    confirmations.confirm(sign(form, "suzie"))
    counting.advance()
    Confirmation.objects.all().delete()

    counting.advance()

    assert value(form) == 0


def test_many_forms_are_counted_in_one_query(django_assert_num_queries):
    first = make_form()
    forms = [first, *(make_form(first.campaign) for _form in range(5))]

    with django_assert_num_queries(1):
        counts = counting.confirmed(forms)

    assert len(counts) == 6


@pytest.mark.django_db(transaction=True)
def test_a_count_beside_another_does_nothing():
    import threading

    form = make_form()
    sign(form, "suzie")

    def count():
        counting.advance()
        connection.close()

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [counting.LOCK])
        thread = threading.Thread(target=count)
        thread.start()
        thread.join()
        assert not Tally.objects.exists()
        cursor.execute("SELECT pg_advisory_unlock(%s)", [counting.LOCK])


@pytest.mark.parametrize(
    ("goal", "line"),
    [(None, None), (2000, '<progress class="progress__line" max="2000" value="1"')],
)
def test_the_page_shows_the_count_and_the_way_to_the_goal(client, goal, line):
    form = make_form(goal=goal)
    pages = make_pages(form)
    confirmations.confirm(sign(form, "suzie"))
    counting.advance()

    page = client.get(pages["en"].get_url()).content.decode()

    assert "<b>1</b> <span>person has signed</span>" in page
    assert "(UTC" in page
    assert (line in page) if line else ("<progress" not in page)


def test_numbers_are_written_as_in_the_language():
    form = make_form(goal=2000)
    Tally.objects.create(form=form, counted_on=today(), submitted=3000, confirmed=1234)

    with override("fr"):
        assert reporting.progress(form)["number"] == "1\u202f234"
    with override("en"):
        assert reporting.progress(form)["number"] == "1,234"
