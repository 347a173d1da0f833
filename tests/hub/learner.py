"""One simulated learner: what her browser and JupyterLab in it send to the hub, and what she should see.

The order and form of the requests and messages are those of JupyterLab 4.6, as Chromium sent them. Whatever is not as
it should be raises `Failed` with one sentence.
"""
import copy
import csv
import html
import json
import re
import struct
import time
import uuid
from functools import cache
from urllib.parse import quote, unquote

import requests
import urllib3
import websocket

from launcher.environment import NOTEBOOKS, TOP

DESK, LESSON = "my_work", "01_mistrust.ipynb"
CHUNKS = 60             # files of JupyterLab that a browser loads to open a lesson, about 6 MB
POLL_SECONDS = 10       # JupyterLab asks for files, kernels and the like as often
FIRST_CHART = "timeline-chart"
EXERCISE, NUMBER, NOTE = "exercise-1-2", "1.2", "my-note"
WINDOWS = (3, 6, 8, 18, 24)     # the choices of the control but the one that it shows first
PICTURE = re.compile(r"data:image/[a-z+]+;base64,[A-Za-z0-9+/=]+")
HEARD = re.compile(r'takeaways-heard">([^<]*)<')
CLOSED = re.compile(r"(?:Predict first; then click here or press Shift\+Enter\.\n)? \n<figure")


class Failed(Exception):
    """Something a learner would not forgive, in one sentence."""


def expect(holds, sentence):
    if not holds:
        raise Failed(sentence)


