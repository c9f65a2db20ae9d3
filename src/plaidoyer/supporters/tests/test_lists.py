"""Readers from another system: looked at line by line, taken in by the worker, taken back."""

import datetime
import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from plaidoyer.supporters import chains, consents, privacy
from plaidoyer.supporters.lists import arrivals, lines
from plaidoyer.supporters.models import (
    Consent,
    Newcomer,
    ReaderList,
    Subscription,
    Supporter,
    Tagging,
)
from plaidoyer.testing import make_organiser, make_reader
from plaidoyer.vault import marks

pytestmark = pytest.mark.django_db
INDEX = "/admin/reader-lists/"
LIST = """Courriel;Prénom;Nom;Code postal;Langue;Date d’inscription
Suzie@Post.example;Suzie;Désy;G1R 2B5;fr;2024-03-01
laura@post.example;Laura;Roy;;English;2024-05-02 10:20:00
omar@post.example;Omar;;;;2023-01-15
no address;X;Y;;fr;2024-01-01

laura@post.example;Laura;Twice;;en;2024-05-02
nia@post.example;Nia;Ek;;fr;
hans@post.example;Hans;Voss;;Deutsch;2024-05-02
vera@post.example;Vera;Sol;;fr;2999-05-02
ines@post.example;Inès;Sol;;fr;31/12/2024
"""
SAID = {
    **{f"column_{n}": name for n, name in enumerate(
        ("email", "given_name", "family_name", "postal_code", "language", "agreed_on")
    )},
    "order": "iso", "language": "en", "page": "actionnetwork.org/forms/river", "tag": "moved",
    "sentence_fr": "Écrivez-moi.", "sentence_en": "Write to me.",
}  # fmt: skip


@pytest.fixture
def desk():
    client = Client()
    client.force_login(make_organiser("dora", hats=("Data officer",)))
    return client


def send(desk, text=LIST, name="readers.csv"):
    data = text if isinstance(text, bytes) else text.encode()
    return desk.post(INDEX, {"file": SimpleUploadedFile(name, data)})


def uploaded(desk, text=LIST, **said):
    """The list as it is kept once its columns were named."""
    send(desk, text)
    readers = ReaderList.objects.get()
    answer = desk.post(reverse("reader_list_columns", args=[readers.pk]), SAID | said)
    assert answer.status_code == 302, words(answer)
    readers.refresh_from_db()
    return readers


def take(desk, readers, step="take"):
    desk.post(reverse("reader_list", args=[readers.pk]), {"step": step})
    arrivals.carry_on()
    readers.refresh_from_db()


def words(answer):
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.text)))


def reading():
    rows = Subscription.objects.open().select_related("supporter")
    return {one.supporter.email for one in rows}


def test_columns_are_known_by_their_headings(desk):
    page = desk.get(send(desk).url)

    chosen = re.findall(
        r'<select name="column_\d".*?<option value="(\w*)" selected', page.text, re.S
    )
    assert chosen == [
        *("email", "given_name", "family_name", "postal_code", "language", "agreed_on")
    ]


def test_each_line_is_judged_before_anything_is_kept(desk):
    readers = uploaded(desk)

    said = words(desk.get(reverse("reader_list", args=[readers.pk])))

    assert "3 readers more" in said
    for line, reason in (
        (5, "This is no mail address."),
        (7, "This address stands in line 3 already."),
        (8, "It does not say on which day they agreed: nobody is written to without a yes."),
        (9, "We do not write in this language: Deutsch."),
        (10, "This day is still to come."),
        (11, "This is no day in the order you chose."),
    ):
        assert f"{reason} Line {line} " in said
    assert not Supporter.objects.exists()


def test_lines_of_one_reason_hide_no_other(desk):
    many = "email,date\n" + "nobody,2024-01-01\n" * 300 + "suzie@post.example,soon\n"
    said = {f"column_{n}": name for n, name in enumerate(("email", "agreed_on"))}
    readers = uploaded(desk, many, **said)

    told = words(desk.get(reverse("reader_list", args=[readers.pk])))

    assert "This is no mail address. Lines 2, 3, 4," in told
    assert "and 250 lines more" in told
    assert "This is no day in the order you chose. Line 302 " in told


