"""Plugin of pytest: every test talks to a real PostgreSQL, the embedded one, in `var/test`.

Loaded before Django's settings are read (pyproject.toml, addopts).
"""

import gc
import os
from pathlib import Path

from plaidoyer.config import postgres

# Looks for garbage take a sixth of the suite's time where they come as often as usual: none while
# all is loaded, and few among what tests make.
gc.disable()

os.environ.setdefault("VAR_DIR", str(Path.cwd() / "var" / "test"))
os.environ["MAIL_DOMAIN"] = "river.example"
# Nobody listens there: a test that wants mail to leave gives its own relay.
os.environ["SMTP_HOST"], os.environ["SMTP_PORT"] = "127.0.0.1", "9"
os.environ["DEMO_MAILDIR"] = ""
# The template of the tests' databases was made with it, whichever folder they run in.
os.environ["MASTER_KEY"] = "cGxhaWRveWVyIHRlc3RzIGFuZCBub3RoaW5nIGVsc2U="
postgres.ensure_url()


def pytest_collection_finish() -> None:
    """All is loaded by then."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    gc.enable()
