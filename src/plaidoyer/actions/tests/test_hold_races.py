"""Two organisers, or an organiser and a supporter, at the same instant."""

import threading

import pytest
from django.contrib.auth.models import User
from django.db import connection

from plaidoyer.actions import confirmations
from plaidoyer.actions.guards import holds, tasks
from plaidoyer.actions.models import Confirmation, Held, Hold
from plaidoyer.actions.tests.test_holds import count, jobs, sign
from plaidoyer.testing import make_form, make_pages


@pytest.fixture
def form():
    form = make_form()
    make_pages(form)
    return form


def together(number, deed):
    """Runs `deed(n)` in `number` threads that all begin at the same moment; their results."""
    gate, results = threading.Barrier(number), [None] * number

    def run(n):
        try:
            gate.wait()
            results[n] = deed(n)
        except Exception as error:
            results[n] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_of_two_organisers_who_lift_at_once_one_did_it(form):
    ed, anne = User.objects.create_user("ed"), User.objects.create_user("anne")
    acts = [sign(form, f"m{n}") for n in range(20)]
    confirmations.confirm_many(acts)
    hold = Hold.objects.create(form=form, cause="network")
    Held.objects.bulk_create(Held(action=act, hold=hold) for act in acts)

    results = together(2, lambda n: holds.lift(hold, by=[ed, anne][n], because=str(n)))
    together(2, lambda n: tasks.lift_hold(hold.pk))

    assert sorted(str(type(result).__name__) for result in results) == [
        "AlreadyLiftedError",
        "NoneType",
    ]
    assert count(form) == 20


@pytest.mark.django_db(transaction=True)
def test_one_releases_while_another_lifts(form):
    ed = User.objects.create_user("ed")
    acts = [sign(form, f"m{n}") for n in range(20)]
    confirmations.confirm_many(acts)
    hold = Hold.objects.create(form=form, cause="network")
    Held.objects.bulk_create(Held(action=act, hold=hold) for act in acts)

    def deed(n):
        if n == 0:
            return holds.release(hold, [act.pk for act in acts[:10]], by=ed, because="r")
        holds.lift(hold, by=ed, because="l")
        return tasks.lift_hold(hold.pk)

    together(2, deed)

    whys = Held.objects.values_list("released_because", flat=True)
    assert set(whys) <= {"r", "l"}
    assert not Held.objects.filter(released_at=None).exists()
    assert count(form) == 20
    # Every act's follow-up was asked once.
    asked = [pk for args in jobs("delivery.write_letters") for pk in args["action_ids"]]
    assert len(asked) == len(set(asked))


@pytest.mark.django_db(transaction=True)
def test_confirmed_and_invalidated_at_the_same_instant(form):
    ed = User.objects.create_user("ed")
    acts = [sign(form, f"m{n}") for n in range(20)]
    hold = holds.invalidate(
        form,
        filters={"domain": "bots.example"},
        reason="…",
        by=ed,
        upto=acts[-1].pk,
        foreseen=len(acts),
    )

    def deed(n):
        if n:
            return confirmations.confirm(acts[n - 1])
        return tasks.apply_hold(hold.pk)

    together(21, deed)

    assert Confirmation.objects.count() == 20
    assert Held.objects.count() == 20
    assert count(form) == 0
