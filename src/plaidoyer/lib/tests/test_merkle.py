"""The tree against the RFC's own vectors, another library, and itself."""

import base64

import pymerkle
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from plaidoyer.lib import merkle
from plaidoyer.lib.merkle import notes

# Certificate Transparency's own test data: eight entries and the roots of the first n.
# https://github.com/google/certificate-transparency/blob/master/cpp/merkletree/merkle_tree_test.cc
ENTRIES = [
    bytes.fromhex(entry)
    for entry in (
        *("", "00", "10", "2021", "3031", "40414243"),
        *("5051525354555657", "606162636465666768696a6b6c6d6e6f"),
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LEAVES = [merkle.leaf_hash(entry) for entry in ENTRIES]
TREES = st.lists(st.binary(max_size=8), min_size=1, max_size=70).map(
    lambda entries: [merkle.leaf_hash(entry) for entry in entries]
)


def test_the_roots_are_those_of_the_known_vectors():
    assert [merkle.root(LEAVES[: n + 1]).hex() for n in range(8)] == ROOTS
    assert merkle.root([]).hex().startswith("e3b0c44298fc1c14")


def test_the_paths_are_those_of_the_known_vectors():
    assert [one.hex() for one in merkle.inclusion(LEAVES, 0)] == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]
    assert [one.hex() for one in merkle.consistency(LEAVES, 1)] == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]


@given(TREES, st.data())
def test_every_leaf_is_found_and_no_other_one(leaves, data):
    index = data.draw(st.integers(0, len(leaves) - 1))
    path = merkle.inclusion(leaves, index)

    assert merkle.root_of_path(leaves[index], index, len(leaves), path) == merkle.root(leaves)
    forged = merkle.leaf_hash(b"somebody who never signed")
    assert merkle.root_of_path(forged, index, len(leaves), path) != merkle.root(leaves)
    with pytest.raises(ValueError, match="too"):
        merkle.root_of_path(leaves[index], index, len(leaves), [*path, forged])


@given(TREES, st.data())
def test_a_log_that_only_grew_is_told_from_one_that_was_rewritten(leaves, data):
    before = data.draw(st.integers(1, len(leaves)))
    old, new = merkle.root(leaves[:before]), merkle.root(leaves)
    proof = merkle.consistency(leaves, before)

    assert merkle.grew(before, old, len(leaves), new, proof)
    rewritten = [merkle.leaf_hash(b"another"), *leaves[1:before]]
    if merkle.root(rewritten) != old:
        assert not merkle.grew(before, merkle.root(rewritten), len(leaves), new, proof)


@given(TREES)
def test_the_edge_of_a_tree_is_all_that_is_needed_to_go_on(leaves):
    half = len(leaves) // 2
    begun = merkle.Frontier()
    for leaf in leaves[:half]:
        begun.append(leaf)
    resumed = merkle.Frontier(begun.size, begun.edge)
    for leaf in leaves[half:]:
        resumed.append(leaf)

    assert resumed.root == merkle.root(leaves)


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=40))
def test_another_library_comes_to_the_same_root_at_every_size(entries):
    tree, ours = pymerkle.InmemoryTree(algorithm="sha256"), merkle.Frontier()

    for entry in entries:
        tree.append_entry(entry)
        ours.append(merkle.leaf_hash(entry))
        assert tree.get_root() == ours.root


KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
CHECKPOINT = notes.Checkpoint("river.example/log", 8, merkle.root(LEAVES), ("count 7",))


def test_a_checkpoint_is_read_as_it_was_signed():
    note = notes.sign(CHECKPOINT.text, "river.example", KEY)

    assert notes.read(note) == CHECKPOINT
    assert notes.verify(note, notes.verifier("river.example", KEY)) == 0
    root = base64.b64encode(CHECKPOINT.root).decode()
    assert note.startswith(f"river.example/log\n8\n{root}\ncount 7\n\n— river.example ")


@pytest.mark.parametrize("change", [("\n8\n", "\n9\n"), ("count 7", "count 9"), ("=\n", "=")])
def test_a_changed_checkpoint_is_refused(change):
    note = notes.sign(CHECKPOINT.text, "river.example", KEY).replace(*change, 1)

    with pytest.raises(notes.BadNoteError):
        notes.verify(note, notes.verifier("river.example", KEY))


def test_a_witness_signs_beside_the_log_and_says_when():
    witness = Ed25519PrivateKey.from_private_bytes(b"w" * 32)
    note = notes.sign(CHECKPOINT.text, "river.example", KEY)
    note += notes.cosign(note, "paper.example", witness, 1_700_000_000)

    vkey = notes.verifier("paper.example", witness, notes.COSIGNATURE)
    assert notes.verify(note, vkey) == 1_700_000_000
    assert notes.verify(note, notes.verifier("river.example", KEY)) == 0
    stranger = Ed25519PrivateKey.from_private_bytes(b"x" * 32)
    with pytest.raises(notes.BadNoteError):
        notes.verify(note, notes.verifier("paper.example", stranger, notes.COSIGNATURE))
