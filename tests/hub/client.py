"""A learner's browser without the browser: it logs in, waits for her server, and speaks to her kernels.

The form of the requests and messages is that of JupyterLab 4.6, as Chromium sent them. What is not as it should be
raises `Failed` with one sentence.
"""
import json
import re
import struct
import time
import uuid
from urllib.parse import quote, unquote

import requests
import urllib3
import websocket


class Failed(Exception):
    """Something a learner would not forgive, in one sentence."""


def expect(holds, sentence):
    if not holds:
        raise Failed(sentence)


class Client:
    """hub: such as http://127.0.0.1:8000. name, password: what she types; more: further fields of the form.
    seconds: the longest that any one thing may take.
    """

    def __init__(self, hub, name, password="", seconds=60, **more):
        self.hub, self.name, self.password, self.seconds, self.more = hub, name, password, seconds, more
        self.account = None     # hers, once she has logged in
        self.browser = requests.Session()
        self.browser.trust_env = False      # no proxy between a test and its own machine
        # As a browser does: where the other end closes a connection that was kept open just as it is used, ask again.
        once_more = urllib3.Retry(total=1, connect=0, status=0, allowed_methods=None)
        self.browser.mount("http://", requests.adapters.HTTPAdapter(max_retries=once_more))

    @property
    def own(self):
        """The address of her server."""
        return f"{self.hub}/user/{quote(self.account)}"

    def send(self, method, url, **more):
        """One request as a page sends it; returns the answer, whatever it is."""
        headers = {"Referer": self.hub, "X-XSRFToken": self.token(url)} | more.pop("headers", {})
        return self.browser.request(method, url, headers=headers, timeout=self.seconds, **more)

    def ask(self, method, url, **more):
        """The same, where the answer must not be an error page."""
        answer = self.send(method, url, **more)
        expect(answer.ok, f"{method} {url.removeprefix(self.hub)} was answered with {answer.status_code}.")
        return answer

    def api(self, method, path, **more):
        return self.ask(method, f"{self.own}/api/{path}", **more)

    def token(self, url):
        """The token against forged requests that belongs to this part of the site."""
        found = [cookie for cookie in self.browser.cookies if cookie.name == "_xsrf"
                 and url.removeprefix(self.hub).startswith(cookie.path)]
        return max(found, key=lambda cookie: len(cookie.path)).value if found else ""

    def page(self, url, method="GET", **more):
        """What she sees when she opens a page, an error page too."""
        as_page = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "same-origin"}
        return self.send(method, url, headers=as_page, **more)

    def log_in(self, then="/hub/home"):
        """Send the login form; returns the answer. then: where she is led; an empty word is to her server."""
        page = self.page(f"{self.hub}/hub/login")
        token = re.search(r'name="_xsrf" value="([^"]*)"', page.text)
        expect(token, "The page for logging in has no form.")
        form = {"username": self.name, "password": self.password, "_xsrf": token[1], **self.more}
        answer = self.page(f"{self.hub}/hub/login?next={then}", "POST", data=form)
        places = (r"/(?:spawn-pending|user)/([^/?]+)", answer.url), (r'\buser: "([^"]+)"', answer.text)
        found = [name[1] for pattern, text in places if answer.ok and (name := re.search(pattern, text))]
        self.account = unquote(found[0]) if found else None
        return answer

    def start(self):
        """Start her server and wait until JupyterLab answers; returns the address where the hub leads her."""
        page = self.page(f"{self.hub}/hub/spawn")
        if 'id="spawn_form"' in page.text:       # she is told something first, above a button
            url = f"{self.hub}/hub/spawn/{quote(self.account)}"
            page = self.page(url, "POST", data={"_xsrf": self.token(url)})
        until = time.monotonic() + self.seconds
        while "/hub/spawn-pending" in page.url or "/hub/user" in page.url or page.status_code >= 500:
            expect(time.monotonic() < until, f"The server of {self.account} did not start: {page.url}")
            time.sleep(0.3)
            page = self.page(f"{self.hub}/hub/user-redirect/")
        return page.url

    def wait_for_server(self):
        """Follow the progress that the waiting page shows, until her server answers."""
        url = f"{self.hub}/hub/api/users/{quote(self.account)}/server/progress"
        with self.ask("GET", url, params={"_xsrf": self.token(url)}, stream=True) as progress:
            for line in progress.iter_lines():
                told = json.loads(line[5:]) if line.startswith(b"data:") else {}
                expect(not told.get("failed"), f"Her server did not start: {told.get('message')}")
                if told.get("ready"):
                    return
        raise Failed("Her server did not start: the waiting page ended.")

    def open_kernel(self, path="my_work/01_mistrust.ipynb"):
        """Open a notebook and its kernel; returns the kernel."""
        asked = {"path": path, "name": path.rpartition("/")[2], "type": "notebook", "kernel": {"name": "python3"}}
        return Kernel(self, self.api("POST", "sessions", json=asked).json()["kernel"]["id"])

    def leave(self):
        """Stop her server, as the menu of the hub does."""
        self.ask("DELETE", f"{self.hub}/hub/api/users/{quote(self.account)}/server")

    def meanwhile(self):
        """What her page asks for by itself while a kernel works."""


