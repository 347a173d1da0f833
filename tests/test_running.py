"""JupyterLab as the README starts it, once, in a hostile home folder, with each connection recorded: it opens a lesson, runs all of it
and stops, sends nothing anywhere, and leaves nothing behind.

What Python connects to is recorded by Python (sys.addaudithook); where strace is installed (Debian: apt install strace), what any
code of these processes connects to is recorded as well. The pages in the browser are watched by tests/browser.
"""
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from types import SimpleNamespace

import pytest

from launcher import environment, lab

TOP = environment.TOP
FOLDER = "una carpeta de José"      # a space and an accent, as on many a learner's computer
TOKEN = "sesame"
LESSON = "my_work/00_start_here.ipynb"
HERE = re.compile(r"127\.|::1$|0\.0\.0\.0$|localhost$|None$|$")

RECORD = '''
import os, sys
def record(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = arguments[1]
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        address = arguments[:1]
    else:
        return
    if isinstance(address, tuple):
        with open(os.environ["TAKEAWAYS_RECORD"], "a") as file:
            print(address[0], event, sep="\\t", file=file)
sys.addaudithook(record)
'''

pytestmark = [pytest.mark.skipif(not environment.is_inside(), reason="it starts in the private environment"),
              pytest.mark.skipif(os.name == "nt", reason="it stops JupyterLab with Ctrl-C, which Windows sends in another way")]