def test_readers_come_in_with_the_proof_of_their_yes(desk):
    readers = uploaded(desk)

    take(desk, readers)

    assert reading() == {"Suzie@post.example", "laura@post.example", "omar@post.example"}
    suzie = Supporter.objects.get(mark=marks.address("suzie@post.example"))
    assert (suzie.given_name, suzie.family_name, suzie.language) == ("Suzie", "Désy", "fr")
    [yes] = suzie.consents.all()
    assert (yes.wording.text, yes.page) == ("Écrivez-moi.", "actionnetwork.org/forms/river")
    assert timezone.localdate(yes.answered_at) == datetime.date(2024, 3, 1)
    assert Supporter.objects.get(mark=marks.address("omar@post.example")).language == "en"
    assert Tagging.objects.filter(tag__name="moved").count() == 3
    assert readers.taken_at
    assert not readers.raw
    assert "3 readers more" in words(desk.get(INDEX))
    chains.seal()
    chains.verify()


def test_what_somebody_answered_here_later_holds(desk):
    left, stays, back = (make_reader(name) for name in ("suzie", "laura", "omar"))
    consents.withdraw(left, purpose="newsletter", page="/")
    long_ago = timezone.now() - datetime.timedelta(days=5000)
    consents.withdraw(back, purpose="newsletter", page="/")
    Subscription.objects.filter(supporter=back).delete()
    chains.delete(list(back.consents.all()))
    consents.withdraw(back, purpose="newsletter", page="/", at=long_ago)
    readers = uploaded(desk)

    said = words(desk.get(reverse("reader_list", args=[readers.pk])))
    take(desk, readers)

    assert "1 reader more" in said
    assert reading() == {"laura@post.example", "omar@post.example"}
    assert stays.consents.count() == 1
    left.refresh_from_db()
    assert left.given_name == "Suzie"
    assert not left.family_name


def test_a_list_is_taken_back_and_who_came_by_it_alone_is_erased(desk):
    known = make_reader("laura")
    readers = uploaded(desk)
    take(desk, readers)

    take(desk, readers, "back")

    assert reading() == {"laura@post.example"}
    assert known.subscriptions.open().count() == 1
    assert not Supporter.objects.filter(mark=marks.address("suzie@post.example")).exists()
    ended = Consent.objects.filter(answer=Consent.Answer.UNDONE)
    assert ended.count() == 2
    assert "taken back" in words(desk.get(reverse("reader_list", args=[readers.pk])))
    chains.seal()
    chains.verify()


def test_whoever_acted_since_stays_when_the_list_is_taken_back(desk):
    readers = uploaded(desk)
    take(desk, readers)
    suzie = Supporter.objects.get(mark=marks.address("suzie@post.example"))
    consents.give(suzie, purpose="newsletter", wording=suzie.consents.get().wording, page="/en/")
    Subscription.objects.filter(supporter=suzie).update(consent=suzie.consents.latest("pk"))

    take(desk, readers, "back")

    assert reading() == {"Suzie@post.example"}


def test_whoever_left_stays_away_though_the_list_is_taken_back_and_comes_again(desk):
    readers = uploaded(desk)
    take(desk, readers)
    suzie = Supporter.objects.get(mark=marks.address("suzie@post.example"))
    consents.withdraw(suzie, purpose="newsletter", page="/")

    take(desk, readers, "back")
    readers.delete()
    take(desk, uploaded(desk))

    assert reading() == {"laura@post.example", "omar@post.example"}


