"""A site on this machine that says whatever a test wants."""

import contextlib
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


class Site:
    """What is answered at each path: status, headers, body; 404 elsewhere."""

    def __init__(self):
        self.pages, self.asked, self.url = {}, [], ""

    def says(self, path, body=b"", status=200, kind="text/html; charset=utf-8", **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        body = body.encode() if isinstance(body, str) else body
        self.pages[path] = status, {"Content-Type": kind, **headers}, body
        return self.url + path


@pytest.fixture
def site(settings):
    settings.FETCH_LOOPBACK, settings.FETCH_PAUSE, settings.FETCH_TIMEOUT = True, 0.01, 1
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            site.asked.append(self.path)
            status, headers, body = site.pages.get(self.path, (404, {}, b""))
            if drip := headers.get("drip"):
                with contextlib.suppress(OSError):
                    self.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
                    for _byte in range(int(drip)):
                        self.wfile.write(b"x")
                        time.sleep(0.2)
                return
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            with contextlib.suppress(OSError):
                self.wfile.write(body)

        def log_message(self, *arguments):
            """Tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield site
    server.shutdown()
    server.server_close()
