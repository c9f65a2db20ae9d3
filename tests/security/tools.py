"""The outside tools: each in an environment of its own, its findings as short marks.

A mark is `what:where`, the same at every run as long as the finding is. None of the tools is a
dependency of the product; they are fetched by name when they are first asked for.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
SOURCE = ROOT / "src" / "plaidoyer"
TOOLS = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "plaidoyer" / "security"
PACKAGES = {"wapiti": "wapiti3"}
# Behind TLS, as an installation is.
IN_PRODUCTION = {
    "BASE_URL": "https://act.river.example",
    "ALLOWED_HOSTS": "act.river.example",
    "SECRET_KEY": "a long key of an installation that only this check asks for, 0123456789",
}


class MissingError(Exception):
    """The tool cannot be had here; its argument says why."""


@dataclass(frozen=True, slots=True)
class Site:
    """The demo that is served for the tools that ask a server."""

    url: str
    form: str
    folder: Path


def program(name: str) -> str:
    """The tool's own program, fetched if it is not there yet."""
    home = TOOLS / PACKAGES.get(name, name)
    path = home / "bin" / name
    if not path.exists():
        uv = shutil.which("uv") or str(ROOT / "var" / "uv" / "bin" / "uv")
        TOOLS.mkdir(parents=True, exist_ok=True)
        base = getattr(sys, "_base_executable", sys.executable)
        for command in (
            [uv, "venv", "--quiet", "--clear", "--python", base, str(home)],
            [uv, "pip", "install", "--quiet", "--python", str(home), home.name],
        ):
            if subprocess.run(command, capture_output=True, check=False).returncode:
                raise MissingError(f"{home.name} could not be installed")
    return str(path)


def run(command: list[str], seconds: int, **more: object) -> subprocess.CompletedProcess[str]:
    """Runs a tool for so many seconds at most. Raises MissingError where it takes longer."""
    try:
        return subprocess.run(  # type: ignore[call-overload,no-any-return]
            command, capture_output=True, text=True, timeout=seconds, check=False, cwd=ROOT, **more
        )
    except subprocess.TimeoutExpired:
        raise MissingError(f"took more than {seconds} seconds") from None


def short(path: str) -> str:
    return path.replace(f"{SOURCE}/", "").removeprefix("src/plaidoyer/")


def deploy(_site: Site) -> Iterator[str]:
    """Django's own list of what an installation should say."""
    environment = {**os.environ, **IN_PRODUCTION}
    environment["DJANGO_SETTINGS_MODULE"] = "plaidoyer.config.settings"
    command = [sys.executable, "-m", "django", "check", "--deploy"]
    done = run(command, 60, env=environment)
    yield from re.findall(r"\((\w+\.[WE]\d+)\)", done.stdout + done.stderr)


def bandit(_site: Site) -> Iterator[str]:
    """Doubtful Python."""
    command = [program("bandit"), "-q", "-r", str(SOURCE), "-x", "*/tests/*", "-f", "json"]
    for one in json.loads(run(command, 120).stdout)["results"]:
        if one["test_id"] != "B101":  # assert: for the reader and the type checker
            yield f"{one['test_id']}:{short(one['filename'])}"


def semgrep(_site: Site) -> Iterator[str]:
    """Our own rules (rules.yaml)."""
    command = [program("semgrep"), "scan", "--metrics=off", "--disable-version-check", "--json"]
    command += ["--config", str(HERE / "rules.yaml"), "--exclude", "tests", str(SOURCE)]
    path = f"{TOOLS / 'semgrep' / 'bin'}:{os.environ['PATH']}"
    told = json.loads(run(command, 300, env={**os.environ, "PATH": path}).stdout)
    if told["errors"]:
        yield f"error:{told['errors'][0].get('type')}"
    for one in told["results"]:
        yield f"{one['check_id'].rpartition('.')[2]}:{short(one['path'])}"


def schemathesis(site: Site) -> Iterator[str]:
    """Requests of every shape to the doors of doors.yaml."""
    command = [program("schemathesis"), "run", str(HERE / "doors.yaml"), "--url", site.url]
    command += ["--max-examples", "40", "--seed", "1", "--no-color", "--suppress-health-check=all"]
    command += ["--checks", "not_a_server_error,status_code_conformance,unsupported_method"]
    done = run(command, 400)
    said = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout)
    if done.returncode not in {0, 1}:
        raise MissingError(f"ended with {done.returncode}: {(done.stderr or said)[-300:]}")
    for operation, text in re.findall(
        r"_{3,} ((?:GET|POST) \S+) _{3,}\n(.*?)(?=\n_{3,}|\Z)", said, re.S
    ):
        for what in re.findall(r"^- (.+)$", text, re.M):
            yield f"{what}:{operation}"


def wapiti(site: Site) -> Iterator[str]:
    """Attacks on every page and form that it finds."""
    report = site.folder / "wapiti.json"
    modules = "xss,sql,exec,file,redirect,crlf,ssrf,http_headers,cookieflags,permanentxss,csp,xxe"
    command = [program("wapiti"), "-u", f"{site.url}/en/", "-m", modules, "--scope", "domain"]
    command += ["-f", "json", "-o", str(report), "--no-bugreport"]
    command += ["--max-scan-time", "90", "--max-attack-time", "20", "--tasks", "4"]
    command += ["--max-links-per-page", "40", "-d", "4", "--flush-session", "--flush-attacks"]
    command += ["--store-session", str(site.folder), "-v", "0"]
    run(command, 1000)
    told = json.loads(report.read_text())
    for kind in ("vulnerabilities", "anomalies"):
        for name, found in told[kind].items():
            for one in found:
                yield f"{name}:{one['path'].partition('?')[0]}"


def sqlmap(site: Site) -> Iterator[str]:
    """Queries inside of what is sent."""
    act = f"{site.url}/en/actions/{site.form}/"
    aims = [
        ["-u", act, "--data", "given_name=S&family_name=R&email=s@post.example&page=/&via=x"],
        ["-u", f"{site.url}/oembed?url=x&format=json"],
        ["-u", f"{site.url}/en/me/", "--data", "email=a@post.example"],
        ["-u", f"{site.url}/en/complaints/new/", "--data", "page=/en/&reason=other&text=x"],
    ]
    for aim in aims:
        command = [program("sqlmap"), *aim, "--batch", "--level", "2", "--risk", "1"]
        command += ["--flush-session", "--disable-coloring", "--output-dir", str(site.folder)]
        command += ["--dbms", "postgresql", "--ignore-code", "*"]
        said = run(command, 400).stdout
        for place in re.findall(r"Parameter: (\S+) \((\w+)\)", said):
            yield f"injectable:{aim[1].replace(site.url, '')} {place[0]}"


def testssl(_site: Site) -> Iterator[str]:
    """TLS ends in front of the program: here is none to look at."""
    raise MissingError("the program speaks no TLS: what stands in front of it does")


ALL: dict[str, tuple[Callable[[Site], Iterator[str]], bool]] = {
    "check --deploy": (deploy, False),
    "bandit": (bandit, False),
    "semgrep": (semgrep, False),
    "schemathesis": (schemathesis, True),
    "wapiti": (wapiti, True),
    "sqlmap": (sqlmap, True),
    "testssl": (testssl, True),
}