class Learner:
    """hub: such as http://127.0.0.1:8000. name, password: what she types; the password is the class's, and her own too.
    number: her place in the class, by which her choices differ from her neighbour's. seconds: the longest wait.
    """

    def __init__(self, hub, name, password, number=0, seconds=300):
        self.hub, self.name, self.password, self.number, self.seconds = hub, name, password, number, seconds
        self.path = f"{DESK}/{LESSON}"
        self.account, self.own = name, None
        self.lesson, self.key = stored(), key()
        self.browser = requests.Session()
        self.browser.trust_env = False      # no proxy between a test and its own machine
        # As a browser does: where the other end closes a connection that was kept open just as it is used, ask once more.
        once_more = urllib3.Retry(total=1, connect=0, status=0, allowed_methods=None)
        self.browser.mount("http://", requests.adapters.HTTPAdapter(max_retries=once_more))
        self.kernel = None
        self.polled = time.monotonic()

    # --- pages ---------------------------------------------------------------------------------------------------

    def ask(self, method, url, **more):
        """One request as the page sends it; returns the answer, which is never an error page."""
        headers = {"Referer": self.hub, "X-XSRFToken": self.token(url)} | more.pop("headers", {})
        answer = self.browser.request(method, url, headers=headers, timeout=self.seconds, **more)
        expect(answer.ok, f"{method} {url.removeprefix(self.hub)} was answered with {answer.status_code}.")
        return answer

    def api(self, method, path, **more):
        return self.ask(method, f"{self.own}/api/{path}", **more)

    def token(self, url):
        """The token against forged requests that belongs to this part of the site."""
        found = [cookie for cookie in self.browser.cookies if cookie.name == "_xsrf"
                 and url.removeprefix(self.hub).startswith(cookie.path)]
        return max(found, key=lambda cookie: len(cookie.path)).value if found else ""

    def page(self, url):
        return self.ask("GET", url, headers={"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "same-origin"})

    def log_in(self):
        page = self.page(f"{self.hub}/hub/login")
        token = re.search(r'name="_xsrf" value="([^"]*)"', page.text)
        expect(token, "The page for logging in has no form.")
        form = {"username": self.name, "password": self.password, "class_password": self.password, "_xsrf": token[1]}
        answer = self.browser.post(f"{self.hub}/hub/login?next=", data=form, timeout=self.seconds, headers={
            "Referer": f"{self.hub}/hub/login", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "same-origin"})
        expect(answer.status_code != 403, "The password was not taken.")
        place = re.search(r"/(?:spawn-pending|user)/([^/?]+)", answer.url)
        expect(answer.ok and place, f"Nobody was logged in ({answer.status_code}).")
        self.account, self.own = unquote(place[1]), f"{self.hub}/user/{place[1]}"

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

    def load_desktop(self):
        """The page of JupyterLab with the files and settings that it loads first."""
        page = self.page(f"{self.own}/lab/tree/{quote(self.path)}")
        expect("jupyter-config-data" in page.text, "The page is not JupyterLab's.")
        scripts = re.findall(r'<script[^>]* src="([^"]+)"', page.text)
        main = next((script for script in scripts if "/main." in script), None)
        expect(main, "JupyterLab's page names no script.")
        program = self.ask("GET", self.hub + main).text
        folder = main.rpartition("/")[0]
        chunks = [f"{folder}/{name}.{sign}.js" for name, sign in re.findall(r'\b(\d+):"([0-9a-f]{16,20})"', program)]
        for script in dict.fromkeys([*scripts, *chunks[:CHUNKS]]):
            if script != main:
                self.ask("GET", self.hub + script)
        for path in ("me", "kernelspecs", "kernels", "sessions", "terminals", "contents?content=1&hash=0"):
            self.api("GET", path)
        for path in ("settings", "workspaces", "translations", "build"):
            self.ask("GET", f"{self.own}/lab/api/{path}")

    # --- the lesson ----------------------------------------------------------------------------------------------

    def open_lesson(self):
        found = self.api("GET", f"contents/{quote(self.path)}?type=notebook&content=1&hash=1").json()
        expect(unchanged(found["content"]) == unchanged(self.lesson), "Her copy of the lesson is not the lesson.")
        self.notebook = copy.deepcopy(self.lesson)     # without what she wrote in it another time
        self.api("POST", f"contents/{quote(self.path)}/checkpoints")
        asked = {"path": self.path, "name": LESSON, "type": "notebook", "kernel": {"name": "python3"}}
        session = self.api("POST", "sessions", json=asked).json()
        self.kernel = Kernel(self, session["kernel"]["id"])
        self.kernel.greet()

    def run_to_first_chart(self):
        cells = code_cells(self.notebook)
        last = [cell["id"] for cell in cells].index(FIRST_CHART)
        for cell in cells[:last + 1]:
            self.run_cell(cell)
        drawn = any("<img" in page and PICTURE.search(page) for page in pages(cells[last]))
        expect(drawn, "The first chart has no picture.")

    def run_lesson(self):
        """Every cell once more from the top, as *Run All Cells* does; each must say what the stored lesson says."""
        for cell, before in zip(code_cells(self.notebook), code_cells(self.lesson), strict=True):
            self.run_cell(cell)
            expect(words(cell["outputs"]) == words(before["outputs"]),
                   f"The cell {cell['id']} of the lesson says something else than the stored lesson.")

    def run_cell(self, cell):
        cell["outputs"], cell["execution_count"] = self.kernel.run("".join(cell["source"]), cell)
        for output in cell["outputs"]:
            if output["output_type"] == "error":
                raise Failed(f"The cell {cell['id']} ended with {output['ename']}: {output['evalue']}.")

    def move_control(self):
        """Choose another window, as the front end does; the answer must be the one to her choice."""
        chosen = WINDOWS[self.number % len(WINDOWS)]
        control, label = self.kernel.control("Window", f"{chosen} months")
        self.kernel.set_state(control, {"index": label})
        heard = self.kernel.said()
        expect(finding(chosen) in heard, f"The control moved to {chosen} months says: {heard}")

    def do_exercise(self):
        """A usual slip first, which must not count as right, then the right answer."""
        slip, answer = self.key
        for value, right in ((slip, False), (answer, True)):
            cell = copy.deepcopy(self.cell(EXERCISE))
            cell["source"] = "".join(self.cell(EXERCISE)["source"]).replace("= ...", f"= {value}", 1)
            self.run_cell(cell)
            verdict = text_of(cell)
            expect(verdict.startswith(f"{NUMBER}: "), f"check said nothing on {value}.")
            expect(verdict.startswith(f"{NUMBER}: right.") == right,
                   f"check took {value} for {'wrong' if right else 'right'}: {verdict[:80]}")
        self.cell(EXERCISE).update(cell)

    def cell(self, name):
        return next(cell for cell in self.notebook["cells"] if cell["id"] == name)

    def keep_note(self):
        """In a cell of her own; her text must lie on her own desk afterwards."""
        self.note = f"{self.name} wrote this, {uuid.uuid4()}."
        cell = {"cell_type": "code", "id": NOTE, "metadata": {}, "outputs": [], "execution_count": None,
                "source": f"from takeaways import keep\nkeep('my_note', {self.note!r})"}
        self.run_cell(cell)
        self.notebook["cells"].append(cell)
        expect(text_of(cell).startswith("Kept in my_work/my_note.md"), f"keep said: {text_of(cell)[:100]}")
        kept = self.api("GET", f"contents/{DESK}/my_note.md?content=1").json()["content"]
        expect(self.note in kept, "What was kept is not on her desk.")

    def save(self):
        saved = {"type": "notebook", "format": "json", "content": self.notebook}
        self.api("PUT", f"contents/{quote(self.path)}", json=saved)
        self.api("POST", f"contents/{quote(self.path)}/checkpoints")

    def read_back(self):
        found = self.api("GET", f"contents/{quote(self.path)}?type=notebook&content=1").json()["content"]
        expect(sources(found) == sources(self.notebook), "What was saved has other words than what came back.")
        for cell, before in zip(code_cells(found), code_cells(self.notebook), strict=True):
            expect(words(cell["outputs"]) == words(before["outputs"]),
                   f"The outputs of the cell {cell['id']} were not saved.")

    def stay(self, until):
        """Read on, as people do, with the page open, until told to go."""
        while not until.is_set():
            if self.kernel:
                self.kernel.listen(1)
            else:
                until.wait(1)

    def poll(self):
        """What JupyterLab asks for by itself, time and again."""
        if time.monotonic() - self.polled > POLL_SECONDS:
            self.polled = time.monotonic()
            for path in ("kernels", "sessions", "terminals", f"contents/{DESK}?content=1&hash=0"):
                self.api("GET", path)

    def leave(self):
        """Stop her server, as the menu of the hub does."""
        if self.kernel:
            self.kernel.close()
        self.ask("DELETE", f"{self.hub}/hub/api/users/{quote(self.account)}/server")

    STEPS = {"login": log_in, "server": wait_for_server, "desktop": load_desktop, "open": open_lesson,
             "first_chart": run_to_first_chart, "lesson": run_lesson, "control": move_control, "exercise": do_exercise,
             "note": keep_note, "save": save, "read_back": read_back}


class Kernel:
    """Her kernel, by the websocket of the notebook."""

    def __init__(self, learner, kernel):
        self.learner, self.session, self.widgets = learner, str(uuid.uuid4()), {}
        url = f"{learner.own}/api/kernels/{kernel}/channels"
        cookies = requests.cookies.get_cookie_header(learner.browser.cookies, requests.Request("GET", url).prepare())
        self.socket = websocket.create_connection(
            f"ws{url.removeprefix('http')}?session_id={self.session}", cookie=cookies, origin=learner.hub,
            subprotocols=["v1.kernel.websocket.jupyter.org"], timeout=learner.seconds)

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

    def run(self, code, cell):
        """Run the code of a cell; returns (its outputs as a notebook keeps them, the number of the run)."""
        content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": True,
                   "stop_on_error": True}
        about = {"cellId": cell["id"], "deletedCells": [], "recordTiming": False}
        asked = self.send("shell", "execute_request", content, about)
        outputs, ended, number = [], set(), None
        while len(ended) < 2:
            channel, kind, parent, content = self.receive()
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

    def said(self):
        """The words of the newest answer, as a screen reader says them; its chart must be there."""
        texts = [state["value"] for state in self.widgets.values() if state.get("_model_name") == "HTMLModel"]
        expect(any(PICTURE.search(text) for text in texts), "The answer of the control has no chart.")
        return next((html.unescape(found[1]) for text in texts if (found := HEARD.search(text))), "")

    # --- messages ------------------------------------------------------------------------------------------------

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

    def receive(self):
        """(channel, kind, id of what it answers, content) of the next message."""
        data = self.socket.recv()
        self.learner.poll()
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
        self.socket.settimeout(seconds)
        try:
            self.receive()
        except websocket.WebSocketTimeoutException:
            self.learner.poll()
        finally:
            self.socket.settimeout(self.learner.seconds)


# --- what a lesson says ------------------------------------------------------------------------------------------

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


@cache
def stored():
    """The lesson as it came."""
    return json.loads((NOTEBOOKS / LESSON).read_text(encoding="utf-8"))


@cache
def key():
    """(a usual slip, the answer) of the exercise, as code; from the key that stands apart."""
    with open(TOP / "tests" / "answers.csv", encoding="utf-8", newline="") as file:
        rows = {row["part"]: row["value"] for row in csv.DictReader(file) if row["number"] == NUMBER}
    return rows["slip 1"], rows["answer"]


@cache
def finding(window):
    """The answer to the question of the lesson for one window, computed here."""
    from takeaways.explore import placebo
    return placebo.finding(placebo.effect_of("E025", "interdictions", window))


def unchanged(notebook):
    """Of a copy of the lesson, the cells in which nothing is written here, by their ids."""
    return {cell["id"]: "".join(cell["source"]) for cell in notebook["cells"] if cell["id"] not in (EXERCISE, NOTE)}


def sources(notebook):
    return ["".join(cell["source"]) for cell in notebook["cells"]]


def code_cells(notebook):
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def pages(cell):
    return ["".join(output["data"]["text/html"]) for output in cell["outputs"] if "text/html" in output.get("data", {})]


def text_of(cell):
    return "".join("".join(output["text"]) for output in cell["outputs"] if output["output_type"] == "stream")


def words(outputs):
    """What outputs say in words: each kind of text, with the pixels of charts left out as in the strict run."""
    return [(output["output_type"], {kind: plain(value) for kind, value in texts(output)}) for output in outputs]


def texts(output):
    shown = {"text/stream": output["text"]} if "text" in output else output.get("data", {})
    return [(kind, value) for kind, value in shown.items() if kind.startswith("text/")]


def plain(value):
    return CLOSED.sub("<figure", PICTURE.sub("DATA-URI", "".join(value)))