def hostile(home):
    """A home folder whose owner uses Jupyter, IPython, matplotlib and Python in her own way; returns her variables."""
    kernel = json.dumps({"argv": ["false", "{connection_file}"], "display_name": "dies", "language": "python"})
    for name, text in {
        ".jupyter/jupyter_server_config.py": "c.ServerApp.contents_manager_class = 'nowhere.Manager'",
        ".jupyter/jupyter_lab_config.py": "raise SystemExit('of her own')",
        ".ipython/profile_default/startup/00.py": "import pandas; pandas.set_option('display.precision', 0); raise SystemExit",
        ".local/share/jupyter/kernels/python3/kernel.json": kernel,
        "path/kernels/python3/kernel.json": kernel,
        ".config/matplotlib/matplotlibrc": "no.such.key: 1",
        "python/numpy.py": "raise ImportError('another numpy')",
        "t" * 110 + "/empty": "",
    }.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text)
    (home / "lab").mkdir()
    return {
        "HOME": str(home), "TMPDIR": str(home / ("t" * 110)), "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONSAFEPATH": "1",
        "PYTHONWARNINGS": "error", "PYTHONPATH": str(home / "python"), "PYTHONSTARTUP": str(home / "python" / "numpy.py"),
        "JUPYTER_CONFIG_DIR": str(home / ".jupyter"), "JUPYTER_PATH": str(home / "path"), "JUPYTER_PREFER_ENV_PATH": "0",
        "JUPYTERLAB_DIR": str(home / "lab"), "IPYTHONDIR": str(home / ".ipython"), "MPLBACKEND": "nonsense",
        "MATPLOTLIBRC": str(home / ".config" / "matplotlib" / "matplotlibrc"),
    }


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A copy of the course in a folder with a space and an accent, started, and stopped when all tests here are done."""
    base = tmp_path_factory.mktemp("running")
    top, home, records = base / FOLDER, base / "home", base / "connections"
    shutil.copytree(TOP / "notebooks", top / "notebooks", ignore=shutil.ignore_patterns("__pycache__", ".*", "web", "hub", "classroom"))
    shutil.copytree(TOP / "data", top / "data", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(environment.COURSE, top)
    (top / "notebooks" / "sitecustomize.py").write_text(RECORD)
    variables = {**os.environ, **hostile(home), "TAKEAWAYS_ENV": str(environment.ENV), "TAKEAWAYS_RECORD": str(records)}
    before = files(home)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    traced = base / "strace"
    terminal, keyboard = os.openpty()       # as in a terminal: elsewhere Ctrl-C kills the server without a question
    server = subprocess.Popen(
        [*strace(traced), sys.executable, top / "notebooks", "--no-browser", f"--port={port}", f"--IdentityProvider.token={TOKEN}"],
        cwd=base, env=variables, stdin=keyboard, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True, encoding="utf-8", errors="replace")
    try:
        found = SimpleNamespace(top=top, home=home, before=before, records=records, traced=traced, server=server,
                                address=f"http://127.0.0.1:{port}", own=top / "my_work" / ".jupyter")
        found.page = ask(found, f"/lab/tree/{LESSON}")
        yield found
    finally:
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGKILL)
        server.wait()
        server.stdout.close()
        os.close(terminal)
        os.close(keyboard)


def strace(log):
    """The beginning of a command that records the connections of all that it starts; nothing where strace cannot do so."""
    command = ["strace", "-f", "--seccomp-bpf", "-qq", "-s", "200", "-e", "trace=connect,sendto,sendmsg,sendmmsg", "-e", "signal=none", "-o", log]
    works = shutil.which("strace") and subprocess.run([*command, "true"], capture_output=True).returncode == 0
    return command if works else []


def files(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def ask(course, path, question=None, method=None):
    """The answer of the server, as soon as it is there."""
    request = urllib.request.Request(course.address + path, headers={"Authorization": f"token {TOKEN}"}, method=method,
                                     data=json.dumps(question).encode() if question else None)
    end = time.monotonic() + 60
    while True:
        assert course.server.poll() is None, course.server.stdout.read()
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError as error:
            return f"HTTP {error.code}"
        except (urllib.error.URLError, ConnectionError):
            assert time.monotonic() < end, "no answer"
            time.sleep(0.2)


def page_settings(course):
    return json.loads(re.search(r'<script id="jupyter-config-data" type="application/json">(.*?)</script>', course.page, re.DOTALL)[1])


def test_the_lesson_lies_on_the_desk(course):
    assert json.loads(ask(course, f"/api/contents/{LESSON}"))["content"]["cells"]
    names = {path.name for path in (course.top / "my_work").glob("*.ipynb")}
    assert names == {path.name for path in (TOP / "notebooks").glob("*.ipynb")}


def test_a_saved_lesson_has_the_form_in_which_lessons_are_stored(course):
    lesson = json.loads(ask(course, f"/api/contents/{LESSON}"))
    lesson["content"]["cells"][0]["metadata"]["execution"] = {"when": "it ran"}
    ask(course, f"/api/contents/{LESSON}", {"type": "notebook", "format": "json", "content": lesson["content"]}, method="PUT")
    assert "it ran" not in (course.top / LESSON).read_text(encoding="utf-8")


def test_it_neither_asks_for_news_nor_looks_for_them(course):
    settings = json.loads(ask(course, "/lab/api/settings/@jupyterlab/apputils-extension:notification"))["schema"]["properties"]
    assert settings["fetchNews"]["default"] == "false" and settings["checkForUpdates"]["default"] is False
    assert page_settings(course)["news"] == {"disabled": True}
    assert json.loads(ask(course, "/lab/api/news")) == {"news": []}
    assert json.loads(ask(course, "/lab/api/update"))["notification"] is None


def test_no_extension_can_be_looked_for_or_installed(course):
    manager = page_settings(course)["extensionManager"]
    assert manager["name"] == "read-only" and manager["can_install"] is False
    assert isinstance(json.loads(ask(course, "/lab/api/extensions?query=a&page=1&per_page=30&refresh=1")), list)


def test_all_of_a_lesson_runs_in_a_kernel_that_nobody_listens_to(course):
    """Run All: each cell as JupyterLab would send it."""
    from jupyter_client import BlockingKernelClient
    session = json.loads(ask(course, "/api/sessions", {"path": LESSON, "name": "00", "type": "notebook", "kernel": {"name": "python3"}}))
    connection = course.own / "running" / f"kernel-{session['kernel']['id']}.json"
    assert json.loads(connection.read_text()).get("curve_publickey"), "the kernel's messages are not encrypted"
    client = BlockingKernelClient(connection_file=str(connection))
    client.load_connection_file()
    client.start_channels()
    try:
        client.kernel_info(reply=True, timeout=60)
        cells = json.loads((course.top / LESSON).read_text(encoding="utf-8"))["cells"]
        for source in ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"] + [CHECK]:
            said = []
            reply = client.execute_interactive(source, timeout=60, allow_stdin=False, output_hook=lambda message: said.append(message["content"]))
            assert reply["content"]["status"] == "ok", reply["content"]
            assert not [content for content in said if content.get("name") == "stderr"]
    finally:
        client.stop_channels()


CHECK = """
import matplotlib, os, takeaways, pandas
assert str(takeaways.__file__).startswith(os.path.dirname(os.getcwd())), takeaways.__file__
assert matplotlib.get_configdir() == os.path.join(os.getcwd(), ".jupyter", "matplotlib"), matplotlib.get_configdir()
assert pandas.get_option("display.precision") == 6
"""


def test_one_ctrl_c_ends_it_and_nothing_was_sent_or_left(course):
    os.killpg(course.server.pid, signal.SIGINT)
    printed, _ = course.server.communicate(timeout=30)
    print(printed)
    assert course.server.returncode == 0 and "Traceback" not in printed

    recorded = [line.split("\t") for line in course.records.read_text().splitlines()]
    assert recorded, "nothing at all was recorded: the record is broken"
    assert [line for line in recorded if not HERE.match(line[0])] == []
    if course.traced.exists():
        seen = course.traced.read_text(errors="replace")
        assert "AF_INET" in seen, "nothing at all was recorded: the record is broken"
        assert [line for line in seen.splitlines() if outside(line)] == []
    else:
        print("strace is not here: only the connections of Python were recorded")
    assert files(course.home) == course.before
    assert not list((course.own / "running").glob("*.json"))


def outside(line):
    """Does this line of strace name an address that is not this very computer, or ask for the address of a name?"""
    address = re.search(r'sin6?_port=htons\((\d+)\).*?(?:inet_addr\("|inet_pton\(AF_INET6, ")([^"]+)"', line)
    return bool(address) and (address[1] == "53" or not HERE.match(address[2].removeprefix("::ffff:")))


@pytest.mark.parametrize("line, is_outside", [
    ('1 connect(5, {sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr("192.0.2.7")}, 16) = 0', True),
    ('1 connect(5, {sa_family=AF_INET6, sin6_port=htons(443), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "2001:db8::1", &sin6_addr)', True),
    ('1 connect(5, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("127.0.0.11")}, 16) = 0', True),
    ('1 connect(5, {sa_family=AF_INET, sin_port=htons(8888), sin_addr=inet_addr("127.0.0.1")}, 16) = 0', False),
    ('1 connect(5, {sa_family=AF_UNIX, sun_path="/run/nscd/socket"}, 110) = -1 ENOENT', False),
])
def test_an_address_outside_is_seen(line, is_outside):
    assert outside(line) == is_outside


def test_a_connection_of_python_is_recorded(tmp_path):
    code = RECORD + "sys.audit('socket.connect', None, ('192.0.2.7', 443))\nsys.audit('socket.getaddrinfo', 'example.org', 80, 0, 0, 0)"
    subprocess.run([sys.executable, "-c", code], env={**os.environ, "TAKEAWAYS_RECORD": str(tmp_path / "r")}, check=True)
    recorded = [line.split("\t")[0] for line in (tmp_path / "r").read_text().splitlines()]
    assert recorded == ["192.0.2.7", "example.org"] and not any(map(HERE.match, recorded))


@pytest.mark.parametrize("option", [
    "--ServerApp.answer_yes=True", f"--LabApp.app_settings_dir={lab.SETTINGS}", "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate", "--LabApp.extension_manager=readonly",
    "--LanguageServerManager.autodetect=False", "--KernelManager.transport_encryption=auto", f"--ServerApp.root_dir={TOP}",
])
def test_each_option_on_which_this_rests_is_given(option):
    assert option in lab.options(TOP, [])
