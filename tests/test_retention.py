"""What is personal goes by itself after its time, and no count moves."""

import datetime

import pytest
from click.testing import CliRunner
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.utils import timezone
from wagtail.models import Site

from plaidoyer.actions import confirmations, counting, intake, matching
from plaidoyer.actions.models import Action, ActionForm, Confirmation, PublicName
from plaidoyer.config import cli
from plaidoyer.delivery import letters
from plaidoyer.delivery.models import Letter
from plaidoyer.mail import suppressions
from plaidoyer.mail.models import Envelope, Suppression
from plaidoyer.supporters import consents, retention
from plaidoyer.supporters.models import Consent, Erasure, RetentionSettings, Subscription
from plaidoyer.testing import make_form, make_reader, supporter

pytestmark = pytest.mark.django_db

DAY = datetime.timedelta(days=1)
NAMES = ("unconfirmed", "held", "closed", "letters", "quiet", "unanswered", "bare", "consents")
NOTHING = dict.fromkeys(NAMES, 0)


def act(form, name="suzie", *, confirmed=False, **facts):
    who = {"email": f"{name}@post.example", "given_name": name, "family_name": "Roy"}
    action = intake.append(form, **who, language="en", page="/", **facts)
    matching.match([action])
    if confirmed:
        confirmations.confirm(action)
    return action


def later(days):
    return timezone.now() + days * DAY


def said(action):
    return Action.objects.get(pk=action.pk).given_name


def test_an_act_that_nobody_confirms_is_emptied_after_a_week_and_not_before():
    form = make_form()
    waiting, kept = act(form), act(form, "laura", confirmed=True)

    assert retention.run(later(6)) == NOTHING
    assert retention.run(later(8), dry=True) == NOTHING | {"unconfirmed": 1}
    assert said(waiting) == "suzie"
    assert retention.run(later(8)) == NOTHING | {"unconfirmed": 1}

    assert (said(waiting), said(kept)) == ("", "laura")
    assert retention.run(later(8)) == NOTHING


def test_signers_of_a_closed_form_are_emptied_and_go_on_to_count():
    form = make_form(opens_at=later(-9), options={"names": True})
    signed = act(form, confirmed=True, content={"named": True})
    ActionForm.objects.filter(pk=form.pk).update(closes_at=later(1))
    counting.recount()
    before = counting.confirmed([form])[form.pk].value

    assert retention.run(later(180))["closed"] == 0
    assert retention.run(later(182))["closed"] == 1
    counting.recount()

    assert said(signed) == ""
    assert counting.confirmed([form])[form.pk].value == before == 1
    assert Confirmation.objects.count() == 1
    assert PublicName.objects.count() == 1


def test_a_letter_is_emptied_some_time_after_it_arrived():
    form = make_form(kind="letter")
    targets = list(form.campaign.targets.values_list("pk", flat=True))
    content = {"subject": "The meadow", "body": "It floods.", "targets": targets}
    [letter] = letters.write([act(form, confirmed=True, content=content)])
    Envelope.objects.filter(pk=letter.envelope_id).update(state="leased")

    assert retention.run(later(400))["letters"] == 0
    Envelope.objects.filter(pk=letter.envelope_id).update(state="accepted", ended_at=later(0))
    assert retention.run(later(179))["letters"] == 0
    assert retention.run(later(181))["letters"] == 1

    assert Letter.objects.get().body == ""
    assert Letter.objects.get().recipient


def test_of_whom_nothing_else_is_kept_nothing_is_kept_and_their_no_stays():
    act(make_form())
    suppressions.suppress("suzie@post.example", reason="by_hand", words="asked us")
    make_reader("laura")

    done = retention.run(later(31))

    assert (done["unconfirmed"], done["bare"]) == (1, 1)
    assert Erasure.objects.count() == 1
    assert Suppression.objects.get().address == ""
    assert suppressions.is_stopped("Suzie@Post.example", "mailing")
    assert supporter("laura@post.example").email


def test_a_consent_is_a_proof_for_three_years_after_its_end():
    laura, suzie = make_reader("laura"), make_reader("suzie")
    consents.withdraw(suzie, purpose="newsletter", page="/")

    assert retention.apply("consents", later(1094)) == 0
    assert retention.apply("consents", later(1096)) == 2

    assert list(Consent.objects.values_list("supporter", flat=True)) == [laura.pk]
    assert Subscription.objects.count() == 1


def test_the_organisation_chooses_within_bounds():
    site = Site.objects.get(is_default_site=True)
    chosen = RetentionSettings(site=site, unconfirmed_days=30)
    chosen.full_clean()
    chosen.save()
    act(make_form())

    assert retention.run(later(29))["unconfirmed"] == 0
    assert retention.run(later(31))["unconfirmed"] == 1

    for days in (1, 61):
        with pytest.raises(ValidationError):
            RetentionSettings(site=site, unconfirmed_days=days).full_clean(exclude=["site"])


def test_a_rule_without_a_setting_is_refused():
    with pytest.raises(FieldDoesNotExist):
        retention.register("forgotten", retention.RULES["bare"])


def test_the_command_counts_what_is_due_and_does_it(monkeypatch):
    monkeypatch.setattr("plaidoyer.config.rights.load", lambda: None)
    Action.objects.filter(pk=act(make_form()).pk).update(submitted_at=later(-8))

    counted = CliRunner().invoke(cli.main, ["retention", "run", "--dry-run"])
    assert "1 unconfirmed: acts that nobody confirmed, 7 days" in counted.output
    assert Action.objects.exclude(sealed=b"").count() == 1

    CliRunner().invoke(cli.main, ["retention", "run"])
    assert not Action.objects.exclude(sealed=b"").exists()
