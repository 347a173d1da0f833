"""What one learner does stays with her: she is stopped with a sentence, and her neighbour works on."""
import os
import subprocess
import time

import pytest
import requests
from conftest import CLASS_PASSWORD, SECRET_OF_ROOT
from hub import limits, nursery
from hub.__main__ import AS_NOBODY
from launcher import environment


def stopped(hub, client, within=30):
    """Wait until her server is stopped; returns the page that she sees then."""
    uid = hub.accounts.own(client.account).pw_uid
    until = time.monotonic() + within
    while limits.processes(uid):
        assert time.monotonic() < until, "her programs still run"
        time.sleep(0.5)
    for _ in range(20):
        page = client.page(f"{hub.address}/hub/spawn").text
        if "Your server was stopped" in page:
            break
        time.sleep(0.5)
    return page


def start_and_forget(kernel, code):
    """Send a cell and do not wait for its end: she, and the kernel with her, may be gone before."""
    try:
        kernel.said(code, 3)
    except Exception:      # whatever a connection says when the other end is killed
        pass


@pytest.fixture(scope="module")
def dana(hub):
    return hub.enter("Dana")


@pytest.fixture(scope="module")
def dana_kernel(dana):
    return dana.open_kernel()


def test_a_list_that_is_too_long_is_an_error_in_its_cell(dana_kernel, undisturbed):
    assert "MemoryError" in dana_kernel.said("x = bytearray(2_000_000_000)")
    assert dana_kernel.said("print(1)") == "1\n"
    undisturbed()


def test_a_file_that_is_too_large_is_an_error_in_its_cell(dana_kernel):
    assert "File too large" in dana_kernel.said(
        "import os\nwith open('large', 'wb') as file:\n    for _ in range(90): file.write(bytes(1_000_000))")
    dana_kernel.said("os.remove('large')")


def test_nothing_that_a_server_imports_has_to_be_compiled_each_time(hub):
    code = ("import os, sys, jupyterhub.singleuser.extension, jupyterlab.labapp, pandas, matplotlib.pyplot, takeaways\n"
            "print([module.__name__ for module in list(sys.modules.values()) if getattr(module, '__cached__', None)\n"
            "       and module.__file__.endswith('.py') and not os.access(module.__cached__, os.R_OK)][:9])")
    read = subprocess.run([*AS_NOBODY, environment.PYTHON, "-c", code], cwd="/", capture_output=True, text=True,
                          env=nursery.variables())
    assert read.stdout == "[]\n", read.stdout or read.stderr


@pytest.mark.parametrize("what", ["homes/{}bea", "homes/{}bea/Four Takeaways/my_work", "homes", "homes/{}teacher", "hub",
                                  "hub/jupyterhub.sqlite", "hub/cookie_secret", "hub/options.json", "hub/nursery.sock",
                                  "hub/learners.csv", "slips"])
def test_what_is_not_hers_cannot_be_read(hub, dana_kernel, what):
    path = hub.state / what.format(hub.prefix)
    seen = dana_kernel.said(f"import os\ntry: print(os.listdir({str(path)!r}))\n"
                           f"except NotADirectoryError: print(open({str(path)!r}).read())")
    assert "PermissionError" in seen


def test_the_processes_of_others_tell_nothing(hub, dana_kernel, neighbour):
    others = [*limits.processes(hub.accounts.own(neighbour.client.account).pw_uid), hub.part("jupyterhub_config"),
              hub.part("hub.nursery"), hub.process.pid]
    for pid in others:
        for name in ("environ", "mem", "maps", "cwd/", "fd", "root/etc"):
            seen = dana_kernel.said(f"import os\npath = '/proc/{pid}/{name}'\n"
                                   "print(os.listdir(path) if os.path.isdir(path) else open(path, 'rb').read(1))")
            assert "PermissionError" in seen or "OSError" in seen, (pid, name, seen)
        assert "PermissionError" in dana_kernel.said(f"import os; os.kill({pid}, 9)")


def test_she_has_no_rights_beyond_her_account(dana_kernel):
    status = dict(line.split(":\t", 1) for line in dana_kernel.said(
        "print(open('/proc/self/status').read())").splitlines() if ":\t" in line)
    assert status["NoNewPrivs"] == "1"
    assert {int(status[name], 16) for name in ("CapInh", "CapPrm", "CapEff")} == {0}
    assert status["Groups"].split() == [] and len(set(status["Uid"].split())) == 1
    assert "root" not in dana_kernel.said("import subprocess; print(subprocess.run(['su', '-c', 'id -un'], input='x', "
                                         "capture_output=True, text=True).stdout)")


def test_the_limits_of_one_process_hold(dana_kernel):
    """She cannot raise them again, and where the memory runs out her programs end before the hub does."""
    names = ["RLIMIT_DATA", "RLIMIT_NPROC", "RLIMIT_FSIZE", "RLIMIT_NOFILE", "RLIMIT_CORE"]
    told = dana_kernel.said(f"import resource as of\nprint([of.getrlimit(getattr(of, name)) for name in {names}], "
                            "open('/proc/self/oom_score_adj').read())")
    most = [(most, most) for most in (700_000_000, 150, 50_000_000, 4096, 0)]
    assert told == f"{most} 500\n\n"


def test_no_secret_of_anyone_else_lies_in_her_memory(hub, neighbour, dana_kernel):
    """Her processes begin with all that lies in the memory of the nursery. That must know nobody: it is searched too,
    since a word that it had read would be overwritten in hers sooner or later, yet not always before she looks.
    """
    carl = hub.enter("Carl Åberg")
    others = [one for account, one in hub.slips().items() if account != carl.account]
    secrets = [*others, CLASS_PASSWORD, SECRET_OF_ROOT, token(neighbour), token(dana_kernel)]
    names = [entry.pw_name for entry in hub.accounts.all()]
    hers = [*secrets, *(name for name in names if name != carl.account)]
    kernel = carl.open_kernel()
    assert found(hub.part("hub.nursery"), [*names, *secrets, token(kernel)]) == set()
    for pid in limits.processes(hub.accounts.own(carl.account).pw_uid):
        assert found(pid, hers) == set()
    carl.leave()


