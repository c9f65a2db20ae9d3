"""A target answers a letter: its writer tells us, forwards it, or a machine did."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from plaidoyer.actions import confirmations
from plaidoyer.delivery import copies, letters, reporting
from plaidoyer.delivery.models import Letter, Reply
from plaidoyer.delivery.replies import collecting
from plaidoyer.delivery.tests.test_letters import lauras_letter
from plaidoyer.mail import returns
from plaidoyer.mail.models import Envelope, Incoming
from plaidoyer.supporters import privacy
from plaidoyer.supporters.models import Consent, Supporter
from plaidoyer.testing import make_form, make_organiser

pytestmark = pytest.mark.django_db


def accepted_letter(form=None, *, days=1, name="laura", **facts) -> Letter:
    """A letter that its reader's server took some days ago."""
    action = lauras_letter(form, name=name, **facts)
    letters.write([action])
    written = Letter.objects.filter(action=action)
    for state in ("leased", "accepted"):
        Envelope.objects.filter(letter__in=written).update(
            state=state, ended_at=timezone.now() - timedelta(days=days)
        )
    written.update(written_at=timezone.now() - timedelta(days=days))
    return written.select_related("envelope", "action").order_by("id")[0]


def arrives(letter: Letter, kind=returns.REPLY, **facts) -> None:
    """Something came to an address of ours for `letter`."""
    incoming = Incoming.objects.create(sha256=uuid4().hex)
    returns.tell(
        returns.Coming(
            kind=kind,
            envelope=letter.envelope,
            code="",
            words="",
            sender=facts.get("sender", "laura@home.example"),
            sender_name=facts.get("sender_name", "Laura"),
            subject=facts.get("subject", "Fwd: The meadow"),
            text=facts.get("text", "Dear Ms Brook,\n\nthe Minister agrees."),
            received_at=timezone.now(),
            incoming=incoming,
        )
    )


def page(letter: Letter, language: str = "en") -> str:
    return f"/{language}/replies/{collecting.token(letter.envelope)}/"


def told(**facts):
    return {"category": "substantive", "replied_on": "", "text": "", **facts}


@pytest.mark.parametrize(
    ("language", "heading"), [("en", "Did you get a reply?"), ("fr", "replies")]
)
def test_the_page_of_a_letter_names_the_address_to_forward_to(client, language, heading):
    letter = accepted_letter()

    answer = client.get(page(letter, language))

    html = answer.content.decode()
    assert answer.status_code == 200
    assert heading in html
    assert returns.reply_address(letter.envelope) in html
    assert "no-store" in answer["Cache-Control"]
    assert not answer.cookies


def test_opening_the_page_changes_nothing(client):
    letter = accepted_letter()

    client.get(page(letter))
    client.head(page(letter))

    assert not Reply.objects.exists()


def test_a_writer_tells_of_a_reply(client):
    letter = accepted_letter()
    day = timezone.localdate().isoformat()

    answer = client.post(page(letter), told(replied_on=day, text="We agree.\x00\u202e"))

    reply = Reply.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"{page(letter)}?done=told")
    assert (reply.letter, reply.said, reply.category) == (letter, "substantive", "substantive")
    assert (reply.text, reply.replied_on.isoformat()) == ("We agree.", day)
    assert not reply.is_quotable
    assert "Thank you" in client.get(answer["Location"]).content.decode()


def test_the_same_told_twice_is_told_once(client):
    letter = accepted_letter()

    for _press in range(2):
        client.post(page(letter), told(text="We agree."))

    assert Reply.objects.count() == 1


def test_nobody_floods_us_with_replies(client):
    letter = accepted_letter()
    Reply.objects.bulk_create(
        Reply(letter=letter, source="told", said="automatic", text=str(n))
        for n in range(collecting.MOST)
    )

    answer = client.post(page(letter), told())

    assert answer.status_code == 422
    assert "You have told us enough" in answer.content.decode()


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"category": ""}, "Choose what came."),
        ({"category": "not_a_reply"}, "Select a valid choice"),
        ({"replied_on": "yesterday"}, "Write a day"),
        ({"replied_on": "2999-01-01"}, "This day has not come yet."),
        ({"replied_on": "1999-01-01"}, "Your letter was written after that day."),
        ({"text": "x" * (collecting.LONGEST + 1)}, "at most"),
    ],
)
def test_what_cannot_be_is_told_beside_its_field(client, facts, words):
    letter = accepted_letter()

    answer = client.post(page(letter), told(**facts))

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Reply.objects.exists()


def test_a_quotation_is_allowed_by_a_tick_and_ended_by_a_press(client):
    letter = accepted_letter()
    client.post(page(letter), told(text="We agree.", may_quote="on"))

    reply = Reply.objects.get()
    given = Consent.objects.get(purpose=collecting.QUOTE)
    assert reply.is_quotable
    assert "may quote this reply in public" in given.wording.text
    client.post(page(letter), {"end_quotation": str(reply.pk)})
    client.post(page(letter), {"end_quotation": "²" * 30})

    reply.refresh_from_db()
    assert not reply.is_quotable
    assert Consent.objects.filter(purpose=collecting.QUOTE, answer="withdrawn").count() == 1


def test_one_cannot_end_the_quotation_of_anothers_reply(client):
    form = make_form(kind="letter")
    laura, suzie = accepted_letter(form), accepted_letter(form, name="suzie")
    client.post(page(laura), told(text="We agree.", may_quote="on"))

    client.post(page(suzie), {"end_quotation": str(Reply.objects.get().pk)})

    assert Reply.objects.get().is_quotable


