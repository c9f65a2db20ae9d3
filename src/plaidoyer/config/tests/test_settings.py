"""Settings fail loudly, and nobody has to invent a secret."""

import stat

import pytest
from django.core.exceptions import ImproperlyConfigured

from plaidoyer.config import settings


@pytest.mark.parametrize(
    ("text", "value"), [("1", True), ("Yes", True), ("off", False), ("", False), (" true ", True)]
)
def test_a_yes_or_no_is_read(monkeypatch, text, value):
    monkeypatch.setenv("A_SWITCH", text)

    assert settings.env_bool("A_SWITCH", False) is value


@pytest.mark.parametrize(
    "read",
    [
        lambda: settings.env_bool("A_SETTING", False),
        lambda: settings.env_int("A_SETTING", 1),
        lambda: settings.env_choice("A_SETTING", {"none", "tls"}, "none"),
    ],
)
def test_nonsense_stops_the_start_and_names_the_setting(monkeypatch, read):
    monkeypatch.setenv("A_SETTING", "perhaps")

    with pytest.raises(ImproperlyConfigured, match="A_SETTING"):
        read()


def test_the_secret_is_made_once_and_is_for_nobody_else(tmp_path, monkeypatch):
    monkeypatch.delenv("SECRET_KEY", raising=False)

    made = settings.secret_key(tmp_path)

    assert len(made) >= 50
    assert settings.secret_key(tmp_path) == made
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_a_secret_of_the_environment_wins(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "from outside")

    assert settings.secret_key(tmp_path) == "from outside"
    assert not list(tmp_path.iterdir())


PATIENCE = {"connect_timeout": 5, "tcp_user_timeout": 10_000}


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "postgresql://anne:p%40ss@db.example:6432/rivers?sslmode=require",
            {"NAME": "rivers", "USER": "anne", "PASSWORD": "p@ss", "HOST": "db.example",
             "PORT": "6432", "OPTIONS": {**PATIENCE, "sslmode": "require"}},
        ),
        (
            "host=/run/postgresql dbname=rivers",
            {"NAME": "rivers", "HOST": "/run/postgresql", "PORT": "", "OPTIONS": PATIENCE},
        ),
    ],
)  # fmt: skip
def test_every_form_of_database_address_is_understood(url, expected):
    found = settings.database(url)

    assert {name: found[name] for name in expected} == expected
