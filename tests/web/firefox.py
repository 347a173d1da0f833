"""Firefox, asked over WebDriver BiDi, which it speaks itself: no driver program is needed, and Playwright cannot drive Debian's.

A page here has those few methods of a page of Playwright by which a lesson is opened and run.
"""
import itertools
import json
import os
import re
import shutil
import subprocess
import time
from collections import defaultdict
from contextlib import contextmanager

import websocket

PROGRAM = shutil.which("firefox-esr") or shutil.which("firefox")
DARK, LIGHT = 0, 1
KEYS = {"Tab": "\ue004", "ArrowDown": "\ue015"}       # as WebDriver names them
# What it would ask its maker for by itself; and it does not ask whether it may close.
SETTINGS = {"app.update.disabledForTesting": True, "datareporting.policy.dataSubmissionEnabled": False, "toolkit.telemetry.enabled": False,
            "browser.safebrowsing.malware.enabled": False, "browser.safebrowsing.phishing.enabled": False, "network.captive-portal-service.enabled": False,
            "services.settings.server": "data:,", "extensions.update.enabled": False, "browser.shell.checkDefaultBrowser": False,
            "browser.aboutwelcome.enabled": False, "network.connectivity-service.enabled": False, "dom.disable_beforeunload": True}
# The value of an expression, or what a function answers, as JSON; as Playwright has it.
ASK = """(async () => { let asked = (%s); if (typeof asked === 'function') asked = asked(%s); return JSON.stringify(await asked ?? null); })()"""


@contextmanager
def firefox(folder, scheme=LIGHT):
    """A Firefox of its own in an empty folder; gives a function that opens a page."""
    settings = SETTINGS | {"layout.css.prefers-color-scheme.content-override": scheme}
    (folder / "user.js").write_text("".join(f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in settings.items()))
    words = [PROGRAM, "--headless", "--no-remote", "--profile", folder, "--remote-debugging-port", "0", "about:blank"]
    process = subprocess.Popen(words, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, env=os.environ | {"HOME": str(folder)})
    try:
        address = next(found[0] for line in process.stderr if (found := re.search(r"ws://\S+", line)))
        process_is_read = subprocess.Popen(["cat"], stdin=process.stderr, stdout=subprocess.DEVNULL)    # or it would wait for a reader
        talk = Talk(f"{address}/session")
        yield lambda **how: Page(talk, **how)
        talk.ask("browser.close")
    finally:
        process.terminate()
        process.wait(20)
        process_is_read.wait(20)


class Talk:
    """The connection: what is asked, and what Firefox tells of its own accord by the page that it concerns."""

    def __init__(self, address):
        self.socket = websocket.create_connection(address, suppress_origin=True, timeout=200)
        self.numbers = itertools.count(1)
        self.told = defaultdict(list)
        self.ask("session.new", capabilities={})
        self.ask("session.subscribe", events=["network.beforeRequestSent", "log.entryAdded"])

    def ask(self, method, **params):
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            said = json.loads(self.socket.recv())
            if said.get("id") == number:
                assert said["type"] == "success", f"{method}: {said.get('message')}"
                return said["result"]
            if said["type"] == "event":
                self.told[said["method"]].append(said["params"])


class Page:
    """A page in a tab of its own."""

    def __init__(self, talk, width=1280, height=900):
        self.talk = talk
        self.context = talk.ask("browsingContext.create", type="tab")["context"]
        talk.ask("browsingContext.setViewport", context=self.context, viewport={"width": width, "height": height})

    def goto(self, address):
        self.talk.ask("browsingContext.navigate", context=self.context, url=address, wait="complete")

    def reload(self):
        self.talk.ask("browsingContext.reload", context=self.context, wait="complete")

    def evaluate(self, expression, argument=None):
        answer = self.talk.ask("script.evaluate", expression=ASK % (expression, json.dumps(argument)), target={"context": self.context}, awaitPromise=True)
        assert answer["type"] == "success", answer["exceptionDetails"]["text"]
        return json.loads(answer["result"]["value"])

    def wait_for_function(self, expression, arg=None, timeout=180_000):
        until = time.monotonic() + timeout / 1000
        while not self.evaluate(expression, arg):
            assert time.monotonic() < until, f"still not so after {timeout / 1000:.0f} seconds: {expression}"
            time.sleep(0.05)

    def press(self, *keys):
        """Press keys one after the other, as on a keyboard; Tab, ArrowDown or a letter."""
        self.talk.ask("browsingContext.activate", context=self.context)
        actions = [{"type": kind, "value": KEYS.get(key, key)} for key in keys for kind in ("keyDown", "keyUp")]
        self.talk.ask("input.performActions", context=self.context, actions=[{"type": "key", "id": "keyboard", "actions": actions}])

    def asked_for(self):
        """The addresses that any page has asked for so far."""
        return [told["request"]["url"] for told in self.talk.told["network.beforeRequestSent"]]

    def faults(self):
        """The errors of scripts so far."""
        return [told["text"] for told in self.talk.told["log.entryAdded"] if told["type"] == "javascript" and told["level"] == "error"]

    def close(self):
        self.talk.ask("browsingContext.close", context=self.context)