def found(pid, words):
    """Those of the words that lie in the memory of a process. All are ASCII, which Python keeps as it is."""
    parts = []
    with open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in open(f"/proc/{pid}/maps").read().splitlines():
            if line.split()[1].startswith("rw"):
                first, last = (int(number, 16) for number in line.split()[0].split("-"))
                memory.seek(first)
                parts.append(memory.read(last - first))
    asked = ["grep", "--text", "--only-matching", "--fixed-strings", *(f"--regexp={word}" for word in words)]
    seen = subprocess.run(asked, input=b"".join(parts), capture_output=True, env={**os.environ, "LC_ALL": "C"})
    assert seen.returncode < 2 and sum(map(len, parts)) > 50_000_000, seen.stderr
    return set(seen.stdout.decode().split("\n")) - {""}


def token(kernel):
    return kernel.said("import os; print(os.environ['JUPYTERHUB_API_TOKEN'])").strip()


def test_the_servers_of_others_refuse_her(hub, dana, dana_kernel, neighbour):
    other = neighbour.client.account
    hers = {"Authorization": "token " + token(dana_kernel)}
    for headers in ({}, hers):
        for path in (f"/user/{other}/api/contents", f"/user/{other}/api/kernels", f"/hub/api/users/{other}",
                     "/hub/api/users", "/hub/api/proxy"):
            answer = requests.get(hub.address + path, headers=headers, timeout=20)
            assert answer.status_code in (403, 404), (path, answer.status_code)
    proxy = requests.get(f"http://127.0.0.1:{hub.port + 2}/api/routes", headers=hers, timeout=20)
    assert proxy.status_code == 403
    for path in ("lab", "api/contents"):    # the page first, where a browser is led to ask the hub for leave
        assert dana.page(f"{hub.address}/user/{other}/{path}").status_code == 403


def test_another_kernel_tells_her_nothing(dana_kernel, neighbour):
    """She connects to the port on which a kernel shows what it prints; it is encrypted with a key that she lacks."""
    import json
    folder = neighbour.said("import os; print(os.environ['JUPYTER_RUNTIME_DIR'])").strip()
    with open(f"{folder}/kernel-{neighbour.number}.json") as file:
        about = json.load(file)
    dana_kernel.said("import zmq\nlistener = zmq.Context().socket(zmq.SUB)\nlistener.subscribe(b'')\n"
                    f"listener.connect('tcp://127.0.0.1:{about['iopub_port']}')")
    neighbour.said("import time; time.sleep(1); print('a secret')")
    assert dana_kernel.said("print(listener.poll(1000))") == "0\n"


def test_her_server_starts_also_where_nothing_can_be_laid(hub):
    """As on a full disk: she must be able to delete something, or to see what lies in the way."""
    entry = hub.accounts.own(hub.accounts.meant("Ida"))
    in_the_way = hub.home("Ida") / "Four Takeaways"
    in_the_way.write_text("x")
    os.chown(in_the_way, entry.pw_uid, entry.pw_gid)
    ida = hub.enter("Ida")
    assert "Four Takeaways" in [one["name"] for one in ida.api("GET", "contents").json()["content"]]
    ida.api("DELETE", "contents/Four%20Takeaways")
    ida.leave()
    ida.start()
    assert ida.open_kernel().said("from takeaways import *; print(7)").endswith("7\n")
    ida.leave()


def test_a_storm_of_processes_is_stopped(hub, undisturbed):
    emil = hub.enter("Emil")
    start_and_forget(emil.open_kernel(), """
import os, signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
while True:
    try: os.fork()
    except OSError: pass""")
    undisturbed(20)
    assert "More programs ran at once" in stopped(hub, emil)
    undisturbed()


def test_many_processes_that_eat_memory_together_are_stopped(hub, undisturbed):
    fay = hub.enter("Fay")
    start_and_forget(fay.open_kernel(), """
import os, time
for _ in range(4):
    if os.fork() == 0:
        x = bytearray(b'x') * 250_000_000
        time.sleep(600)
time.sleep(600)""")
    undisturbed(20)
    assert "took more memory than this class allows (0.7 GB)" in stopped(hub, fay)
    fay.start()     # and she begins again
    assert fay.open_kernel().said("print(2)") == "2\n"
    fay.leave()


def test_a_disk_is_not_filled(hub, undisturbed):
    """Neither by one who fills her home nor by one who fills what lies in the memory and looks like a disk."""
    names = {"Bea": "'file '", "Carl Åberg": "f'/dev/shm/{os.getuid()}-'"}
    full = {hub.enter(name): f"import glob, os\nname = {begins}\n" for name, begins in names.items()}
    for client, code in full.items():
        fill = f"{code}for n in range(60): open(name + str(n), 'wb').write(bytes(4_000_000))"
        start_and_forget(client.open_kernel(), fill)
    for client, code in full.items():
        assert "took more room than this class allows (0.1 GB)" in stopped(hub, client)
        undisturbed()
        client.start()      # she is let in again to delete
        client.page(f"{hub.address}/hub/home")      # a page for which the hub looks at her at once
        removed = f"{code}for path in glob.glob(name + '*'): os.remove(path)\nprint('removed')"
        assert client.open_kernel().said(removed) == "removed\n"
        client.leave()
    assert (hub.home("Bea") / "Four Takeaways/my_work/01_mistrust.ipynb").stat().st_size
