"""The class on one server, as far as it can be told without a server: class lists, options, locks, limits.

The rest is in tests/hub/, against a real JupyterHub: python3 tests --hub
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

import pytest
from launcher.environment import NOTEBOOKS

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the hub runs on Linux only")
if sys.platform == "linux":
    from hub import class_list, limits
    from hub.__main__ import options
    from hub.accounts import Accounts

FOLDER = NOTEBOOKS / "hub"


def listed(tmp_path, data, name="class.txt"):
    path = tmp_path / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return class_list.read(path)


@pytest.mark.parametrize("name, data, names", [
    ("class.txt", "Ana García\n\n  José  Núñez \r\n# a remark\nAna García\n", ["Ana García", "José Núñez", "Ana García"]),
    ("class.txt", "García, Ana\nNúñez, José", ["García, Ana", "Núñez, José"]),
    ("class.txt", b"\xef\xbb\xbfAna\nBea", ["Ana", "Bea"]),
    ("class.txt", "Ana\nBea".encode("utf-16"), ["Ana", "Bea"]),
    ("class.txt", "Peña\nŠárka".encode("cp1252"), ["Peña", "Šárka"]),
    ("class.txt", "José".replace("é", "e\N{COMBINING ACUTE ACCENT}"), ["José"]),
    ("class.csv", "Name,Class\n\"García, Ana\",3b\n,\nBea,3b\n", ["García, Ana", "Bea"]),
    ("class.csv", b"\xef\xbb\xbfName;Class\r\nAna;3b\r\n", ["Ana"]),
    ("class.csv", "nombre;grupo\nAna;1\nBea;1", ["Ana", "Bea"]),
    ("class.csv", "No.,Name\n1,Ana\n2,Bea", ["Ana", "Bea"]),
    ("class.csv", "ID,First name,Surname,Email\n7,Ana,García,a@x\n8,Bea", ["Ana García", "Bea"]),
    ("class.tsv", "1\tAna\n2\tBea", ["Ana", "Bea"]),
    ("class.txt", "李小龙\nΕλένη", ["李小龙", "Ελένη"]),
    ("class.txt", "Ana\x07\x1b[31m\u202eGarcía", ["Ana [31m García"]),
])
def test_a_class_list_is_read(tmp_path, name, data, names):
    assert listed(tmp_path, data, name) == names


@pytest.mark.parametrize("data, told", [("\n \n# only a remark", "no name"), ("1\n2", "no name"), ("Name\n", "no name"),
                                        (b"\xd0\xcf\x11\xe0\0\0" + bytes(200), "not a text")])
def test_a_list_that_cannot_be_used_is_told(tmp_path, data, told):
    with pytest.raises(class_list.Unusable, match=told):
        listed(tmp_path, data)


def test_a_list_that_is_not_there_is_told(tmp_path):
    with pytest.raises(class_list.Unusable, match="cannot be read"):
        class_list.read(tmp_path / "none.txt")


@pytest.mark.parametrize("name, account", [
    ("Ana García", "ft-ana-garcia"), ("José Núñez-O'Neill", "ft-jose-nunez-o-neill"), ("ẞtraße", "ft-sstrasse"),
    ("Łukasz", "ft-lukasz"), ("李小龙", "ft-learner"), ("--", "ft-learner"), ("root", "ft-root"),
    ("../../etc/passwd", "ft-etc-passwd"), ("a:b\nroot:x", "ft-a-b-root-x"), ("A" * 90, "ft-" + "a" * 25),
])
def test_a_name_of_an_account(name, account):
    made = class_list.account(name, "ft-", ())
    assert made == account and re.fullmatch(r"ft-[a-z0-9-]{1,29}", made)


def test_two_of_one_name_get_two_accounts():
    taken = set()
    for _ in range(120):
        taken.add(class_list.account("A" * 40, "ft-", taken))
    assert len(taken) == 120 and max(map(len, taken)) <= class_list.LONGEST


def test_passwords_are_long_and_differ():
    made = {class_list.password() for _ in range(500)}
    assert len(made) == 500 and all(re.fullmatch(r"([a-hjkmnp-z2-9]{4}-){2}[a-hjkmnp-z2-9]{4}", one) for one in made)


@pytest.fixture
def accounts(tmp_path, monkeypatch):
    """Accounts in a system that has these: one of the hub's, and others that are not."""
    import grp
    import pwd
    system = {"ft-ana": (1001, 500), "ft-ft-bea": (1002, 500), "ft-alien": (1003, 1003), "root": (0, 0), "ft-zero": (0, 500),
              "ft-system": (999, 500), "carl": (1004, 500)}

    def entry(name):
        uid, gid = system[name]
        return pwd.struct_passwd((name, "x", uid, gid, "", "/", "/bin/sh"))

    monkeypatch.setattr(pwd, "getpwnam", entry)
    monkeypatch.setattr(pwd, "getpwall", lambda: [entry(name) for name in system])
    monkeypatch.setattr(grp, "getgrnam", {"ft-class": grp.struct_group(("ft-class", "x", 500, []))}.__getitem__)
    return Accounts("ft-", tmp_path)


