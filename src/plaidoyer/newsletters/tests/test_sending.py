"""From the back office to the readers: choose, schedule, pause, go on, cancel, be told."""

import datetime
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from plaidoyer.config import cli
from plaidoyer.lib.words import Words
from plaidoyer.mail import batches
from plaidoyer.mail.models import DomainCheck, Envelope
from plaidoyer.newsletters import checks, notices, obstacles, schedules
from plaidoyer.newsletters.models import Copy, Mailing, Segment, Topic
from plaidoyer.newsletters.segments import trees
from plaidoyer.newsletters.segments.trees import Group, Rule, Tree
from plaidoyer.newsletters.topics import preferences
from plaidoyer.testing import make_organiser, make_reader

from .test_writing import make_letter

pytestmark = pytest.mark.django_db
State = Mailing.State


@pytest.fixture
def ed(client):
    ed = make_organiser("ed")
    client.force_login(ed)
    return ed


@pytest.fixture
def mailing(ed):
    """A newsletter in both languages whose check list is clear."""
    mailing = Mailing.objects.create(name="Spring")
    for language, subject in {"fr": "Les castors", "en": "Beavers"}.items():
        make_letter(language, [("heading", subject)], mailing=mailing, subject=subject)
    checks.accept(mailing, {one.key for one in checks.run(mailing)}, by=ed)
    return mailing


def plan(**facts):
    sent = {"segment": "", "topic": "", "timing": "now", "leaves_at": "", "trial_percent": 0}
    return {**sent, "trial_hours": 4, "winner_rule": "acts", "do": "save", **facts}


def send(client, mailing, **facts):
    return client.post(reverse("writing:send", args=[mailing.pk]), plan(**facts))


def do(client, mailing, deed, **said):
    return client.post(reverse("writing:deed", args=[mailing.pk, deed]), said)


def page(client, mailing, name="mailings:inspect", *more):
    return client.get(reverse(name, args=[mailing.pk, *more])).content.decode()


def state(mailing):
    mailing.refresh_from_db()
    return mailing.state


def in_language(language):
    return trees.written(Tree((Group((Rule("language", {"language": language}),)),)))


def test_a_segment_and_a_topic_are_chosen_counted_and_shown_by_initials(client, mailing):
    make_reader("suzie")
    make_reader("laura", language="fr")
    leaves = make_reader("louis", language="fr")
    segment = Segment.objects.create(name="French", tree=in_language("fr"))
    topic = Topic.objects.create(code="urgent", name=Words(fr="Urgences", en="Urgent"))
    preferences.choose(leaves, [], page="/")

    assert send(client, mailing, segment=segment.pk, topic=topic.pk).status_code == 302

    shown = page(client, mailing, "writing:send")
    assert "<b>1</b> reader" in shown
    assert "L." in shown
    assert "laura@post.example" not in shown
    everybody = client.post(reverse("writing:count", args=[mailing.pk]), plan())
    assert "<b>3</b> readers" in everybody.json()["html"]
    assert Mailing.objects.get(pk=mailing.pk).segment == segment


def test_what_stands_in_the_way_is_told_and_keeps_it_from_leaving(client, mailing):
    shown = page(client, mailing, "writing:send")
    assert "Nobody would get it" in shown

    answer = do(client, mailing, "schedule")

    assert answer.status_code == 302
    assert state(mailing) == State.DRAFT
    assert "Nobody would get it" in page(client, mailing)


def test_many_readers_want_a_domain_in_order(client, mailing, monkeypatch):
    for name in ("suzie", "laura"):
        make_reader(name)
    assert not obstacles.found(mailing)
    monkeypatch.setattr(obstacles, "MANY", 1)

    do(client, mailing, "schedule")

    assert state(mailing) == State.DRAFT
    assert "Nobody has looked at the records of river.example lately" in page(
        client, mailing, "writing:send"
    )
    DomainCheck.objects.create(domain="river.example", findings=[])
    do(client, mailing, "schedule")
    assert state(mailing) == State.SCHEDULED


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"timing": "moment"}, "Say when it leaves."),
        ({"timing": "moment", "leaves_at": "2001-01-01T10:00"}, "This moment is past."),
        ({"timing": "local", "leaves_at": "tomorrow"}, "Write a day and an hour"),
        ({"trial_percent": 46}, "less than or equal to 45"),
        ({"segment": "999999"}, "Select a valid choice"),
    ],
)
def test_a_plan_that_cannot_be_is_told_beside_its_field_and_kept(client, mailing, facts, said):
    answer = send(client, mailing, **facts)

    body = answer.content.decode()
    assert answer.status_code == 422
    assert said in body
    for value in facts.values():
        if value != "999999":
            assert f'value="{value}"' in body


