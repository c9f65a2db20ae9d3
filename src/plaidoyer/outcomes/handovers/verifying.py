"""Whether a package is what was handed over: needs the zip alone, no database and no network."""

import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any

FORMAT = "plaidoyer.petition/1"
MANIFEST, SUMS = "manifest.json", "SHA256SUMS"
# Far above what we make; a zip that swells further is not one of ours.
MOST_FILES, MOST_BYTES, MOST_MANIFEST = 100, 2_000_000_000, 5_000_000
CHUNK = 1 << 20


class NotAPackageError(ValueError):
    """It cannot be read as a package at all; the message says why, for a person."""


def verify(path: Path) -> list[str]:
    """What differs from the manifest, a sentence for each; none when all is as it was made.

    Raises NotAPackageError for what is none of our packages.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return differences(archive)
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise NotAPackageError(f"{path} cannot be read as a zip: {error}") from None


def differences(archive: zipfile.ZipFile) -> list[str]:
    """The same, of an open zip."""
    there = [info.filename for info in archive.infolist()]
    if len(there) > MOST_FILES or sum(info.file_size for info in archive.infolist()) > MOST_BYTES:
        raise NotAPackageError("it holds more than any package")
    promised = files(archive)
    found = [f"{name} stands in it twice" for name in sorted(set(there)) if there.count(name) > 1]
    found += [f"{name} is missing" for name in sorted(promised.keys() - set(there))]
    extra = set(there) - promised.keys() - {MANIFEST, SUMS}
    found += [f"{name} is not in the manifest" for name in sorted(extra)]
    for name in sorted(promised.keys() & set(there)):
        if hashed(archive, name) != promised[name]:
            found.append(f"{name} was changed")
    return found


def files(archive: zipfile.ZipFile) -> dict[str, str]:
    """The SHA-256 that the manifest gives for each file."""
    try:
        if archive.getinfo(MANIFEST).file_size > MOST_MANIFEST:
            raise NotAPackageError("its manifest is too long")
        manifest: Any = json.loads(archive.read(MANIFEST))
        if manifest["format"] != FORMAT:
            raise NotAPackageError(f"its format is {manifest['format']!r}, not {FORMAT!r}")
        return {str(one["name"]): str(one["sha256"]) for one in manifest["files"]}
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, NotAPackageError):
            raise
        raise NotAPackageError("it has no manifest of ours") from None


def hashed(archive: zipfile.ZipFile, name: str) -> str:
    """The SHA-256 of one file of the zip; its own words where it cannot be read."""
    digest = hashlib.sha256()
    try:
        with archive.open(name) as content:
            while chunk := content.read(CHUNK):
                digest.update(chunk)
    except (zipfile.BadZipFile, EOFError, OSError):
        return "unreadable"
    return digest.hexdigest()


def digest_of(path: Path) -> str:
    """The SHA-256 of the zip itself, to compare with the one that was noted."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
