"""Organisers look at what was held, let it count, and invalidate what should not."""

import datetime

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from plaidoyer.actions import confirmations, counting, intake, privacy
from plaidoyer.actions.guards import holds, tasks
from plaidoyer.actions.guards.models import DomainRule
from plaidoyer.actions.models import Action, Confirmation, Held, Hold
from plaidoyer.testing import make_form, make_organiser, make_pages

pytestmark = pytest.mark.django_db

WATCH, INVALIDATE = "/admin/vigilance/", "/admin/vigilance/invalidate/"
OPTIONS = {"subject": {"fr": "Le pré"}, "body": {"fr": "Protégez-le."}}


@pytest.fixture
def form():
    form = make_form()
    make_pages(form)
    return form


@pytest.fixture
def ed(client):
    client.user = make_organiser("ed")
    client.force_login(client.user)
    return client


def sign(form, name, *, domain="bots.example", **facts):
    who = {"given_name": name, "family_name": "Roy", "language": "fr", "page": "/"}
    return intake.append(form, email=f"{name}@{domain}", **{**who, **facts})


def count(form):
    counting.advance()
    return counting.confirmed([form])[form.pk].value


def choice(form, /, **typed):
    return {"form": form.pk, "domain": "bots.example", "reason": "Not people."} | typed


def seen(page):
    """What a preview has its next step send back."""
    return {"seen": page.context["effect"]["seen"], "step": "place"}


def invalidate(client, form, **typed):
    """Chooses, looks, places, and lets the job run; the hold."""
    preview = client.post(INVALIDATE, choice(form, **typed))
    answer = client.post(INVALIDATE, choice(form, **typed) | seen(preview))
    assert answer.status_code == 302, answer.content.decode()
    hold = Hold.objects.latest("id")
    tasks.apply_hold(hold.pk)
    return hold


def jobs(name):
    found = ProcrastinateJob.objects.filter(task_name=name).order_by("-id")
    return list(found.values_list("args", flat=True))


def test_the_preview_tells_exactly_what_will_happen(ed, form):
    confirmations.confirm_many([sign(form, f"m{n}") for n in range(30)])
    sign(form, "late")
    confirmations.confirm(sign(form, "suzie", domain="post.example"))
    assert count(form) == 31

    preview = ed.post(INVALIDATE, choice(form))
    told = preview.context["effect"]
    assert not Hold.objects.exists()
    hold = invalidate(ed, form)

    assert (told["acts"], told["counted"], told["before"], told["after"]) == (31, 30, 31, 1)
    assert len(told["sample"]) == 20
    assert hold.held.count() == hold.foreseen == 31
    assert count(form) == 1
    assert (hold.reason, hold.placed_by, hold.chosen["domain"]) == (
        "Not people.",
        ed.user,
        "bots.example",
    )


def test_what_an_organiser_typed_is_sealed_and_goes_with_the_last_of_its_acts(ed, form):
    acts = [sign(form, "anna", content={"comment": "…"}), sign(form, "annabel")]
    hold = invalidate(ed, form, name="Anna")
    assert "Anna" in ed.get(f"/admin/vigilance/{hold.pk}/").text
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(h)::text FROM actions_hold h")
        assert "Anna" not in cursor.fetchone()[0]

    privacy.blank(acts[:1])
    assert Hold.objects.get().chosen["name"] == "Anna"
    privacy.blank(acts[1:])

    assert Hold.objects.get().chosen == {}


def test_a_hold_that_is_not_yet_applied_keeps_what_chooses_its_acts(ed, form):
    sign(form, "m1")
    hold = invalidate(ed, form)
    Hold.objects.filter(pk=hold.pk).update(applied_at=None)

    privacy.blank(Action.objects.all())

    assert Hold.objects.get().chosen["domain"] == "bots.example"


def test_what_came_after_the_preview_is_not_touched(ed, form):
    sign(form, "m1")
    preview = ed.post(INVALIDATE, choice(form))
    late = sign(form, "m2")

    ed.post(INVALIDATE, choice(form) | seen(preview))
    tasks.apply_hold(Hold.objects.get().pk)

    assert not late.held.exists()
    assert Held.objects.count() == 1