def test_scheduled_it_leaves_by_itself_and_every_step_is_dated(client, mailing, ed):
    make_reader("suzie")
    send(client, mailing)
    assert "Let it leave" in page(client, mailing, "writing:deed", "schedule")

    do(client, mailing, "schedule")
    assert state(mailing) == State.SCHEDULED
    schedules.tick()
    assert state(mailing) == State.SENDING
    Envelope.objects.filter(copy__mailing=mailing).update(state="leased", sender=1)
    Envelope.objects.filter(copy__mailing=mailing).update(
        state="accepted", sender=None, ended_at=timezone.now()
    )
    schedules.tick()

    assert state(mailing) == State.SENT
    steps = [(step.state, step.by) for step in mailing.steps.all()]
    assert steps == [(State.SCHEDULED, ed), (State.SENDING, None), (State.SENT, None)]
    shown = page(client, mailing)
    assert "1 of 1 copies have come to an end (100 %)" in shown
    assert "http-equiv" not in shown


def test_nothing_leaves_twice_and_nothing_is_done_by_a_get(client, mailing):
    make_reader("suzie")
    for code in ("schedule", "cancel"):
        client.get(reverse("writing:deed", args=[mailing.pk, code]))
        client.head(reverse("writing:deed", args=[mailing.pk, code]))
    assert state(mailing) == State.DRAFT

    do(client, mailing, "schedule")
    again = do(client, mailing, "schedule")
    schedules.tick()
    schedules.tick()

    assert again.status_code == 302
    assert Copy.objects.count() == 1
    assert mailing.steps.filter(state=State.SCHEDULED).count() == 1


def test_it_is_taken_back_before_it_begins(client, mailing):
    make_reader("suzie")
    later = timezone.localtime() + datetime.timedelta(days=1)
    send(client, mailing, timing="moment", leaves_at=later.strftime("%Y-%m-%dT%H:%M"))
    do(client, mailing, "schedule")
    schedules.tick()
    assert state(mailing) == State.SCHEDULED
    assert 'http-equiv="refresh"' in page(client, mailing)

    do(client, mailing, "take-back")

    assert state(mailing) == State.DRAFT
    assert not Copy.objects.exists()


def test_it_is_paused_with_a_reason_goes_on_and_is_cancelled(client, mailing, ed):
    make_reader("suzie")
    do(client, mailing, "schedule")
    schedules.tick()

    do(client, mailing, "pause", because="A wrong link")
    assert state(mailing) == State.PAUSED
    assert not Envelope.objects.due().exists()
    assert page(client, mailing).count("A wrong link") == 2
    do(client, mailing, "resume")
    assert state(mailing) == State.SENDING
    assert Envelope.objects.due().exists()
    do(client, mailing, "cancel")

    assert state(mailing) == State.CANCELLED
    assert {e.state for e in Envelope.objects.filter(kind="mailing")} == {"cancelled"}
    assert do(client, mailing, "resume").status_code == 302
    assert state(mailing) == State.CANCELLED


def test_the_engine_that_pauses_by_itself_is_told_with_its_reason(client, mailing):
    make_reader("suzie")
    do(client, mailing, "schedule")
    schedules.tick()
    mailing.refresh_from_db()
    batches.pause(mailing.batch, "7.1 % came back or were refused.")

    schedules.tick()

    assert state(mailing) == State.PAUSED
    assert "7.1 % came back or were refused." in page(client, mailing)
    schedules.tick()
    [notice] = Envelope.objects.filter(kind=notices.KIND)
    [told] = notices.compose([notice]).values()
    assert notice.to_address == "ed@river.example"
    assert "Spring" in told.subject
    for words in (told.text, told.html):
        assert "7.1 % came back or were refused." in words
        assert reverse("mailings:inspect", args=[mailing.pk]) in words


