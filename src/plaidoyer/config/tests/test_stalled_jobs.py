from types import SimpleNamespace

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from plaidoyer.config.tasks import retry_stalled

pytestmark = pytest.mark.django_db(transaction=True)


def stall(**job):
    """A job that a worker was doing when it was killed."""
    pk = app.configure_task("delivery.write_letters", **job).defer(action_ids=[1])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", [pk])
    return pk


@pytest.fixture(autouse=True)
def empty_queue():
    """The queue's tables are not Django's to empty."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")


def run_retry_stalled():
    context = SimpleNamespace(app=app)
    async_to_sync(retry_stalled.func)(context, timestamp=0)


def test_the_job_of_a_killed_worker_is_done_by_another():
    job = stall()

    run_retry_stalled()

    assert ProcrastinateJob.objects.get(pk=job).status == "todo"


def test_a_stalled_job_whose_successor_waits_already_ends():
    stalled = stall(queueing_lock="once")
    waiting = app.configure_task("delivery.write_letters", queueing_lock="once").defer(
        action_ids=[1]
    )

    run_retry_stalled()

    left = ProcrastinateJob.objects.filter(pk__in=[stalled, waiting])
    assert list(left.values_list("id", "status")) == [(waiting, "todo")]