def test_only_accounts_that_the_hub_made_are_its_own(accounts):
    assert [entry.pw_name for entry in accounts.all()] == ["ft-ana", "ft-ft-bea"]
    assert not any(map(accounts.own, ["root", "ft-alien", "ft-zero", "ft-system", "carl", "ft-nobody-known", ""]))


@pytest.mark.parametrize("typed, account", [
    ("Ana", "ft-ana"), (" ANA ", "ft-ana"), ("ft-ana", "ft-ana"), ("Ft Bea", "ft-ft-bea"), ("ft-ft-bea", "ft-ft-bea"),
    ("root", "ft-root"), ("ft-alien", "ft-alien"), ("", "ft-learner"), ("../root", "ft-root"), ("a" * 9999, "ft-" + "a" * 25),
])
def test_what_is_typed_leads_to_an_account_with_the_prefix(accounts, typed, account):
    assert accounts.meant(typed) == account


@pytest.mark.parametrize("words, told", [
    (["--address", "0.0.0.0"], "--plain-http"), (["--certificate", "c"], "go together"), (["--key", "k"], "go together"),
    (["--subdomains", "course.example.edu"], "https://course"), (["--subdomains", "https://localhost"], "https://course"),
])
def test_options_that_cannot_be_followed_are_told(words, told):
    with pytest.raises(SystemExit, match=told):
        options(words)


def test_plain_http_stays_on_this_computer_unless_told():
    assert (options([]).address, options([]).port) == ("127.0.0.1", 8000)
    safe = options(["--certificate", "c", "--key", "k"])
    assert (safe.address, safe.port) == ("0.0.0.0", 443)
    assert options(["--plain-http", "--address", "0.0.0.0"]).port == 8000


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root to become another user")
def test_without_root_it_says_so_and_installs_nothing():
    python = shutil.which("python3", path="/usr/bin")
    nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    if not python or subprocess.call([*nobody, python, "-c", "import sys; open(sys.argv[1])", FOLDER / "__main__.py"]):
        pytest.skip("no Python, or no course, that another user could read")
    done = subprocess.run([*nobody, python, FOLDER], capture_output=True, text=True)
    assert done.returncode == 1 and done.stderr.startswith("The hub gives each learner an account") and "sudo" in done.stderr


def test_the_lock_of_the_proxy_is_whole():
    package = json.loads((FOLDER / "package-lock.json").read_text())["packages"]
    assert all(one["integrity"].startswith("sha512-") and "resolved" not in one for name, one in package.items() if name)
    wanted = json.loads((FOLDER / "package.json").read_text())["dependencies"]["configurable-http-proxy"]
    assert package["node_modules/configurable-http-proxy"]["version"] == wanted


def test_the_unit_file_is_one():
    unit = FOLDER / "four-takeaways.service"
    text = unit.read_text()
    assert all(line in text for line in ("Restart=always\n", "KillMode=process\n"))
    [started] = re.findall("^ExecStart=(.*)", text, re.MULTILINE)
    assert started.split()[1] == "/srv/four-takeaways/notebooks/hub" and options(started.split()[2:]).port == 443
    if shutil.which("systemd-analyze"):
        done = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")


# --- limits, with this very user's processes and files ---

@pytest.fixture
def process():
    """A process of ours with 60 MB in its memory, 300 more asked for, and a file of 3 MB that has no name."""
    code = ("import mmap, tempfile, time; asked = mmap.mmap(-1, 300_000_000); "
            "file = tempfile.TemporaryFile(); file.write(bytes(3_000_000)); file.flush(); "
            "x = bytearray(b'x') * 60_000_000; print('ready', flush=True); time.sleep(600)")
    one = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    one.stdout.readline()
    yield one
    one.kill()
    one.wait()


def test_the_memory_of_a_process_is_measured(process):
    for measured in (limits.resident(process.pid), limits.proportional(process.pid)):
        assert 60_000_000 < measured < 110_000_000
    assert limits.threads(process.pid) == 1 and process.pid in limits.processes(os.getuid())
    assert 3_000_000 <= limits.unnamed(process.pid) < 3_100_000


def test_the_room_of_files_is_counted_and_links_are_not_followed(tmp_path):
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "file").write_bytes(bytes(2_000_000))
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "file").write_bytes(bytes(1_000_000))
    (tmp_path / "a" / "link").symlink_to(tmp_path / "elsewhere")
    taken = limits.occupied(os.getuid(), [str(tmp_path / "a")], [], float("inf"))
    assert 2_000_000 <= taken < 2_100_000
    assert limits.occupied(os.getuid() + 1, [str(tmp_path)], [], float("inf")) == 0


