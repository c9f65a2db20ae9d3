"""From a confirmed act to the letter in the minister's mailbox."""

import email
import email.policy

import pytest
from django.utils import timezone
from wagtail.models import Site

from plaidoyer.actions import confirmations, intake
from plaidoyer.actions.models import Held, Hold
from plaidoyer.campaigns.models import Target
from plaidoyer.civics.models import (
    ContactDetail,
)
from plaidoyer.delivery import copies, letters, reporting, tasks
from plaidoyer.delivery.models import Letter, OwnCopy
from plaidoyer.lib.words import Words
from plaidoyer.mail import messages, returns
from plaidoyer.mail.models import Envelope
from plaidoyer.organisation.models import Organisation
from plaidoyer.testing import mails, make_campaign, make_form, make_minister

pytestmark = pytest.mark.django_db
BODY = "The meadow floods.\n\nThat is what it is for. <b>Keep it.</b>"


def lauras_letter(form=None, *, confirmed=True, to=None, name="laura", **facts):
    """A letter that Laura wrote, to all targets of its campaign."""
    form = form or make_form(kind="letter")
    targets = form.campaign.targets.values_list("pk", flat=True)
    action = intake.append(
        form,
        email=f"{name}@home.example",
        given_name="Laura",
        family_name="Brook",
        language=facts.pop("language", "en"),
        page="/",
        postal_code=facts.pop("postal_code", ""),
        content={
            "subject": "The meadow",
            "body": BODY,
            "targets": to or list(targets),
            **facts.pop("content", {}),
        },
    )
    if confirmed:
        assert confirmations.confirm(action)
    return action


def another_target(form, *, address):
    return Target.objects.create(campaign=form.campaign, post=make_minister(email=address))


def test_a_confirmed_letter_is_written_to_each_target_once():
    form = make_form(kind="letter")
    another_target(form, address="clerk@ministry.example")
    action = lauras_letter(form)

    assert len(letters.write([action])) == 2
    assert letters.write([action]) == []

    addresses = [to for _kind, to in mails(kind="letter")]
    assert sorted(addresses) == ["clerk@ministry.example", "vale@ministry.example"]
    letter = Letter.objects.order_by("id").first()
    assert letter.recipient == "Ada Vale, Minister of Waters"
    assert (letter.subject, letter.envelope.urgency) == ("The meadow", 10)
    assert letter.body == f"Dear Ada Vale,\n\n{BODY}\n\nLaura Brook"


def test_only_chosen_targets_get_it():
    form = make_form(kind="letter")
    clerk = another_target(form, address="clerk@ministry.example")

    [letter] = letters.write([lauras_letter(form, to=[clerk.pk])])

    assert letter.target == clerk


@pytest.mark.parametrize("kind", ["letter", "petition"])
def test_nothing_is_written_for_what_is_not_a_confirmed_letter(kind):
    action = lauras_letter(make_form(kind=kind), confirmed=kind == "petition")

    assert letters.write([action]) == []


def test_a_withdrawn_letter_that_waits_does_not_leave():
    action = lauras_letter()
    [letter] = letters.write([action])
    confirmations.withdraw(action)

    assert letters.compose([letter.envelope]) == {}
    assert letters.cancel([action]) == 1

    letter.envelope.refresh_from_db()
    assert letter.envelope.state == Envelope.State.CANCELLED
    assert letters.write([action]) == []


def test_only_withdrawn_letters_are_cancelled():
    action = lauras_letter()
    letters.write([action])

    assert letters.cancel([action]) == 0


def test_a_letter_is_held_until_its_target_has_an_address():
    post = make_minister(email=None)
    action = lauras_letter(make_form(make_campaign(post=post), kind="letter"))
    withdrawn = lauras_letter(action.form, name="suzie")
    for letter in letters.write([action, withdrawn]):
        assert letter.envelope is None
    confirmations.withdraw(withdrawn)
    assert letters.release() == 0

    ContactDetail.objects.create(
        post=post, value="vale@ministry.example", source="https://m.example"
    )

    assert letters.release() == 1
    assert letters.release() == 0
    assert Letter.objects.get(action=action).envelope.to_address == "vale@ministry.example"


def test_letters_that_a_dead_job_left_unwritten_are_written():
    action = lauras_letter()
    lauras_letter(action.form, name="suzie", confirmed=False)

    assert letters.mend() == 1
    assert letters.mend() == 0
    assert Letter.objects.get().action == action


def test_the_tasks_have_the_names_that_acts_defer():
    assert tasks.write_letters.name == "delivery.write_letters"
    assert tasks.cancel_letters.name == "delivery.cancel_letters"


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_message_is_the_organisations_for_the_supporter(language):
    organisation = Organisation.for_site(Site.objects.get())
    organisation.name = Words(fr="Coalition Rivières", en="River Coalition")
    organisation.save()
    [letter] = letters.write([lauras_letter(language=language)])

    composed = letters.compose([letter.envelope])[letter.envelope_id]
    message = email.message_from_bytes(
        messages.build(letter.envelope, composed), policy=email.policy.default
    )

    name = {"fr": "Coalition Rivières", "en": "River Coalition"}[language]
    [sender] = message["From"].addresses
    assert sender.display_name == f"Laura Brook (via {name})"
    assert sender.addr_spec == returns.address("letter", letter.envelope)
    assert message["Reply-To"] == "Laura Brook <laura@home.example>"
    assert message["To"] == "vale@ministry.example"
    assert message["Message-ID"] == f"<{letter.envelope.uid.hex}@river.example>"
    assert "List-Unsubscribe" not in message
    assert message["Content-Language"] == language
    plain = message.get_body(("plain",)).get_content()
    said, _mark, footer = plain.replace("\r\n", "\n").partition("\n\n-- \n")
    assert said == letter.body
    assert f"/{language}/letters/mailbox/" in footer
    assert f"/{language}/letters/relay/" in footer
    html = message.get_body(("html",)).get_content()
    assert "&lt;b&gt;Keep it.&lt;/b&gt;" in html
    assert f'lang="{language}"' in html


