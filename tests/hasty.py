"""The control of a test: a web that thanks before the row is committed."""

import queue
import threading
import time
from io import BytesIO

from plaidoyer.config.wsgi import application as honest

later: queue.Queue = queue.Queue()


def keep():
    while True:
        time.sleep(0.02)
        list(honest(later.get(), lambda *_: None))


def application(environ, start_response):
    if environ["REQUEST_METHOD"] != "POST":
        return honest(environ, start_response)
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    later.put({**environ, "wsgi.input": BytesIO(body)})
    start_response("303 See Other", [("Location", "/fr/"), ("Content-Length", "0")])
    return [b""]


threading.Thread(target=keep, daemon=True).start()
