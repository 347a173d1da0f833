"""Shows a built web edition on this computer, as any static host would."""
import sys
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Files(SimpleHTTPRequestHandler):
    """Files with the types that browsers ask for; nothing is kept by the browser without asking
    whether it is still the same.
    """

    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm", ".json": "application/json",
        ".ipynb": "application/json", ".svg": "image/svg+xml",
        ".webmanifest": "application/manifest+json"}

    def end_headers(self):
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def send_error(self, code, message=None, explain=None):
        """What is not there is answered by the course's own page, as static hosts do it."""
        if code == HTTPStatus.NOT_FOUND and (page := self.missing_page()).is_file():
            self.error_message_format = page.read_text(encoding="utf-8").replace("%", "%%")
        super().send_error(code, message, explain)

    def missing_page(self) -> Path:
        return Path(self.directory, "404.html")

    def log_message(self, *_):
        """Stay quiet: what matters to whoever looks at the pages stands in the pages."""


class Server(ThreadingHTTPServer):
    """Has room for as many requests at once as a browser makes, which else come to wait a second each."""

    request_queue_size = 64

    def handle_error(self, request, client_address):
        """A browser that leaves before its answer is whole is no fault."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def server(folder: Path, port: int) -> Server:
    """A server for this computer alone; port 0 takes a free one."""
    return Server(("127.0.0.1", port), partial(Files, directory=str(folder)))


def show(folder: Path, port: int):
    """Serve until Ctrl-C."""
    try:
        serving = server(folder, port)
    except OSError as fault:
        sys.exit(f"Port {port} cannot be used ({fault.strerror}). Name another, or let --port 0 choose one.")
    print(f"http://localhost:{serving.server_port}/   Ctrl-C ends it.", flush=True)
    try:
        serving.serve_forever()
    except KeyboardInterrupt:
        print()