class Kernel:
    """Her kernel, by the websocket of the notebook. number: its id, as the server gives it."""

    def __init__(self, client, number):
        self.client, self.number = client, number
        self.open()

    def open(self):
        """Open the websocket, or once more where it was closed, as a page that is loaded again."""
        self.session, self.widgets = str(uuid.uuid4()), {}
        client, url = self.client, f"{self.client.own}/api/kernels/{self.number}/channels"
        cookies = requests.cookies.get_cookie_header(client.browser.cookies, requests.Request("GET", url).prepare())
        self.socket = websocket.create_connection(
            f"ws{url.removeprefix('http')}?session_id={self.session}", cookie=cookies, origin=client.hub,
            subprotocols=["v1.kernel.websocket.jupyter.org"], timeout=client.seconds, http_no_proxy=["*"])

    def close(self):
        self.socket.close()

    def greet(self):
        """What JupyterLab says to each new kernel."""
        asked = self.send("shell", "kernel_info_request", {})
        self.send("shell", "history_request", {"output": False, "raw": True, "hist_access_type": "tail", "n": 10})
        self.send("control", "debug_request", {"type": "request", "seq": 0, "command": "debugInfo"})
        comm = str(uuid.uuid4())
        opened = {"comm_id": comm, "target_name": "jupyter.widget.control", "data": {}}
        self.send("shell", "comm_open", opened, {"version": "1.0.0"})
        self.send("shell", "comm_msg", {"comm_id": comm, "data": {"method": "request_states"}})
        self.send("shell", "comm_info_request", {"target_name": "jupyter.widget"})
        self.until(asked, lambda kind, _: kind == "kernel_info_reply")

    def said(self, code, seconds=None):
        """Run some code; returns what it printed and showed, and its error, as one text."""
        outputs, _ = self.run(code, seconds=seconds)
        return "".join(output.get("text") or output.get("data", {}).get("text/plain")
                       or f"{output.get('ename')}: {output.get('evalue')}" for output in outputs)

    def run(self, code, cell="", seconds=None):
        """Run the code of a cell; returns (its outputs as a notebook keeps them, the number of the run).

        cell: its id in the notebook. seconds: the longest that the whole may take; otherwise that a message may.
        """
        content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": True,
                   "stop_on_error": True}
        about = {"cellId": cell, "deletedCells": [], "recordTiming": False}
        asked = self.send("shell", "execute_request", content, about)
        outputs, ended, number, until = [], set(), None, seconds and time.monotonic() + seconds
        while len(ended) < 2:
            channel, kind, parent, content = self.receive(until)
            if parent != asked:
                continue
            if kind == "execute_reply" or (kind == "status" and content["execution_state"] == "idle"):
                ended.add(kind)
                number = content.get("execution_count", number)
            elif channel == "iopub":
                collect(outputs, kind, content)
        return outputs, number

    def control(self, description, wanted):
        """(the comm id of the control with a name, the place of a choice in it)."""
        for comm, state in self.widgets.items():
            if state.get("description") == description:
                labels = [label.replace("\u200b", "") for label in state["_options_labels"]]
                expect(wanted in labels, f"The control {description} does not offer {wanted}.")
                return comm, labels.index(wanted)
        raise Failed(f"The lesson shows no control {description}.")

    def set_state(self, comm, state):
        """Tell the kernel what was chosen, and wait until it has answered."""
        data = {"method": "update", "state": state, "buffer_paths": []}
        asked = self.send("shell", "comm_msg", {"comm_id": comm, "data": data})
        self.until(asked, lambda kind, content: kind == "status" and content["execution_state"] == "idle")

    def send(self, channel, kind, content, metadata=None):
        """Send a message in JupyterLab's own wire format; returns its id."""
        header = {"msg_id": str(uuid.uuid4()), "msg_type": kind, "session": self.session, "username": "",
                  "version": "5.2", "date": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())}
        parts = [channel.encode(), *(json.dumps(part).encode() for part in (header, {}, metadata or {}, content))]
        places = [8 * (len(parts) + 2)]
        for part in parts:
            places.append(places[-1] + len(part))
        self.socket.send_binary(struct.pack(f"<{len(places) + 1}Q", len(places), *places) + b"".join(parts))
        return header["msg_id"]

    def receive(self, until=None):
        """(channel, kind, id of what it answers, content) of the next message. until: a moment of time.monotonic()."""
        self.socket.settimeout(max(0.1, until - time.monotonic()) if until else self.client.seconds)
        data = self.socket.recv()
        self.client.meanwhile()
        expect(data, "The connection to her kernel was closed.")
        (count,) = struct.unpack_from("<Q", data)
        places = struct.unpack_from(f"<{count}Q", data, 8)
        channel, header, parent, _, content = (data[start:end].decode() for start, end in zip(places[:5], places[1:6]))
        kind, content = json.loads(header)["msg_type"], json.loads(content)
        if kind == "comm_open" and content["target_name"] == "jupyter.widget":
            self.widgets[content["comm_id"]] = content["data"]["state"]
        if kind == "comm_msg" and content["data"].get("method") == "update":
            self.widgets.setdefault(content["comm_id"], {}).update(content["data"]["state"])
        return channel, kind, json.loads(parent).get("msg_id"), content

    def until(self, asked, seen):
        while True:
            _, kind, parent, content = self.receive()
            if parent == asked and seen(kind, content):
                return

    def listen(self, seconds):
        """Take in whatever comes within some seconds."""
        try:
            self.receive(time.monotonic() + seconds)
        except websocket.WebSocketTimeoutException:
            self.client.meanwhile()


def collect(outputs, kind, content):
    """Add what a message shows to the outputs of a cell, as JupyterLab does."""
    if kind == "stream":
        if outputs and outputs[-1].get("name") == content["name"]:
            outputs[-1]["text"] += content["text"]
        else:
            outputs.append({"output_type": "stream", **content})
    elif kind == "clear_output":
        outputs.clear()
    elif kind in ("display_data", "execute_result", "error"):
        outputs.append({"output_type": kind, **{name: value for name, value in content.items() if name != "transient"}})