def test_another_choice_than_the_one_shown_is_shown_first(ed, form):
    sign(form, "m1")
    sign(form, "suzie", domain="post.example")
    preview = ed.post(INVALIDATE, choice(form))

    again = ed.post(INVALIDATE, choice(form, domain="", name="Roy") | seen(preview))

    assert again.status_code == 200
    assert not Hold.objects.exists()


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"reason": " "}, "reason"),
        ({"form": ""}, "form"),
        ({"domain": "a b"}, "domain"),
        ({"network": "203.0.113.9"}, "network"),
        ({"domain": ""}, "__all__"),
        ({"since": "2026-02-02 10:00", "until": "2026-02-01 10:00"}, "until"),
    ],
)
def test_a_choice_that_is_none_is_explained(ed, form, typed, field):
    answer = ed.post(INVALIDATE, choice(form, **typed))

    assert answer.status_code == 422
    assert field in answer.context["choice"].errors
    assert not Hold.objects.exists()


@pytest.mark.parametrize(
    ("typed", "chosen"),
    [
        ({"domain": "bots.example"}, {"anna", "bert"}),
        ({"network": "abcdef"}, {"anna", "carl"}),
        ({"via": "whatsapp"}, {"bert"}),
        ({"name": "ANNA r"}, {"anna"}),
        ({"name": "%"}, None),
        ({"text": 'said "no"\r\nand left'}, {"carl"}),
        ({"domain": "bots.example", "via": "whatsapp"}, {"bert"}),
        ({"until": "2020-01-01 00:00"}, set()),
        ({"since": "2020-01-01 00:00"}, {"anna", "bert", "carl"}),
    ],
)
def test_acts_are_chosen_by_all_that_is_said(ed, form, typed, chosen):
    label = "abcdef" + 18 * "0"
    sign(form, "anna", network=label)
    sign(form, "bert", via="whatsapp")
    words = {"comment": 'She said "no"\nand left.'}
    sign(form, "carl", domain="post.example", network=label, content=words)
    sign(make_form(form.campaign), "anna", network=label, via="whatsapp")

    page = ed.post(INVALIDATE, {"form": form.pk, "reason": "…", **typed})

    if chosen is None:
        assert "name" in page.context["choice"].errors
    else:
        assert {row.act.given_name for row in page.context["effect"]["sample"]} == chosen


def test_lifting_brings_back_what_was_before(ed, form):
    acts = [sign(form, f"m{n}") for n in range(5)]
    long_ago = timezone.now() - datetime.timedelta(days=9)
    confirmations.confirm_many(acts[:3], at=long_ago)
    quarantine = Hold.objects.create(form=form, cause="domain", chosen={"domain": "bots.example"})
    Held.objects.create(action=acts[0], hold=quarantine)
    counting.advance(long_ago.date())
    assert count(form) == 2

    hold = invalidate(ed, form)
    assert count(form) == 0
    ed.post(f"{WATCH}{hold.pk}/", {"step": "lift", "reason": "A school after all."})
    tasks.lift_hold(hold.pk)

    hold.refresh_from_db()
    assert count(form) == 2
    assert (hold.lifted_by, hold.lifted_because) == (ed.user, "A school after all.")
    assert not hold.held.filter(released_at=None).exists()
    assert quarantine.held.filter(released_at=None).count() == 1


def test_a_job_that_runs_twice_changes_nothing(ed, form):
    confirmations.confirm_many([sign(form, f"m{n}") for n in range(5)])
    hold = invalidate(ed, form)
    holds.release(hold, [Action.objects.first().pk], by=ed.user, because="Her mother rang.")

    tasks.apply_hold(hold.pk)
    assert count(form) == 1

    holds.lift(hold, by=ed.user, because="…")
    tasks.lift_hold(hold.pk)
    tasks.lift_hold(hold.pk)
    tasks.apply_hold(hold.pk)
    assert count(form) == 5
    first = Held.objects.order_by("action_id").first()
    assert first.released_because == "Her mother rang."


def test_a_hold_lifted_before_its_job_ran_holds_nothing(ed, form):
    confirmations.confirm(sign(form, "m1"))
    preview = ed.post(INVALIDATE, choice(form))
    ed.post(INVALIDATE, choice(form) | seen(preview))
    hold = Hold.objects.get()
    holds.lift(hold, by=ed.user, because="A slip.")

    tasks.apply_hold(hold.pk)

    assert not Held.objects.exists()


def test_released_acts_count_and_their_letters_are_written(ed):
    form = make_form(kind="letter", options=OPTIONS)
    make_pages(form)
    acts = [sign(form, f"m{n}") for n in range(3)]
    hold = Hold.objects.create(form=form, cause="network", chosen={"network": "0badcafe"})
    Held.objects.bulk_create(Held(action=act, hold=hold) for act in acts)
    confirmations.confirm_many(acts[:2])
    assert not any(acts[0].pk in args["action_ids"] for args in jobs("delivery.write_letters"))

    answer = ed.post(
        f"{WATCH}{hold.pk}/",
        {"step": "release", "act": [acts[0].pk, acts[2].pk, "x", "9" * 30], "reason": "People."},
    )

    assert answer.status_code == 302
    assert jobs("delivery.write_letters")[0] == {"action_ids": [acts[0].pk]}
    assert count(form) == 1
    released = Held.objects.get(action=acts[0])
    assert (released.released_by, released.released_because) == (ed.user, "People.")
    assert Held.objects.filter(released_at=None).count() == 1


