"""What all sources promise: a reason for what they cannot read, a licence, an address."""

import contextlib
import datetime
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plaidoyer.civics import sources
from plaidoyer.civics.sources import SourceError

pytestmark = pytest.mark.django_db
ON = datetime.date(2026, 7, 1)
OURS = [one for one in sources.known() if type(one).__module__.startswith(sources.__name__)]


@pytest.mark.parametrize("name", [source.name for source in OURS])
@pytest.mark.parametrize(
    "content", [b"", b"\x00" * 999, b"<a", b"{", b"[1", b"- [", b"a,b\n1", b"\xff\xfe\x00", b"[]"]
)
def test_what_is_no_list_is_refused_by_every_source(name, content):
    with pytest.raises(SourceError):
        sources.get(name).read(content, ON)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "objects",
                    "meta",
                    "related",
                    "items",
                    "value",
                    "acteurs",
                    "acteur",
                    "mandats",
                    "mandat",
                    "id",
                    "name",
                    "terms",
                    "type",
                    "totalResults",
                    "latestHouseMembership",
                    "house",
                    "uid",
                    "typeOrgane",
                    "export",
                    "offices",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(ANYTHING)
def test_no_shape_breaks_a_source(value):
    content = json.dumps(value).encode()
    for name in ("represent", "uk-parliament", "assemblee-nationale", "congress"):
        with contextlib.suppress(SourceError):
            sources.get(name).read(content, ON)


def test_every_source_says_its_licence_and_where_it_is():
    for source in OURS:
        assert source.label
        if source.name not in {"csv", "popolo", "postal-codes"}:
            assert source.licence, source.name
            assert source.address.startswith("https://"), source.name
