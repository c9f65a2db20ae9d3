"""Run in a network of its own that loses packets: starts the web, lets people sign, tells whom it
thanked as JSON. Arguments: the program, the port, the path, how many in a hundred are lost."""

import asyncio
import json
import subprocess
import sys
import time
import urllib.request

from bench.load import closed_load
from bench.stage import signatures


def main() -> None:
    program, port, path, percent = sys.argv[1:]
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    web = subprocess.Popen([program, "serve", "--port", port], stdout=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2)
                break
            except OSError:
                time.sleep(0.2)
        chance = ["-m", "statistic", "--mode", "random", "--probability", str(int(percent) / 100)]
        drop = ["iptables", "-A", "INPUT", "-p", "tcp", "--dport", port, *chance, "-j", "DROP"]
        if subprocess.run(drop, check=False).returncode:
            sys.exit(77)  # no packets can be lost on this machine
        requests = signatures(int(port), path.split("/")[3], f"lost{percent}")
        result = asyncio.run(closed_load(int(port), requests, 8, 8))
        told = {"thanked": result.acknowledged, "refused": result.refused.total()}
        sys.stdout.write(json.dumps(told) + "\n")
    finally:
        web.terminate()
        web.wait(30)


main()
