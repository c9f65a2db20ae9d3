"""The public log: anybody recomputes a count, nobody sees a name, and nothing goes in silence."""

import datetime
import json
import subprocess
import sys
import urllib.request

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection
from django.utils import timezone

from plaidoyer.actions import confirmations, counting, intake, messages
from plaidoyer.actions.ledger import audits, keys, logs, receipts, verify, witnesses
from plaidoyer.actions.ledger.models import Checkpoint, Entry
from plaidoyer.actions.models import Action, Confirmation, Held, Hold
from plaidoyer.lib import merkle
from plaidoyer.lib.merkle import notes
from plaidoyer.staff.audit import verifying, writing
from plaidoyer.supporters import privacy
from plaidoyer.testing import make_form, make_pages, supporter

TOMORROW = timezone.now() + datetime.timedelta(days=1)


def sign(form, number, start=0):
    """So many people sign and confirm."""
    acts = [
        intake.append(
            form,
            email=f"canary{place}@post.example",
            given_name="Canary",
            family_name=f"No {place}",
            language="en",
            page="/en/",
        )
        for place in range(start, start + number)
    ]
    confirmations.confirm_many(acts)
    counting.advance()
    return acts


@pytest.fixture
def form(db):
    form = make_form()
    make_pages(form)
    return form


def lines(form):
    return list(form.entries.order_by("index").values_list("line", flat=True))


def test_a_log_begins_with_thirty_two_acts_that_count(client, form):
    sign(form, 31)
    assert logs.log(form) is None
    assert client.get(f"/ledger/{form.public_id}/checkpoint", follow=True).status_code == 404
    assert "32 acts" in client.get(f"/en/ledger/{form.public_id}/").content.decode()

    sign(form, 1, start=31)
    checkpoint = logs.log(form)

    assert (checkpoint.size, checkpoint.count) == (32, 32)
    assert logs.log(form) is None


def test_the_root_is_that_of_the_entries_and_the_note_is_signed(form):
    sign(form, 40)
    checkpoint = logs.log(form)

    said = notes.read(checkpoint.note)
    assert said.root == merkle.root(merkle.leaf_hash(line.encode()) for line in lines(form))
    assert said.origin == f"localhost:8000/ledger/{form.public_id}"
    assert notes.verify(checkpoint.note, keys.public()) == 0
    text, read = verify.read(checkpoint.note, keys.public())
    assert (text, read["count"]) == (said.text, 40)


def test_a_checkpoint_keeps_the_end_of_what_the_staff_did(form):
    writing.write(None, "tried", "the door")
    writing.write(None, "tried", "the door again")
    writing.seal()
    sign(form, 32)

    said = notes.read(logs.log(form).note)
    [kept] = [line.removeprefix("audit ") for line in said.more if line.startswith("audit ")]

    assert str(verifying.verify(kept)) == kept
    # Who owns the database takes the last entry away: whoever kept the checkpoint notices.
    number = int(kept.partition(":")[0])
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "WITH gone AS (DELETE FROM staff_auditseal WHERE number = %s RETURNING entry_id)"
            " DELETE FROM staff_auditentry WHERE id IN (SELECT entry_id FROM gone)",
            [number],
        )
        cursor.execute("SET LOCAL session_replication_role = origin")
    verifying.verify()
    with pytest.raises(verifying.BrokenChainError, match=f"ends at {number - 1}; you remember"):
        verifying.verify(kept)


def test_the_order_of_a_batch_is_drawn_by_lot(form):
    acts = sign(form, 40)
    logs.log(form)

    order = list(form.entries.order_by("index").values_list("action_id", flat=True))
    assert sorted(order) == [act.pk for act in acts]
    assert order != sorted(order)  # by chance once in 40! times


def test_fewer_than_thirty_two_wait_for_the_next_day(form):
    sign(form, 32)
    first = logs.log(form)
    sign(form, 3, start=32)

    assert logs.log(form) is None
    second = logs.log(form, TOMORROW)
    assert (first.size, second.size) == (32, 35)
    assert bytes(second.edge) != bytes(first.edge)


