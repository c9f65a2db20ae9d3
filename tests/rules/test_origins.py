"""Which sites may show ours in a frame: what people write is read as a browser does, or refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plaidoyer.lib import origins

LABEL = st.text("abyz09", min_size=1, max_size=20)
HOSTS = st.lists(LABEL, min_size=1, max_size=4).map(".".join)


@given(host=HOSTS, port=st.none() | st.integers(1, 65535), slash=st.sampled_from(["", "/"]))
def test_what_is_written_rightly_is_kept_as_a_browser_writes_it(host, port, slash):
    written = f"HTTPS://{host.upper()}{f':{port}' if port else ''}{slash}"

    [read] = origins.read(f"\n {written} \r\n\n")

    assert read == f"https://{host}{f':{port}' if port not in (None, 443) else ''}"
    assert origins.read(read) == [read]


@given(text=st.text(max_size=200))
def test_nothing_that_is_read_can_add_to_a_header(text):
    try:
        read = origins.read(text)
    except origins.BadOriginError:
        return

    for origin in read:
        assert not set(origin) & set(" ;,'\"\t\r\n*")
        assert origin.isascii()


@pytest.mark.parametrize(
    "line",
    [
        "river.example",
        "http://river.example",
        "https://river.example/page",
        "https://river.example?x",
        "https://river.example#x",
        "https://user@river.example",
        "https://*.river.example",
        "https://river.example:port",
        "https://river.example:70000",
        "https://-river.example",
        "https://",
        "javascript:alert(1)",
        "https://river.example; script-src *",
        "https://" + "a" * 64 + ".example",
    ],
)
def test_what_is_none_is_refused(line):
    with pytest.raises(origins.BadOriginError):
        origins.read(line)


def test_a_machine_of_ones_own_needs_no_certificate():
    text = "http://localhost:8815\nhttp://127.0.0.1\nhttps://rivière.example\nhttp://localhost:8815"

    assert origins.read(text) == [
        "http://localhost:8815",
        "http://127.0.0.1",
        "https://xn--rivire-6ua.example",
    ]
