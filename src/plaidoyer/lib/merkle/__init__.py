"""An append-only log as a hash tree: RFC 6962, section 2.1. Hashes are 32 bytes of SHA-256.

Whoever has the entries computes the root; whoever has the root knows, from a short proof, that an
entry stands in it, or that an older root is of the same log with nothing taken out.
https://www.rfc-editor.org/rfc/rfc6962#section-2.1
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256

EMPTY = sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


class Frontier:
    """The right edge of a growing tree: as many hashes as its size has ones in binary.

    Appending costs one hash for each time it carries, so a log never has to be read again.
    """

    def __init__(self, size: int = 0, edge: Iterable[bytes] = ()) -> None:
        self.size, self.edge = size, list(edge)

    def append(self, leaf: bytes) -> None:
        """Adds one leaf's hash."""
        carried = self.size
        while carried & 1:
            leaf = node_hash(self.edge.pop(), leaf)
            carried >>= 1
        self.edge.append(leaf)
        self.size += 1

    @property
    def root(self) -> bytes:
        if not self.edge:
            return EMPTY
        *rest, root = self.edge
        for left in reversed(rest):
            root = node_hash(left, root)
        return root


def root(leaves: Iterable[bytes]) -> bytes:
    """The root over leaf hashes (MTH of the RFC)."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root


def inclusion(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The audit path of the leaf at `index` (PATH of the RFC). Raises IndexError."""
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if index < k:
        return [*inclusion(leaves[:k], index), root(leaves[k:])]
    return [*inclusion(leaves[k:], index - k), root(leaves[:k])]


def root_of_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root that `path` leads to from the leaf at `index` of `size` (RFC 9162, 2.1.3.2).

    Raises ValueError where the path is none of such a tree.
    """
    if not 0 <= index < size:
        raise ValueError("index")
    first, last, found = index, size - 1, leaf
    for one in path:
        if last == 0:
            raise ValueError("too long")
        if first & 1 or first == last:
            found = node_hash(one, found)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            found = node_hash(found, one)
        first, last = first >> 1, last >> 1
    if last:
        raise ValueError("too short")
    return found


def consistency(leaves: Sequence[bytes], before: int) -> list[bytes]:
    """The proof that the tree of the first `before` leaves grew into this one (PROOF of the RFC).

    Raises ValueError unless 0 < before <= len(leaves).
    """
    if not 0 < before <= len(leaves):
        raise ValueError(before)
    return subproof(leaves, before, is_whole=True)


def subproof(leaves: Sequence[bytes], before: int, *, is_whole: bool) -> list[bytes]:
    if before == len(leaves):
        return [] if is_whole else [root(leaves)]
    k = split(len(leaves))
    if before <= k:
        return [*subproof(leaves[:k], before, is_whole=is_whole), root(leaves[k:])]
    return [*subproof(leaves[k:], before - k, is_whole=False), root(leaves[:k])]


def grew(before: int, old: bytes, size: int, new: bytes, proof: Sequence[bytes]) -> bool:
    """Whether `proof` shows that the log of `size` with root `new` begins with the log of `before`
    with root `old` (RFC 9162, 2.1.4.2)."""
    if before == size:
        return old == new and not proof
    if not 0 < before < size or not proof:
        return False
    rest = list(proof)
    if before & (before - 1) == 0:
        rest.insert(0, old)
    first, last = before - 1, size - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    left = right = rest[0]
    for one in rest[1:]:
        if last == 0:
            return False
        if first & 1 or first == last:
            left, right = node_hash(one, left), node_hash(one, right)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            right = node_hash(right, one)
        first, last = first >> 1, last >> 1
    return (left, right, last) == (old, new, 0)


def split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1