def test_the_ladder_counts_each_rung_by_itself():
    form = make_form(kind="letter")
    states = ["accepted", "accepted", "bounced", "refused", "in_doubt", "queued", "cancelled"]
    ways = {"bounced": ["leased", "accepted", "bounced"], "queued": [], "cancelled": ["cancelled"]}
    for number, state in enumerate(states):
        [letter] = letters.write([lauras_letter(form, name=f"s{number}")])
        for step in ways.get(state, ["leased", state]):
            Envelope.objects.filter(letter=letter).update(state=step, ended_at=timezone.now())
    before = timezone.now()
    letters.write([lauras_letter(form, name="later")])

    assert reporting.ladder([form]) == reporting.Ladder(7, 3, 1, 1, 1, 0)
    assert reporting.ladder([form], until=before).queued == 6
    assert reporting.ladder([make_form(form.campaign)]).queued == 0


def test_writing_many_letters_takes_few_queries(django_assert_max_num_queries):
    form = make_form(kind="letter")
    many = [lauras_letter(form, name=f"s{number}") for number in range(30)]

    with django_assert_max_num_queries(29):
        assert len(letters.write(many)) == 30


def hold(*actions):
    """An organiser invalidates acts."""
    placed = Hold.objects.create(cause="organiser", form=actions[0].form)
    Held.objects.bulk_create(Held(action=action, hold=placed) for action in actions)
    return placed


def test_a_held_letter_does_not_leave_and_leaves_anew_when_the_hold_is_lifted():
    action = lauras_letter(content={"own_copy": True})
    [letter] = letters.write([action])
    hold(action)

    assert letters.compose([letter.envelope]) == {}
    assert letters.cancel([action]) == 2
    assert letters.write([action]) == []
    letter.refresh_from_db()
    assert letter.envelope.state == "cancelled"

    Held.objects.update(released_at=timezone.now())
    assert letters.write([action]) == []

    stopped = letter.envelope_id
    letter.refresh_from_db()
    assert letter.envelope_id != stopped
    assert (letter.envelope.state, letter.envelope.to_address) == (
        "queued",
        "vale@ministry.example",
    )
    assert letters.compose([letter.envelope])
    assert OwnCopy.objects.get().envelope.state == "queued"
    assert letters.cancel([action]) == 0


def test_a_letter_that_left_before_its_act_was_held_does_not_leave_twice():
    action = lauras_letter()
    [letter] = letters.write([action])
    Envelope.objects.update(state="leased")
    Envelope.objects.update(state="accepted", begun_at=timezone.now())
    hold(action)
    letters.cancel([action])
    Held.objects.update(released_at=timezone.now())

    letters.write([action])

    assert Letter.objects.get().envelope_id == letter.envelope_id


def test_an_act_held_before_its_letters_were_written_has_them_afterwards():
    action = lauras_letter()
    hold(action)
    assert letters.write([action]) == []

    Held.objects.update(released_at=timezone.now())

    assert len(letters.write([action])) == 1


def test_a_copy_goes_to_the_writer_once_with_all_letters():
    form = make_form(kind="letter")
    another_target(form, address="clerk@ministry.example")
    action = lauras_letter(form, content={"own_copy": True}, confirmed=False)
    letters.write([action])
    assert not OwnCopy.objects.exists()

    confirmations.confirm(action)
    letters.write([action])
    letters.write([action])

    copy = OwnCopy.objects.get()
    assert copy.envelope.to_address == "laura@home.example"
    message = copies.compose([copy.envelope])[copy.envelope_id]
    assert message.subject == "Your copy: The meadow"
    assert message.text.count("Dear Ada Vale,") == 2
    assert "<b>Keep it.</b>" in message.text
    assert "&lt;b&gt;Keep it.&lt;/b&gt;" in message.html


def test_no_copy_goes_of_what_was_taken_back():
    action = lauras_letter(content={"own_copy": True})
    letters.write([action])
    confirmations.withdraw(action)

    assert letters.cancel([action]) == 2
    assert copies.compose(list(Envelope.objects.filter(kind="own_copy"))) == {}


def test_a_letter_is_kept_in_the_language_and_with_the_share_it_was_shown_with():
    form = make_form(kind="letter")
    clerk = another_target(form, address="clerk@ministry.example")
    text = {"subject": "Merci", "body": "Merci.", "language": "fr", "thanks": True}
    content = {"own_words": 34, "texts": [text], "letters": [[clerk.pk, None, 0]]}

    first, second = letters.write([lauras_letter(form, content=content)])

    assert (first.language, first.thanks, first.own_words) == ("en", False, 34)
    assert (second.language, second.thanks, second.own_words) == ("fr", True, 0)
    assert letters.compose([second.envelope])[second.envelope_id].language == "fr"


def test_nobody_writes_to_whom_a_rule_leaves_out():
    form = make_form(kind="letter")
    clerk = another_target(form, address="clerk@ministry.example")

    [letter] = letters.write(
        [lauras_letter(form, content={"left_out": [[clerk.pk, None, "They answered."]]})]
    )

    assert letter.target != clerk
