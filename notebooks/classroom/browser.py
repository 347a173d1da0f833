"""One headless Chromium that opens many pages in turn, prints them or says their titles: to start one takes far longer.

It is spoken to through two pipes in the DevTools protocol (chromedevtools.github.io/devtools-protocol), in which each
message is JSON that ends with a zero byte. Nothing listens on the network. Not on Windows, which hands no pipes on.
"""

import base64
import contextlib
import json
import os
import select
import subprocess
import tempfile
import time
from pathlib import Path

WAIT = 120  # seconds for one answer
LOADED = "document.readyState == 'complete' || new Promise(done => addEventListener('load', () => done(true)))"
PRINTED = {
    "displayHeaderFooter": False,
    "printBackground": True,
    "preferCSSPageSize": True,
    "generateTaggedPDF": True,
    "generateDocumentOutline": True,
}


def options(profile: str) -> list[str]:
    """What every Chromium of the kit is started with. profile: a folder of its own, so that it meets no other one."""
    quiet = ["--disable-gpu", "--no-sandbox", "--disable-background-networking"]
    return ["--headless", *quiet, f"--user-data-dir={profile}"]


class Browser:
    """A Chromium, open within `with`. Raises OSError where it cannot be started, gives no answer or refuses."""

    def __init__(self, program: str):
        self.program, self.number, self.read, self.session = program, 0, b"", None

    def __enter__(self):
        with contextlib.ExitStack() as started:  # what was started ends, also where the rest fails
            self._start(started)
            started.callback(self._end)
            target = self.ask("Target.createTarget", url="about:blank")["targetId"]
            self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
            self.started = started.pop_all()
        return self

    def __exit__(self, *_):
        self.started.close()

    def _start(self, started):
        if os.name == "nt":
            raise OSError("Windows hands no pipes on")
        profile = started.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
        command = [self.program, *options(profile), "--remote-debugging-pipe", "about:blank"]
        # The browser reads from its file 3 and writes to its file 4, which the shell gives it.
        shell = ["sh", "-c", 'exec "$@" 3<&0 4>&1 </dev/null >/dev/null', "sh", *command]
        self.process = subprocess.Popen(
            shell, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0
        )

    def _end(self):
        self.process.stdin.close()  # which a Chromium takes for good-bye
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()

    def ask(self, method: str, **details) -> dict:
        """What the browser answers. Raises OSError where it refuses, or says nothing."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": details}
        if self.session:
            message["sessionId"] = self.session
        self.process.stdin.write(json.dumps(message).encode() + b"\0")
        for answer in self._told():
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise OSError(answer["error"]["message"])
                return answer["result"]

    def _told(self):
        """The messages of the browser one after the other, until one is long in coming."""
        until = time.monotonic() + WAIT
        while True:
            while b"\0" in self.read:
                message, _, self.read = self.read.partition(b"\0")
                yield json.loads(message)
            if not select.select([self.process.stdout], [], [], max(until - time.monotonic(), 0))[0]:
                raise OSError("the browser gave no answer")
            if not (more := self.process.stdout.read(2**20)):
                raise OSError("the browser has ended")
            self.read += more

    def open(self, page: Path):
        """Open a file, and wait until it is loaded and its scripts have run."""
        found = self.ask("Page.navigate", url=page.resolve().as_uri())
        if "errorText" in found:
            raise OSError(found["errorText"])
        self.value_of(LOADED)

    def title(self, page: Path) -> str:
        """The title of a page after its scripts have run."""
        self.open(page)
        return self.value_of("document.title")

    def value_of(self, script: str):
        """What a script gives on the open page, awaited where it is a promise."""
        return self.ask("Runtime.evaluate", expression=script, awaitPromise=True)["result"].get("value")

    def print(self, page: Path):
        """Print a page to a PDF beside it."""
        self.open(page)
        page.with_suffix(".pdf").write_bytes(base64.b64decode(self.ask("Page.printToPDF", **PRINTED)["data"]))