def test_what_counts_no_more_gets_a_line_with_its_reason_and_may_come_back(form):
    acts = sign(form, 34)
    logs.log(form)
    confirmations.withdraw(acts[0])
    hold = Hold.objects.create(cause=Hold.Cause.ORGANISER, form=form, reason="A wave.")
    held = Held.objects.create(action=acts[1], hold=hold)

    checkpoint = logs.log(form, TOMORROW)
    assert (checkpoint.size, checkpoint.count) == (36, 32)
    assert {line.split()[2] for line in lines(form)[34:]} == {"withdrawn", "held"}

    held.released_at = timezone.now()
    held.save()
    again = logs.log(form, TOMORROW + datetime.timedelta(days=1))
    assert (again.size, again.count) == (37, 33)
    assert verify.counted(lines(form)) == 33


def test_a_receipt_opens_its_own_entry_and_no_other(client, form):
    acts = sign(form, 40)
    before = client.get(messages.confirmation_path(acts[3]) + "receipt/").content.decode()
    checkpoint = logs.log(form)
    address = messages.confirmation_path(acts[3]) + "receipt/"

    page, file = client.get(address), client.get(address + "?file")

    receipt = json.loads(file.content)
    origin = notes.read(checkpoint.note).origin
    assert receipt["identity"] == "canary3@post.example"
    assert "entry" in verify.included(receipt, lines(form), origin)
    assert receipt["salt"] in page.content.decode()
    assert "not in the public log" in before
    assert file.headers["Cache-Control"] == page.headers["Cache-Control"] == "private, no-store"
    for change in ({"identity": "canary4@post.example"}, {"index": 0, "day": "2001-01-01"}):
        with pytest.raises(verify.Wrong):
            verify.included(receipt | change, lines(form), origin)


def test_whoever_was_erased_still_counts_and_still_verifies(form):
    acts = sign(form, 40)
    checkpoint = logs.log(form)
    receipt = receipts.receipt(acts[5])

    privacy.erase(supporter("canary5@post.example"))

    assert Entry.objects.get(action_id=acts[5].pk).salt is None
    assert receipts.receipt(acts[5]) is None
    assert "entry" in verify.included(receipt, lines(form), notes.read(checkpoint.note).origin)
    assert logs.log(form, TOMORROW) is None  # nothing has changed for the log
    assert verify.counted(lines(form)) == 40


def test_nothing_that_is_published_names_anybody(client, form):
    sign(form, 40)
    logs.log(form)

    for path in ("checkpoint", "checkpoints", "entries/0"):
        answer = client.get(f"/ledger/{form.public_id}/{path}")
        assert answer.status_code == 200
        assert "canary" not in answer.content.decode().lower()
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
    for line in lines(form):
        assert verify.ADDED.fullmatch(line)


def test_the_count_is_a_hundred_bytes_that_a_cache_may_keep(client, form):
    sign(form, 2)

    answer = client.get(f"/actions/{form.public_id}/count")

    assert answer.json()["confirmed"] == 2
    assert len(answer.content) < 100
    assert answer.headers["Cache-Control"] == "public, max-age=10"
    assert not answer.cookies
    assert client.get("/actions/unknown/count", follow=True).status_code == 404


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_page_says_what_it_does_not_prove(client, form, language):
    sign(form, 32)
    logs.log(form)

    page = client.get(f"/{language}/ledger/{form.public_id}/").content.decode()

    assert ("ne prouve pas" if language == "fr" else "does not prove") in page
    assert "verify.py" in page
    assert (
        "https://" not in page.replace("https://localhost", "").split("<main")[1].split("</main")[0]
    )
    here = client.get(f"/{language}/campagnes/meadow/agir/").content.decode()
    assert f'href="/{language}/ledger/{form.public_id}/"' in here


def test_a_witness_signs_and_a_stranger_does_not(form):
    sign(form, 32)
    note = logs.log(form).note
    key = Ed25519PrivateKey.from_private_bytes(b"w" * 32)
    vkey = notes.verifier("paper.example", key, notes.COSIGNATURE)
    line = notes.cosign(note, "paper.example", key, 1_700_000_000)

    signed = witnesses.add(form.public_id, line, vkey)
    witnesses.add(form.public_id, line, vkey)

    assert signed.note == note + line == Checkpoint.objects.get().note
    assert verify.witnessed(signed.note, verify.read(signed.note, keys.public())[0], vkey)
    with pytest.raises(notes.BadNoteError):
        witnesses.add(form.public_id, line.replace("paper", "other"), vkey)