@pytest.mark.parametrize("token", ["x", "a.b", "%00", "0" * 300])
def test_a_broken_link_says_so(client, token):
    assert client.get(f"/en/replies/{token}/").status_code == 404
    assert client.get(f"/en/replies/asked/{token}/").status_code == 404
    assert client.post(f"/en/replies/stop/{token}/").status_code == 404


def test_a_forwarded_reply_is_kept_and_waits_to_be_read():
    letter = accepted_letter()

    arrives(letter, subject="Re:\r\nBcc: x", text="Agreed.\x00")

    reply = Reply.objects.get()
    assert (reply.source, reply.category, reply.text) == ("forwarded", "", "Agreed.")
    assert reply.subject == "Re: Bcc: x"
    assert not collecting.replied().exists()
    collecting.classify(reply, "position", by=make_organiser())
    assert collecting.replied().get() == letter


def test_a_machine_is_heard_once_and_is_no_answer():
    letter = accepted_letter()

    for _attempt in range(3):
        arrives(letter, kind=returns.AUTO_REPLY, sender="vale@ministry.example")

    assert Reply.objects.get().category == "automatic"
    assert not collecting.replied().exists()


def test_a_bounce_is_no_reply():
    letter = accepted_letter()

    arrives(letter, kind=returns.BOUNCE)

    assert not Reply.objects.exists()


def test_the_last_reading_holds_and_each_is_dated():
    letter = accepted_letter()
    arrives(letter)
    reply, ed = Reply.objects.get(), make_organiser()

    assert collecting.classify(reply, "substantive", by=ed)
    assert collecting.classify(reply, "substantive", by=ed) is None
    assert collecting.classify(reply, "not_a_reply", by=ed, note="It is a newsletter.")

    assert [one.category for one in reply.readings.all()] == ["not_a_reply", "substantive"]
    assert not collecting.replied().exists()


def test_the_ladder_counts_letters_that_were_answered():
    form = make_form(kind="letter")
    first, second = accepted_letter(form), accepted_letter(form, name="suzie")
    for _twice in range(2):
        collecting.tell(first, category="substantive", text=str(_twice))
    collecting.tell(second, category="automatic")

    ladder = reporting.ladder([form])

    assert (ladder.accepted, ladder.replied) == (2, 1)
    before = timezone.now() - timedelta(hours=1)
    assert reporting.ladder([form], until=before).replied == 0


def test_the_own_copy_names_the_address_of_its_letter():
    action = lauras_letter(content={"own_copy": True})
    letters.write([action])
    letter = Letter.objects.get()

    [message] = copies.compose([action.own_copy.envelope]).values()

    assert returns.reply_address(letter.envelope) in message.text
    assert returns.reply_address(letter.envelope) in message.html


def test_erasure_empties_replies_and_keeps_that_there_was_one(client):
    letter = accepted_letter()
    client.post(page(letter), told(text="Dear Ms Brook", may_quote="on"))
    laura = Supporter.objects.get()
    assert "Dear Ms Brook" in str(privacy.export(laura)["replies"])

    privacy.erase(laura)

    reply = Reply.objects.get()
    assert (reply.text, reply.category) == ("", "substantive")
    assert client.get(page(letter)).status_code == 410
    arrives(letter)
    assert Reply.objects.count() == 1


def test_a_withdrawn_act_may_still_tell_of_its_reply(client):
    letter = accepted_letter()
    confirmations.withdraw(letter.action)

    assert client.post(page(letter), told()).status_code == 303


def test_organisers_find_read_and_classify_replies(client):
    letter = accepted_letter()
    arrives(letter, text="<script>alert(1)</script> <img src=//x.example/y.png>")
    reply = Reply.objects.get()
    client.force_login(make_organiser())

    rows = client.get(reverse("replies_desk:index"), {"category": "unread"})
    assert "Ada Vale" in rows.content.decode()
    sheet = client.get(reverse("reply_sheet", args=[reply.pk])).content.decode()
    assert "&lt;script&gt;alert(1)" in sheet
    assert "<img src=//x" not in sheet
    answer = client.post(
        reverse("reply_sheet", args=[reply.pk]), {"category": "position", "note": "In writing"}
    )

    assert answer.status_code == 302
    reply.refresh_from_db()
    assert (reply.category, reply.readings.get().note) == ("position", "In writing")
    searched = client.get(
        reverse("replies_desk:index"), {"q": "laura@home.example"}
    ).content.decode()
    assert "Ada Vale" in searched
    gone = client.get(reverse("replies_desk:index"), {"category": "automatic"}).content.decode()
    assert "Ada Vale" not in gone.split("</form>")[-1]


def test_a_classification_that_is_none_is_told(client):
    letter = accepted_letter()
    arrives(letter)
    client.force_login(make_organiser())
    reply = Reply.objects.get()

    answer = client.post(reverse("reply_sheet", args=[reply.pk]), {"category": "x"})

    assert answer.status_code == 422
    assert not reply.readings.exists()


def test_the_list_of_replies_asks_as_much_for_many_as_for_few(
    client, django_assert_max_num_queries
):
    form = make_form(kind="letter")
    for name in ("laura", "suzie", "charlie"):
        arrives(accepted_letter(form, name=name))
    client.force_login(make_organiser())
    client.get(reverse("replies_desk:index"))

    with django_assert_max_num_queries(25) as first:
        client.get(reverse("replies_desk:index"))
    for name in ("ann", "bob", "cleo"):
        arrives(accepted_letter(form, name=name))
    with django_assert_max_num_queries(len(first)):
        client.get(reverse("replies_desk:index"))
