"""One real hub for these tests, with accounts of its own that are removed again; needs root (see tests/__main__.py)."""
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

SECRET_OF_ROOT = os.environ["OTHER_PROGRAM"] = "a token for another program"     # in the environment of the hub
sys.path.insert(0, str(Path(__file__).parent))
from client import Client  # noqa: E402
from hub.accounts import Accounts  # noqa: E402
from launcher import environment  # noqa: E402

CLASS = ["Ana García", "Bea", "Carl Åberg", "Dana", "Emil", "Fay", "Gil", "Hal", "Ida"]
CLASS_PASSWORD = "rivers and maples"
SECONDS = 60


def pytest_addoption(parser):
    group = parser.getgroup("a class of simulated learners")
    group.addoption("--learners", type=int, default=3, metavar="N", help="so many at once (3)")
    group.addoption("--over", type=float, default=0, metavar="SECONDS", help="they come over this time (0)")
    group.addoption("--untuned", action="store_true", help="on a hub without what saves memory and time, to compare")
    group.addoption("--measured", metavar="FILE", help="add what was measured to this CSV as a row")


def pytest_collection_modifyitems(items):
    """The learners who are timed first, while no other hub takes time; a test that waits for a minute to pass, last."""
    order = {"test_load.py": 0, "test_a_kernel_at_work_is_not_stopped": 1, "test_what_is_idle_is_stopped": 3}
    items.sort(key=lambda item: order.get(item.path.name, order.get(item.name, 2)))


def free_ports(number):
    """Numbers that follow each other and at which nobody listens."""
    for first in range(20000 + os.getpid() % 9000, 32000, 7):
        try:
            for port in range(first, first + number):
                with socket.socket() as tried:
                    tried.bind(("127.0.0.1", port))
            return first
        except OSError:
            pass


class Hub:
    """`python3 notebooks/hub` with small limits, in a folder of its own."""

    def __init__(self, prefix=f"t{os.getpid()}-", names=CLASS):
        self.prefix = prefix
        self.state = Path(tempfile.mkdtemp(prefix="four-takeaways-test-", dir="/var/tmp"))
        self.accounts = Accounts(self.prefix, self.state)
        self.port = free_ports(3)
        self.address = f"http://127.0.0.1:{self.port}"
        (self.state / "class.txt").write_text("\n".join(names))
        (self.state / "word").write_text(CLASS_PASSWORD + "\n")
        self.process = None

    def command(self, *more):
        return [sys.executable, environment.NOTEBOOKS / "hub", "--names", self.state / "class.txt", "--class-password",
                self.state / "word", "--prefix", self.prefix, "--state", self.state, f"--port={self.port}",
                f"--inner-port={self.port + 1}", "--memory=0.7", "--room=0.1", "--processes=150", *more]

    def start(self, *more):
        """Start it, and wait until its login page comes."""
        with open(self.state / "log", "a") as log:
            self.process = subprocess.Popen(self.command(*more), stdout=log, stderr=log, cwd="/", start_new_session=True)
        self.wait()

    def wait(self):
        until = time.monotonic() + SECONDS
        while True:
            try:
                own = ssl._create_unverified_context()
                return urllib.request.urlopen(f"{self.address}/hub/login", context=own).close()
            except (urllib.error.URLError, ConnectionError):
                assert self.process.poll() is None and time.monotonic() < until, (self.state / "log").read_text()
                time.sleep(0.2)

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.process.wait(timeout=SECONDS)

    def part(self, word):
        """The number of the process that the command started and whose own command has the word in it."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return next(int(pid) for pid in children if word in Path(f"/proc/{pid}/cmdline").read_text())

    def slips(self):
        """Passwords by account, from the slips."""
        found = r"<code>(.*?)</code> <span>Password</span> <code>(.*?)</code>"
        return dict(re.findall(found, "".join(path.read_text() for path in (self.state / "slips").iterdir())))

    def enter(self, name):
        """A learner who has logged in and whose server runs."""
        client = Client(self.address, name, self.slips()[self.accounts.meant(name)])
        client.log_in()
        client.start()
        return client

    def home(self, name):
        return self.state / "homes" / self.accounts.meant(name)

    def remove(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
        for pid in children_of(self.state):
            os.kill(pid, signal.SIGKILL)
        try:
            self.accounts.remove()
            Accounts(f"{self.prefix}o-", self.state / "another").remove()
        finally:
            shutil.rmtree(self.state)


def children_of(state):
    """The processes of root that work in the hub's own folder: the hub, the nursery, the proxy."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if Path(os.readlink(entry / "cwd")) == state / "hub":
                yield int(entry.name)
        except OSError:
            pass


@pytest.fixture(scope="session")
def hub():
    one = Hub()
    try:
        one.start()
        yield one
    finally:
        one.remove()


@pytest.fixture(scope="session")
def neighbour(hub):
    """Gil, who does nothing wrong, with a kernel that has drawn a chart; others must not disturb her."""
    kernel = hub.enter("Gil").open_kernel()
    kernel.said("import matplotlib.pyplot as plt; plt.plot([1, 2]); plt.close()")
    return kernel


@pytest.fixture
def undisturbed(neighbour):
    """A function that runs a cell of the neighbour and fails where it takes too long."""
    def work(seconds=10):
        started = time.monotonic()
        assert neighbour.said("print(sum(range(1000)))", seconds).strip() == "499500"
        return time.monotonic() - started
    return work