def test_a_sample_is_drawn_by_the_root_and_not_by_us(form):
    acts = sign(form, 40)
    checkpoint = logs.log(form)
    confirmations.withdraw(acts[0])
    logs.log(form, TOMORROW)

    _checkpoint, drawn = audits.sample(form.public_id, 10)
    _same, again = audits.sample(form.public_id, 10)
    _first, all_of_them = audits.sample(form.public_id, 100, size=checkpoint.size)

    assert drawn == again
    assert len({one.index for one in drawn}) == 10
    assert len(all_of_them) == 40
    assert acts[0].email not in {one.email for one in audits.sample(form.public_id, 100)[1]}
    with pytest.raises(audits.NoLogError):
        audits.sample("unknown", 1)


@pytest.mark.django_db(transaction=True)
def test_a_journalist_checks_the_count_and_finds_what_goes_in_silence(
    live_server, tmp_path, capsys
):
    form = make_form()
    make_pages(form)
    acts = sign(form, 80)
    logs.log(form)
    url = f"{live_server.url}/ledger/{form.public_id}/"
    seen, receipt = tmp_path / "seen.json", tmp_path / "receipt.json"
    receipt.write_text(json.dumps(receipts.receipt(acts[7])))
    file = tmp_path / "verify.py"
    file.write_bytes(urllib.request.urlopen(f"{live_server.url}/ledger/verify.py").read())

    def check(*more):
        code = verify.main([url, "--remember", str(seen), *more])
        return code, "".join(capsys.readouterr())

    # All is as it should be: by the file alone, and by the program.
    alone = subprocess.run(
        [sys.executable, "-I", "-S", file, url, "--key", keys.public(), "--receipt", receipt],
        capture_output=True, text=True, cwd=tmp_path,
    )  # fmt: skip
    assert alone.returncode == 0, alone.stderr
    assert "80 acts count" in alone.stdout
    assert "Your act is entry" in alone.stdout
    assert check() == (0, check()[1])

    # A person is erased: nothing moves.
    privacy.erase(supporter("canary7@post.example"))
    assert check("--receipt", str(receipt))[0] == 0

    # Rows go in silence: the page shows fewer than the log, and no entry says why.
    later = timezone.now() - datetime.timedelta(hours=1)
    gone = [act.pk for act in acts[10:50]]
    Confirmation.objects.filter(action__in=gone).delete()
    Action.objects.filter(id__in=gone).delete()
    counting.recount()
    assert logs.log(form, TOMORROW) is None
    note = Checkpoint.objects.get()
    said = notes.read(note.note)
    old = (said.more[0], f"time {later.isoformat(timespec='seconds')}")
    note.note = notes.sign(
        notes.Checkpoint(said.origin, said.size, said.root, old).text, keys.name(), keys.private()
    )
    note.save()
    code, words = check()
    assert (code, "no entry says why" in words) == (1, True)

    # The log itself is rewritten and signed anew: whoever kept a checkpoint knows.
    Entry.objects.filter(form=form).delete()
    Checkpoint.objects.all().delete()
    sign(form, 45, start=100)
    logs.log(form)
    code, words = check()
    assert (code, "rewritten" in words or "not those" in words or "are left" in words) == (1, True)
    # The control: who kept nothing is told that all is well.
    assert verify.main([url]) == 0


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_browser_recomputes_the_count_and_finds_a_receipt(live_server, page, tmp_path):
    form = make_form()
    make_pages(form)
    acts = sign(form, 40)
    logs.log(form)
    receipt = tmp_path / "receipt.json"
    receipt.write_text(json.dumps(receipts.receipt(acts[7])))

    page.goto(f"{live_server.url}/fr/ledger/{form.public_id}/")
    page.get_by_role("button", name="Recalculer le compte").click()
    page.get_by_text("C’est exact").wait_for()
    page.get_by_label("Votre propre reçu").set_input_files(receipt)
    page.get_by_text("Votre geste est l’entrée").wait_for()

    assert "40 gestes qui comptent" in page.locator("#verdict").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360

    # The control: one entry is another than the one that was signed.
    forged = form.entries.get(index=3)
    Entry.objects.filter(pk=forged.pk).update(line="A " + "0" * 64)
    page.get_by_role("button", name="Recalculer le compte").click()
    page.get_by_text("Les entrées ne sont pas celles qui ont été signées.").wait_for()