def test_the_progress_has_a_rate_and_a_remaining_time(client, mailing):
    for n in range(4):
        make_reader(f"reader{n}")
    do(client, mailing, "schedule")
    schedules.tick()
    mailing.refresh_from_db()
    batch = mailing.batch
    type(batch).objects.filter(pk=batch.pk).update(measured_from=timezone.now(), per_second=0.02)

    part = client.get(reverse("writing:progress", args=[mailing.pk]))

    assert "0.0 a second, about 3 minutes left" in part.content.decode()
    assert part["X-Moving"] == "1"
    assert "<rect" in part.content.decode()
    told = CliRunner().invoke(cli.main, ["mailing", "progress", "Spring"]).output
    assert "0 of 4 at their end (0 %); 0.0 a second, about 3 minutes left" in told


def test_the_terminal_pauses_resumes_and_cancels(client, mailing):
    make_reader("suzie")
    do(client, mailing, "schedule")
    schedules.tick()

    def run(*words):
        return CliRunner().invoke(cli.main, ["mailing", *words])

    assert mailing.public_id in run("list").output
    assert "paused" in run("pause", mailing.public_id, "--because", "Stop").output
    assert state(mailing) == State.PAUSED
    assert run("pause", mailing.public_id).exit_code == 1
    assert "being sent" in run("resume", "Spring").output
    assert run("cancel", "Spring").exit_code == 1
    assert "cancelled" in run("cancel", "Spring", "--yes").output
    assert "no mailing is called" in run("progress", "Nothing").output
    Mailing.objects.create(name="Spring")
    assert "several are called so" in run("progress", "Spring").output


def test_two_subjects_are_tried_only_where_both_are_written_and_can_be_told_apart(client, mailing):
    make_reader("suzie")
    send(client, mailing, trial_percent=20, winner_rule="clicks")

    shown = page(client, mailing, "writing:send")

    assert "a version has only one" in shown
    assert "Clicks are not counted here, so they cannot tell" in shown


def test_a_local_hour_is_each_readers_own(client, mailing):
    zone = ZoneInfo(settings.TIME_ZONE)
    at = datetime.datetime(2031, 6, 2, 9, tzinfo=zone)
    make_reader("suzie")
    send(client, mailing, timing="local", leaves_at="2031-06-02T09:00")
    do(client, mailing, "schedule")
    mailing.refresh_from_db()

    assert mailing.leaves_at == at
    assert schedules.begins_at(mailing) <= at
    assert "It leaves at that hour where each reader lives" in page(client, mailing)


@pytest.mark.parametrize("name", ["writing:send", "writing:progress", "mailings:inspect"])
def test_the_screens_are_for_the_staff(client, name):
    mailing = Mailing.objects.create(name="Spring")

    assert client.get(reverse(name, args=[mailing.pk])).status_code == 302
    assert client.post(reverse("writing:deed", args=[mailing.pk, "cancel"])).status_code == 302
    assert state(mailing) == State.DRAFT


def test_an_unknown_deed_is_no_page(client, mailing):
    path = reverse("writing:deed", args=[mailing.pk, "launch"])

    assert client.get(path, follow=True).status_code == 404


def test_whoever_works_here_is_told_of_a_newsletter_that_could_not_leave(client, mailing):
    make_reader("suzie")
    do(client, mailing, "schedule")
    Segment.objects.create(name="Gone", tree=in_language("fr"))
    Mailing.objects.filter(pk=mailing.pk).update(segment=Segment.objects.get())

    schedules.tick()

    assert state(mailing) == State.DRAFT
    [notice] = Envelope.objects.filter(kind=notices.KIND)
    [told] = notices.compose([notice]).values()
    assert "Spring" in told.subject
    assert str(mailing.steps.latest("pk").because) in told.text


def test_segments_and_topics_have_their_desks(client, ed):
    assert client.get(reverse("segments:index")).status_code == 200
    assert client.get(reverse("segments:add")).status_code == 200
    assert client.get(reverse("topics:index")).status_code == 200
    sent = {"name_fr": "Urgences", "name_en": "Urgent", "description_fr": "", "description_en": ""}
    sent |= {"code": "urgent", "position": 1, "retired_at": ""}
    assert client.post(reverse("topics:add"), sent).status_code == 302
    topic = Topic.objects.get()
    client.post(reverse("topics:edit", args=[topic.pk]), {**sent, "code": "other", "position": 2})
    topic.refresh_from_db()
    assert (topic.code, topic.position) == ("urgent", 2)
    menu = client.get(reverse("mailings:index")).content.decode()
    assert reverse("segments:index") in menu
    assert reverse("topics:index") in menu
    where = reverse("wagtailsettings:edit", args=["newsletters", "newslettersettings"])
    assert client.get(where, follow=True).status_code == 200