def test_a_worker_that_is_stopped_goes_on_where_it_was(desk, monkeypatch):
    many = "email,date\n" + "".join(f"s{n}@post.example,2024-01-01\n" for n in range(12))
    said = {f"column_{n}": name for n, name in enumerate(("email", "agreed_on"))}
    readers = uploaded(desk, many, **said)
    monkeypatch.setattr(arrivals, "BATCH", 5)
    welcome, calls = arrivals.welcome, []

    def stopped(now, batch):
        calls.append(len(batch))
        welcome(now, batch)
        if len(calls) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(arrivals, "welcome", stopped)
    with pytest.raises(KeyboardInterrupt):
        take(desk, readers)
    readers.refresh_from_db()
    assert (readers.done, Supporter.objects.count()) == (5, 5)
    assert "progress" in desk.get(reverse("reader_list", args=[readers.pk])).text

    arrivals.carry_on()
    arrivals.carry_on()

    assert Newcomer.objects.count() == Consent.objects.count() == len(reading()) == 12
    assert calls == [5, 5, 5, 2]


def test_a_list_is_asked_once_however_often_the_button_is_pressed(desk):
    readers = uploaded(desk)

    for _press in range(3):
        take(desk, readers)

    assert Consent.objects.count() == 3


def test_a_list_that_is_asked_for_is_not_given_up_any_more(desk):
    readers = uploaded(desk)
    take(desk, readers)

    answer = desk.post(reverse("reader_list", args=[readers.pk]), {"step": "give_up"}, follow=True)

    assert "The list is forgotten." not in words(answer)
    assert ReaderList.objects.count() == 1


def test_what_is_missing_is_told_and_what_was_said_stays(desk):
    send(desk)
    door = reverse("reader_list_columns", args=[ReaderList.objects.get().pk])
    said = SAID | {"column_5": "", "sentence_fr": "", "sentence_en": "", "page": "", "tag": "hello"}

    answer = desk.post(door, said)

    assert answer.status_code == 422
    told = words(answer)
    assert "Say which column is “day they agreed”." in told
    assert "Write the sentence they agreed to, as it stood there." in told
    assert 'value="hello"' in answer.text


def test_a_language_without_a_sentence_is_left_out(desk):
    readers = uploaded(desk, sentence_fr="")

    take(desk, readers)

    assert reading() == {"laura@post.example", "omar@post.example"}


def test_a_list_is_given_up_and_nothing_is_left(desk):
    readers = uploaded(desk)

    desk.post(reverse("reader_list", args=[readers.pk]), {"step": "give_up"})

    assert not ReaderList.objects.exists()
    assert not Supporter.objects.exists()


def test_a_list_that_nobody_takes_in_is_forgotten_after_a_week(desk):
    readers = uploaded(desk)
    day = datetime.timedelta(days=1)

    assert arrivals.forget(timezone.now() + 6 * day) == 0
    assert arrivals.forget(timezone.now() + 8 * day) == 1

    readers.refresh_from_db()
    assert not readers.raw
    assert desk.get(reverse("reader_list", args=[readers.pk])).status_code == 200


@pytest.mark.parametrize(
    "data",
    [b"", b"x", b"\x00\xff" * 9, b"\xff\xfea\x00", b'"', b"a,b\n", b"\n\n\n", b"=cmd|x,\n=1,2\n",
     "é,ü\n\udcff,2\n".encode("utf-8", "surrogateescape"), b"a;" * 3000 + b"\n1"],
)  # fmt: skip
def test_no_file_breaks_the_door(desk, data):
    answer = send(desk, data)

    assert answer.status_code in {302, 422}
    if answer.status_code == 302:
        assert desk.get(answer.url).status_code == 200
        assert desk.post(answer.url, {"order": "x", "column_0": "\x00"}).status_code == 422


def test_an_erased_reader_stays_nameless_in_the_list(desk):
    readers = uploaded(desk)
    take(desk, readers)

    privacy.erase(Supporter.objects.get(mark=marks.address("suzie@post.example")))
    take(desk, readers, "back")

    assert readers.back_at
    assert reading() == set()


def test_a_language_is_known_by_its_code_and_by_its_name():
    assert lines.language_of("FR-ca", "en") == lines.language_of("Français", "en") == "fr"
    assert lines.language_of("anglais", "fr") == lines.language_of("", "en") == "en"


def test_only_a_data_officer_brings_readers_in():
    client = Client()
    client.force_login(make_organiser("ed", hats=("Editor", "Campaigner", "Moderator")))

    assert client.get(INDEX).url == "/admin/"