def test_each_limit_has_its_sentence(monkeypatch, process):
    monkeypatch.setattr(limits, "processes", lambda uid: [process.pid])
    with tempfile.TemporaryDirectory() as folder:
        def told(**less):
            most = limits.Limits(**{"memory": limits.GB, "room": limits.GB, "processes": 100, **less})
            return limits.excess(limits.Files(os.getuid(), [folder]), most, most.room) or ""

        assert told() == ""
        assert "0.05 GB" in told(memory=50_000_000) and "kernels" in told(memory=50_000_000)
        assert "allows (1)" in told(processes=1)
        assert "0.002 GB" in told(room=2_000_000) and "Delete" in told(room=2_000_000)


def test_files_are_counted_again_where_they_may_be_more(tmp_path, monkeypatch):
    """A look that finds the disk as it was costs no walk through her files; another does, and each minute one."""
    counted, left, taken, at = [], [1000], [40], [0]
    monkeypatch.setattr(limits, "free", lambda folders: {1: left[0]})
    monkeypatch.setattr(limits, "occupied", lambda *_: counted.append(at[0]) or taken[0])
    monkeypatch.setattr(limits.time, "monotonic", lambda: at[0])
    files = limits.Files(1, [])

    def look(now, free):
        at[0], left[0] = now, free
        return files.exceed(100, [])

    assert not any([look(1, 1000), look(6, 1000), look(11, 971), look(16, 1200)]) and counted == [1]
    taken[0] = 90       # she had 60 left, and the disk has lost more than half of that
    assert not look(21, 969) and counted == [1, 21]
    taken[0] = 101
    assert not look(26, 964) and look(31, 963) and counted == [1, 21, 31]
    assert look(36, 963), "one who is beyond stays so until she is counted again"
    taken[0] = 20
    assert not look(41, 963) and not look(100, 963) and counted[-1] == 41
    assert not look(101, 963) and counted[-1] == 101


def test_the_room_of_a_disk_is_told():
    [(disk, left)] = limits.free(["/tmp", "/tmp", "/nowhere"]).items()
    assert disk == os.stat("/tmp").st_dev and 0 < left <= shutil.disk_usage("/tmp").total


@pytest.mark.parametrize("uid", [0, 1, 999])
def test_what_belongs_to_the_system_is_never_killed(monkeypatch, uid):
    import pwd
    called = []
    monkeypatch.setattr(limits.subprocess, "run", lambda *command, **how: called.append(command))
    monkeypatch.setattr(limits, "processes", lambda uid: [1])
    with pytest.raises(ValueError, match="no learner"):
        limits.end_all(pwd.struct_passwd(("someone", "x", uid, 0, "", "/", "/bin/sh")))
    assert not called


def test_what_a_learner_runs_is_ended_under_her_own_account(monkeypatch):
    """Whoever says so as root kills all that runs on the computer; so nothing is run here, and the command is read."""
    import pwd
    called, left = [], [7, 8]
    monkeypatch.setattr(limits.subprocess, "run", lambda command, **how: called.append(command) or left.clear())
    monkeypatch.setattr(limits, "processes", lambda uid: left if uid == 1001 else [1])
    limits.end_all(pwd.struct_passwd(("ft-ana", "x", 1001, 500, "", "/", "/bin/sh")))
    [command] = called
    before, what = command[:command.index("--")], command[command.index("--") + 1:]
    assert before == ["setpriv", "--reuid=1001", "--regid=500", "--clear-groups"]
    assert what == ["sh", "-c", "kill -KILL -1"]


def test_only_accounts_of_the_hub_are_removed_and_their_work_is_kept(accounts, monkeypatch):
    """With no command run: it would remove accounts of this computer."""
    import grp

    import hub.accounts as module
    ended, ran = [], []
    monkeypatch.setattr(module, "end_all", lambda entry: ended.append(entry.pw_name))
    monkeypatch.setattr(module, "run", lambda *command, **how: ran.append(command))
    monkeypatch.setattr(grp, "getgrall", lambda: [grp.struct_group((one, "x", 500, [])) for one in ("ft-class", "root")])
    hers = accounts.state / "homes" / "ft-ana" / "note"
    hers.parent.mkdir(parents=True)
    hers.write_text("hers")
    number, aside = accounts.remove()
    assert (number, ended) == (2, ["ft-ana", "ft-ft-bea"])
    assert ran == [("userdel", "ft-ana"), ("userdel", "ft-ft-bea"), ("groupdel", "ft-class")]
    assert aside.stat().st_mode & 0o777 == 0o700 and (aside / "ft-ana" / "note").read_text() == "hers"
    assert not (accounts.state / "homes").exists()


def test_a_process_that_has_ended_is_not_alive(process):
    assert limits.is_alive(process.pid)
    process.kill()
    until = time.monotonic() + 10
    while limits.is_alive(process.pid) and time.monotonic() < until:
        time.sleep(0.05)
    assert not limits.is_alive(process.pid)     # though nobody has waited for it yet
