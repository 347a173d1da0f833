"""A learner's browser without the browser: logs in, starts her server, runs cells through its kernel's websocket."""
import json
import time
import uuid

import requests
import websocket

SECONDS = 60        # the longest that any one thing may take


class Visitor:
    """Someone at the hub. name, password: as on her slip; more: further fields of the login form."""

    def __init__(self, hub, name, password="", **more):
        self.hub, self.name, self.password, self.more = hub, name, password, more
        self.http = requests.Session()
        self.http.trust_env = False     # no proxy of this computer between them
        self.account = None

    def log_in(self):
        """Send the login form; returns the answer. Afterwards `account` is hers, or None where she was refused."""
        self.http.get(f"{self.hub}/hub/login", timeout=SECONDS)
        form = {"username": self.name, "password": self.password, "_xsrf": self.cookie("/hub/"), **self.more}
        answer = self.http.post(f"{self.hub}/hub/login?next=/hub/home", data=form, timeout=SECONDS)
        if answer.status_code == 200 and answer.url.endswith("/hub/home"):
            seen = self.http.get(f"{self.hub}/hub/api/user", headers={"X-XSRFToken": self.cookie("/hub/"),
                                 "Referer": f"{self.hub}/hub/home"}, timeout=SECONDS)
            self.account = seen.json()["name"]
        return answer

    def cookie(self, path):
        return next((one.value for one in self.http.cookies if one.name == "_xsrf" and one.path == path), "")

    def start(self):
        """Start her server and wait until JupyterLab answers; returns the address where the hub leads her."""
        answer = self.http.get(f"{self.hub}/hub/spawn", timeout=SECONDS)
        if 'id="spawn_form"' in answer.text:       # she is told something first, above a button
            answer = self.http.post(f"{self.hub}/hub/spawn/{self.account}", data={"_xsrf": self.cookie("/hub/")},
                                    timeout=SECONDS)
        until = time.monotonic() + SECONDS
        while "/hub/spawn-pending" in answer.url or "/hub/user" in answer.url or answer.status_code >= 500:
            if time.monotonic() > until:
                raise TimeoutError(f"The server of {self.account} did not start: {answer.url}")
            time.sleep(0.3)
            answer = self.http.get(f"{self.hub}/hub/user-redirect/", timeout=SECONDS)
        return answer.url

    def leave(self):
        """Stop her server, as with the button on the hub's page."""
        self.http.delete(f"{self.hub}/hub/api/users/{self.account}/server", timeout=SECONDS, headers={
            "X-XSRFToken": self.cookie("/hub/"), "Referer": f"{self.hub}/hub/home"}).raise_for_status()

    def ask(self, path, method="GET", **what):
        """One request to her server's API, `path` as after /api/; returns the answer."""
        own = f"/user/{self.account}/"
        return self.http.request(method, f"{self.hub}{own}api/{path}", timeout=SECONDS, **what,
                                 headers={"X-XSRFToken": self.cookie(own), "Referer": f"{self.hub}{own}lab"})

    def kernel(self, path="my_work/01_mistrust.ipynb"):
        """Open a notebook's kernel; returns it."""
        session = {"path": path, "name": path, "type": "notebook", "kernel": {"name": "python3"}}
        answer = self.ask("sessions", "POST", json=session)
        answer.raise_for_status()
        return Kernel(self, answer.json()["kernel"]["id"])


class Kernel:
    """A running kernel, spoken to as JupyterLab does."""

    def __init__(self, visitor, number):
        self.visitor, self.number = visitor, number
        self.open()

    def open(self):
        visitor = self.visitor
        address = f"{visitor.hub}/user/{visitor.account}/api/kernels/{self.number}/channels"
        cookies = requests.Request("GET", address, cookies=visitor.http.cookies)
        header = visitor.http.prepare_request(cookies).headers["Cookie"]
        self.socket = websocket.create_connection(address.replace("http", "ws", 1), cookie=header, timeout=SECONDS,
                                                  origin=visitor.hub, http_no_proxy=["*"])

    def run(self, code, seconds=SECONDS):
        """Run one cell; returns what it printed and showed, and its error, as one text."""
        number = uuid.uuid4().hex
        header = {"msg_id": number, "msg_type": "execute_request", "username": "", "session": number, "version": "5.4"}
        content = {"code": code, "silent": False, "store_history": False, "allow_stdin": False}
        self.socket.send(json.dumps({"header": header, "parent_header": {}, "metadata": {}, "content": content,
                                     "channel": "shell", "buffers": []}))
        return "".join(self.outputs(number, time.monotonic() + seconds))

    def outputs(self, number, until):
        while True:
            self.socket.settimeout(max(0.1, until - time.monotonic()))
            message = json.loads(self.socket.recv())
            content = message["content"]
            if message["parent_header"].get("msg_id") != number:
                continue
            if message["msg_type"] == "stream":
                yield content["text"]
            elif message["msg_type"] in ("execute_result", "display_data"):
                yield content["data"].get("text/plain", "")
            elif message["msg_type"] == "error":
                yield f"{content['ename']}: {content['evalue']}"
            elif message["msg_type"] == "status" and content["execution_state"] == "idle":
                return
