"""Settings of a product that may read this very machine: the press of a test is on the loopback."""

from plaidoyer.config.settings import *  # noqa: F403

FETCH_LOOPBACK = True
