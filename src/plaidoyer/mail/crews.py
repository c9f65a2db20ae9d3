"""More processes to send with while much is due: one a core, for as long as there is work.

Signing takes a core a thousand times a second; what is due by the ten thousand is sent by several
processes of the program `plaidoyer sender`. They end by themselves when nothing is due.
"""

import datetime
import gc
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections
from django.utils import timezone

from plaidoyer.mail import journals, sending
from plaidoyer.mail.models import Envelope, Sender

# Fewer are sent sooner by one process than others begin.
MANY = 2000
# Who has not been heard of for so long is no help.
SILENT = datetime.timedelta(seconds=3 * sending.SEEN_SECONDS)
# A sender that stays looks so often whether there is something to send.
IDLE_SECONDS = 2


def send_due(stop: Callable[[], bool] = lambda: False) -> int:
    """Sends what is due like `sending.send_due`, with helpers while MANY envelopes are due.

    How many came to an end here; told to stop, it tells the helpers.
    """
    helpers = call_in() if sending.may_send() and much_is_due() else None
    try:
        return sending.send_due(stop)
    finally:
        if helpers:
            if stop():
                helpers.terminate()
            helpers.wait()


def much_is_due() -> bool:
    """Whether at least MANY envelopes are due; no more of them than that are looked at."""
    return Envelope.objects.due()[MANY - 1 : MANY].exists()


def call_in() -> subprocess.Popen | None:
    """Starts as many senders as are missing beside this process on this machine."""
    heard = Sender.objects.filter(place=journals.place(), seen_at__gt=timezone.now() - SILENT)
    missing = (settings.MAIL_SENDERS or os.cpu_count() or 1) - 1 - heard.count()
    program = Path(sys.executable).parent / "plaidoyer"
    return subprocess.Popen([program, "sender", f"--processes={missing}"]) if missing > 0 else None


def work(number: int, *, stay: bool) -> None:
    """Sends in `number` processes until nothing is due; those that `stay` wait for more.

    They are forks of this one, before it has threads or sessions: what the program has loaded is
    in memory once.
    """
    connections.close_all()
    gc.freeze()
    fork = multiprocessing.get_context("fork")
    processes = [fork.Process(target=_send, args=(stay,)) for _ in range(number)]
    for process in processes:
        process.start()

    def pass_on(_number: int, _frame: Any) -> None:
        for process in processes:
            process.terminate()

    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, pass_on)
    for process in processes:
        process.join()


def _send(stay: bool) -> None:
    ends = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda _number, _frame: ends.set())
    sending.send_due(ends.is_set)
    while stay and not ends.wait(IDLE_SECONDS):
        sending.send_due(ends.is_set)