def test_letting_go_asks_why(ed, form):
    hold = Hold.objects.create(form=form, cause="network")

    answer = ed.post(f"{WATCH}{hold.pk}/", {"step": "lift", "reason": ""})

    hold.refresh_from_db()
    assert answer.status_code == 422
    assert hold.lifted_at is None


def test_invalidated_letters_that_have_not_left_are_stopped_and_come_back(ed):
    form = make_form(kind="letter", options=OPTIONS)
    make_pages(form)
    confirmations.confirm(sign(form, "m1"))
    Confirmation.objects.get()

    hold = invalidate(ed, form)
    act = Action.objects.get()
    assert jobs("delivery.cancel_letters")[0] == {"action_ids": [act.pk]}

    holds.lift(hold, by=ed.user, because="…")
    tasks.lift_hold(hold.pk)
    assert jobs("delivery.write_letters")[0] == {"action_ids": [act.pk]}


def test_jobs_carry_numbers_only(ed, form):
    sign(form, "m1")
    hold = invalidate(ed, form)

    assert jobs("actions.apply_hold")[0] == {"hold_id": hold.pk}


def test_the_screens_are_read_in_a_few_queries(ed, form, django_assert_max_num_queries):
    other = make_form(form.campaign)
    for n in range(40):
        where = {"network": f"{n % 4:024x}", "domain": f"d{n % 5}.example"}
        sign(form if n % 2 else other, f"m{n}", **where)
    hold = Hold.objects.create(form=form, cause="network", chosen={"network": "0badcafe"})
    Held.objects.bulk_create(Held(action=act, hold=hold) for act in form.actions.all())
    ed.get(WATCH)

    for address in (WATCH, f"{WATCH}?span=day", "/admin/holds/", f"{WATCH}{hold.pk}/"):
        with django_assert_max_num_queries(22):
            assert ed.get(address).status_code == 200


def test_vigilance_shows_where_acts_come_from(ed, form):
    for n in range(9):
        sign(form, f"m{n}", network="0badcafe" + 16 * "0")
        sign(form, f"g{n}", domain="gmail.com", network=f"{n}" * 24)

    page = ed.get(WATCH)

    [watched] = page.context["watched"]
    assert [(p.name, p.acts, p.peak, p.is_odd) for p in watched.networks] == [
        ("0badcafe", 9, 9, True)
    ]
    assert [p.name for p in watched.domains] == ["bots.example"]
    assert f"?form={form.pk}&amp;network=0badcafe" in page.content.decode()


def test_vigilance_takes_who_presses_again_for_one_person(ed, form):
    for _press in range(9):
        sign(form, "m1", network="0badcafe" + 16 * "0")
    sign(form, "m2", network="0badcafe" + 16 * "0")

    [watched] = ed.get(WATCH).context["watched"]

    assert [(p.acts, p.peak, p.is_odd) for p in watched.networks] == [(10, 2, False)]


def test_vigilance_says_when_it_sees_nothing(ed, form):
    sign(form, "m1")

    assert "TRUSTED_PROXIES" in ed.get(WATCH).content.decode()


def test_ed_rules_about_a_domain(ed, form):
    page = ed.get("/admin/mail-domains/new/?domain=school.example&verdict=allow")
    assert 'value="school.example"' in page.content.decode()

    ed.post(
        "/admin/mail-domains/new/",
        {"domain": " @School.example", "verdict": "allow", "reason": "They told us."},
    )

    rule = DomainRule.objects.get()
    assert (rule.domain, rule.verdict, rule.ruled_by) == ("school.example", "allow", ed.user)


def test_nobody_else_sees_or_does_any_of_it(client, form):
    sign(form, "m1")
    hold = Hold.objects.create(form=form, cause="network")
    client.force_login(User.objects.create_user("mallory"))

    for address in (WATCH, INVALIDATE, f"{WATCH}{hold.pk}/", "/admin/holds/"):
        assert client.get(address).status_code in {302, 403}
        assert client.post(address, {"step": "lift", "reason": "x"}).status_code in {302, 403, 405}
    hold.refresh_from_db()
    assert hold.lifted_at is None
