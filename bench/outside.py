"""The same signatures by a client that knows nothing of our code: do both tell the same?

CLIENT is a program that takes a JSON config (pages, fields, what a success looks like) and counts
acknowledged acts against rows, such as sign_load.py. It and ours take turns.
"""

import argparse
import itertools
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import uvloop

from bench import stage
from bench.load import counted_load


def config(served: Any, form: str) -> dict[str, Any]:
    """What such a client needs to know of the form."""
    fields = {**stage.SUZIE, "given_name": "{first}", "family_name": "{last}", "email": "{email}"}
    return {
        "base_url": f"http://127.0.0.1:{served.port}",
        "page": stage.SUZIE["page"],
        "post": f"/fr/actions/{form}/",
        "fields": fields,
        "success": {"status": [303], "location": "/thanks/"},
        "page_success": {"status": [200], "body": "name=.email."},
    }


def theirs(client: Path, about: dict[str, Any], number: int, at_once: int) -> float:
    """Acknowledged acts a second, as the client tells."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "form.json"
        path.write_text(json.dumps(about))
        command = [sys.executable, str(client), str(path), "--mode", "post", "--no-count"]
        command += ["-c", str(at_once), "-n", str(number), "--runs", "1"]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return float(json.loads(said)["median"]["acked_per_s"])


def main() -> None:
    parser = argparse.ArgumentParser(prog="bin/bench outside", description=__doc__)
    parser.add_argument("client", type=Path)
    parser.add_argument("--acts", type=int, default=10_000)
    parser.add_argument("--at-once", type=int, default=32)
    options = parser.parse_args()
    figures: dict[str, Any] = {**stage.machine(), "rounds": []}
    with stage.product("outside", build=stage.petition) as (served, form):
        ours = stage.signatures(served.port, form, "ours")
        for _round in range(3):
            acts = itertools.islice(ours, options.acts)
            result = uvloop.run(counted_load(served.port, acts, options.at_once))
            other = theirs(options.client, config(served, form), options.acts, options.at_once)
            figures["rounds"].append({"ours": round(result.per_second), "theirs": round(other)})
            print(figures["rounds"][-1], flush=True)
        [(rows,)] = served.sql("SELECT count(*) FROM actions_action")
    figures["rows"] = rows
    print("rows:", rows, "of", 6 * options.acts)
    stage.write("outside", figures)


if __name__ == "__main__":
    main()
