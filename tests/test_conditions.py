"""The two commands on other people's computers: a table of conditions. Each works, or ends in one sentence with what to do.

Nothing is installed here; tests/test_running.py starts the course in a hostile home folder, all conditions of it at once.
"""
import errno
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import matplotlib
import pytest

from launcher import copies, environment, lab, private, reasons, server, verify
from takeaways import charts

TOP = environment.TOP
inside = pytest.mark.skipif(not environment.is_inside(), reason="it needs the private environment")


# --- settings of her other Python, pip, Jupyter, IPython, matplotlib and pytest --------------------------------------

@pytest.mark.parametrize("name", [
    "PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONSAFEPATH", "PYTHONWARNINGS", "PYTHONOPTIMIZE", "PYTHONUTF8",
    "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX", "PYTHONUSERBASE", "PYTHONIOENCODING", "PYTHONINSPECT",
    "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_DRY_RUN", "PIP_USER", "PIP_PYTHON", "PIP_CONSTRAINT", "PIP_NO_BINARY",
    "PIP_REQUIRE_VIRTUALENV", "PIP_RETRIES",
    "JUPYTER_PATH", "JUPYTER_CONFIG_DIR", "JUPYTER_CONFIG_PATH", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_NO_CONFIG",
    "JUPYTER_PREFER_ENV_PATH", "JUPYTER_PLATFORM_DIRS", "JUPYTERLAB_DIR", "JUPYTERLAB_SETTINGS_DIR", "JPY_PARENT_PID",
    "IPYTHONDIR", "IPYTHON_SUPPRESS_CONFIG_ERRORS", "MPLBACKEND", "MPLCONFIGDIR", "MATPLOTLIBRC", "PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_DISABLE_PLUGIN_AUTOLOAD",
])
def test_a_setting_of_hers_does_not_reach_the_course(monkeypatch, name):
    monkeypatch.setenv(name, "/hers")
    assert environment.variables().get(name) != "/hers"


@pytest.mark.parametrize("name", ["PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "TZ", "HTTPS_PROXY", "no_proxy", "SSL_CERT_FILE",
                                  "REQUESTS_CA_BUNDLE", "UV_DEFAULT_INDEX", "BROWSER", "SYSTEMROOT", "TAKEAWAYS_SOURCES"])
def test_a_setting_that_she_needs_stays(monkeypatch, name):
    monkeypatch.setenv(name, "/hers")
    assert environment.variables()[name] == "/hers"


def test_what_runs_inside_reads_and_writes_utf8_and_keeps_to_its_own_folder():
    found = environment.variables(MORE="1")
    assert found["PYTHONUTF8"] == "1" and found["JUPYTER_PREFER_ENV_PATH"] == "1" and found["MORE"] == "1"
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "MPLCONFIGDIR"):
        assert environment.ENV in Path(found[name]).parents


def test_an_environment_elsewhere_is_told_which_course_is_meant(monkeypatch):
    monkeypatch.setattr(environment, "CHOSEN", None)
    assert "PYTHONPATH" not in environment.variables()
    monkeypatch.setattr(environment, "CHOSEN", "/opt/shared")
    assert environment.variables()["PYTHONPATH"] == str(environment.NOTEBOOKS)


# --- pip.conf and the variables of pip --------------------------------------------------------------------------------

@pytest.mark.parametrize("listed, found", [
    ("global.index-url='https://mirror/simple'", {"PIP_INDEX_URL": "https://mirror/simple"}),
    ("install.proxy='http://proxy:3128'", {"PIP_PROXY": "http://proxy:3128"}),
    (":env:.cert='/etc/ca.pem'", {"PIP_CERT": "/etc/ca.pem"}),
    ("global.trusted-host='a\\nb'", {"PIP_TRUSTED_HOST": "a\nb"}),
    ("global.no-index='1'\nglobal.find-links='/wheels'", {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "/wheels"}),
    (":env:.index-url='b'\nglobal.index-url='a'", {"PIP_INDEX_URL": "b"}),
    ("global.target='/elsewhere'", {}), ("install.user='yes'", {}), ("install.dry-run='true'", {}), ("global.prefix='/x'", {}),
    ("install.require-hashes='no'", {}), ("freeze.timeout='10'", {}), ("not a setting at all", {}),
])
def test_of_the_settings_of_pip_those_that_say_where_packages_come_from(listed, found):
    assert private.downloads(listed) == {"PIP_CONFIG_FILE": os.devnull, **found}


@inside
def test_a_pip_conf_is_read_by_pip_itself(tmp_path, monkeypatch):
    settings = tmp_path / "pip.conf"
    settings.write_text("[global]\nindex-url = https://mirror/simple\ndry-run = yes\n[install]\ntarget = /elsewhere\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(settings))
    monkeypatch.setenv("PIP_PYTHON", "/no/such/python")
    found = environment.downloads()
    assert found["PIP_INDEX_URL"] == "https://mirror/simple" and not {"PIP_TARGET", "PIP_DRY_RUN"} & found.keys()


@inside
def test_a_broken_pip_conf_gets_a_sentence(tmp_path, monkeypatch):
    (tmp_path / "pip.conf").write_text("index-url = without a heading\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    with pytest.raises(SystemExit, match="settings of pip .* cannot be read"):
        environment.downloads()


@pytest.mark.parametrize("printed, settings, sentence", [
    ("No matching distribution found for anyio==4", {"PIP_NO_INDEX": "1"}, "not where pip was told to look.*PIP_NO_INDEX"),
    ("No matching distribution found for anyio==4", {"PIP_INDEX_URL": "https://me:secret@dead"}, "PIP_INDEX_URL; see"),
    ("Failed to establish a new connection", {"PIP_PROXY": "http://dead"}, "cannot be downloaded.*PIP_PROXY"),
    ("No matching distribution found for anyio==4", {"PIP_TIMEOUT": "9"}, "Try Python 3.13"),
    ("not in the environment: anyio ==4", {}, "said that all went well"),
    ("[Errno 28] No space left on device", {"PIP_PROXY": "http://dead"}, "start again.$"),
])
def test_the_sentence_names_her_settings_where_they_may_be_why(printed, settings, sentence):
    import re
    told = reasons.explain(printed, "/x/.venv", settings)
    assert re.search(sentence, told) and "secret" not in told
    assert ("have a say in it" in told) == bool(settings.keys() & reasons.MISLEADING and "space" not in printed)


# --- verified before it is called ready ---------------------------------------------------------------------------------

@inside
@pytest.mark.parametrize("line, missing", [
    ("pip", []), ("no-such-package==1.0", ["no-such-package"]), ("pandas==0.1", ["pandas"]), ("pandas[all]==0.1", ["pandas"]),
    ('no-such-package==1.0 ; sys_platform == "nowhere"', []),
])
def test_what_is_lacking_is_seen(tmp_path, line, missing):
    lock = tmp_path / "requirements.txt"
    lock.write_text(f"# a word\n{line} \\\n    --hash=sha256:00\n")
    assert [one.name for one in verify.lacking(lock)] == missing


@inside
def test_the_environments_own_python_is_asked(tmp_path):
    (tmp_path / "lock").write_text("".join(f"missing{number}==1.0\n" for number in range(7)))
    assert environment.lacking(environment.COURSE) is None
    assert environment.lacking(tmp_path / "lock") == "not in the environment: " + ", ".join(f"missing{n} ==1.0" for n in range(5)) + ", ..."
    assert "not in the environment" in environment.lacking(tmp_path / "no such file")


@pytest.fixture
def setting_up(tmp_path, monkeypatch):
    """A set-up in an empty folder, whose installers do nothing; gives the list of what they were asked, with their variables."""
    asked, place = [], tmp_path / ".venv"
    for name, value in {"ENV": place, "OWN": place / "own", "FONTS": place / "own",
                        "PYTHON": place / "python", "SITE_PACKAGES": place, "CHOSEN": None}.items():
        monkeypatch.setattr(environment, name, value)
    monkeypatch.setattr(environment, "run", lambda command, progress, **settings: asked.append((command, settings)))
    monkeypatch.setattr(environment, "downloads", lambda: {"PIP_PROXY": "http://proxy"})
    monkeypatch.setattr(environment, "lacking", lambda lock: None)
    monkeypatch.setattr(environment.shutil, "which", lambda name: "/somewhere/uv")
    monkeypatch.setattr(environment.subprocess, "call", lambda command, **_: 0)
    return asked


def test_nothing_installed_is_never_called_ready(setting_up, monkeypatch):
    """Both installers say that all went well, and nothing is there."""
    monkeypatch.setattr(environment, "lacking", lambda lock: "not in the environment: anyio ==4")
    with pytest.raises(SystemExit, match="said that all went well"):
        environment.prepare(environment.COURSE)
    assert [command[0] for command, _ in setting_up if "-r" in command] == ["/somewhere/uv", environment.PYTHON]
    assert not environment.stamp(environment.COURSE).exists()


def test_what_does_not_start_is_never_called_ready(setting_up, monkeypatch):
    monkeypatch.setattr(environment, "run", lambda command, progress, **_: "DLL load failed" if "pandas" in " ".join(map(str, command)) else None)
    with pytest.raises(SystemExit, match="DLL load failed"):
        environment.prepare(environment.COURSE)
    assert not environment.stamp(environment.COURSE).exists()


def test_the_installers_get_the_settings_of_pip_that_remain(setting_up):
    environment.prepare(environment.COURSE)
    assert [settings for command, settings in setting_up if "-r" in command] == [{"PIP_PROXY": "http://proxy"}]


def test_an_environment_whose_python_lost_its_packages_is_made_again(setting_up, monkeypatch):
    environment.prepare(environment.COURSE)
    assert environment.is_installed(environment.COURSE)
    monkeypatch.setattr(environment.subprocess, "call", lambda command, **_: "import pip" in command)
    assert not environment.is_installed(environment.COURSE)


def test_the_course_may_be_entered_with_another_python_than_made_it(setting_up, monkeypatch):
    environment.prepare(environment.COURSE)
    monkeypatch.setattr(environment, "VERSION", "3.99")
    assert environment.is_installed(environment.COURSE)


def test_what_was_half_made_goes_first(setting_up):
    (environment.ENV / "lib" / "half").mkdir(parents=True)
    (environment.ENV / "pyvenv.cfg").touch()
    environment.prepare(environment.COURSE)
    assert {path.name for path in environment.ENV.iterdir()} == {environment.LOCK, "takeaways.pth", "own", "course-installed"}


def test_a_start_that_ends_while_emptying_is_followed_by_another(setting_up, monkeypatch):
    for name in ("a", "lib", "z"):
        (environment.ENV / name).mkdir(parents=True)
    (environment.ENV / "pyvenv.cfg").touch()
    environment.stamp(environment.TESTS).write_text(environment.fingerprint(environment.TESTS))
    monkeypatch.setattr(environment, "CHOSEN", str(environment.ENV))
    with monkeypatch.context() as killed:
        killed.setattr(environment.shutil, "rmtree", lambda path: sys.exit("killed"))
        killed.setattr(Path, "iterdir", lambda folder: iter([folder / "pyvenv.cfg", folder / "lib", folder / "tests-installed"]))
        with pytest.raises(SystemExit, match="killed"):
            environment.prepare(environment.COURSE)
    assert not environment.is_installed(environment.TESTS)
    environment.prepare(environment.COURSE)
    assert environment.is_installed(environment.COURSE)


# --- one set-up at a time --------------------------------------------------------------------------------------------

def test_a_second_start_waits_and_then_finds_all_done(setting_up, capsys):
    with environment.alone():
        second = threading.Thread(target=environment.prepare, args=[environment.COURSE])
        second.start()
        time.sleep(0.2)
        assert setting_up == [] and second.is_alive()
        environment.stamp(environment.COURSE).write_text(environment.fingerprint(environment.COURSE))
    second.join(timeout=10)
    assert setting_up == [] and "being set up already" in capsys.readouterr().out


@pytest.mark.skipif(os.name == "nt", reason="on Windows the lock ends with the start that took it")
def test_an_installer_whose_start_was_killed_is_waited_for(tmp_path):
    """kill -9, then start again at once."""
    start = ("import sys; sys.path.insert(0, sys.argv[1]); from launcher import environment as e; import pathlib\n"
             "e.ENV = pathlib.Path(sys.argv[2])\n"
             "with e.alone(): e.run([sys.executable, '-c', 'import time; print(1, flush=True); time.sleep(1.5)'], lambda: '')")
    killed = subprocess.Popen([sys.executable, "-c", start, environment.NOTEBOOKS, tmp_path], start_new_session=True)
    try:
        wait_until(lambda: children(killed.pid))
        killed.kill()
        killed.wait()
        with open(tmp_path / environment.LOCK, "a") as file:
            assert environment.is_taken(file)
            wait_until(lambda: not environment.is_taken(file))
    finally:
        os.killpg(killed.pid, signal.SIGKILL) if killed.poll() is None else None


def children(pid):
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split() if sys.platform == "linux" else time.sleep(1) or [pid]


def wait_until(true, seconds=20):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.parametrize("number, taken", [(errno.EAGAIN, True), (errno.EACCES, True), (errno.ENOLCK, False), (errno.EBADF, False)])
@pytest.mark.skipif(os.name == "nt", reason="fcntl")
def test_a_disk_without_locks_stops_nobody(tmp_path, monkeypatch, number, taken):
    def flock(*_):
        raise OSError(number, "")
    monkeypatch.setattr(environment.fcntl, "flock", flock)
    with open(tmp_path / "lock", "a") as file:
        assert environment.is_taken(file) == taken


# --- places --------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("name, sentence", [
    ("a" + os.pathsep + "b", r"has a '.' in it.*Rename the folder.*TAKEAWAYS_ENV"),
    (os.fsdecode(b"Jos\xe9"), r"Jos.*not UTF-8.*Rename it"),
])
def test_a_folder_where_no_environment_can_be(setting_up, monkeypatch, tmp_path, name, sentence):
    monkeypatch.setattr(environment, "ENV", tmp_path / name)
    with pytest.raises(SystemExit, match=sentence) as end:
        environment.prepare(environment.COURSE)
    str(end.value).encode("ascii", "backslashreplace")
    assert setting_up == []


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS])
def test_a_folder_that_cannot_be_written(setting_up, monkeypatch, number):
    def mkdir(*_, **__):
        raise OSError(number, os.strerror(number), str(environment.ENV))
    monkeypatch.setattr(Path, "mkdir", mkdir)
    with pytest.raises(SystemExit, match="cannot be written. Move the course"):
        environment.prepare(environment.COURSE)


@inside
@pytest.mark.skipif(bool(environment.CHOSEN), reason="the environment was made for another copy of the course")
@pytest.mark.parametrize("folder", ["notebooks", "my_work", ""])
def test_the_package_is_found_in_any_editor(tmp_path, folder):
    """As VS Code and plain JupyterLab start a kernel: the environment's Python, no variable of the launcher."""
    (tmp_path / folder).mkdir(exist_ok=True)
    code = "import importlib.util; print(importlib.util.find_spec('takeaways').origin)"
    found = subprocess.run([environment.PYTHON, "-c", code], cwd=tmp_path / folder, env={"PATH": os.environ["PATH"]}, capture_output=True,
                           text=True, check=True)
    assert found.stdout.startswith(str(environment.NOTEBOOKS))


def test_the_file_that_shows_the_package_is_read_in_every_encoding(setting_up, monkeypatch):
    monkeypatch.setattr(environment, "NOTEBOOKS", Path("/más/テ/notebooks"))
    environment.ENV.mkdir()
    environment.point_to_the_course()
    line = (environment.SITE_PACKAGES / "takeaways.pth").read_bytes().decode("ascii")
    path = list(sys.path)
    try:
        assert line.startswith("import ")
        exec(line)
        assert sys.path[-1] == str(environment.NOTEBOOKS)
    finally:
        sys.path[:] = path


# --- a class that shares one course, which its members cannot write -------------------------------------------------------

@pytest.fixture
def shared(tmp_path, monkeypatch):
    """A course that this user cannot write, and a HOME of her own."""
    top = tmp_path / "course"
    for name in copies.SEEN_FROM_DESK:
        (top / name).mkdir(parents=True)
    (top / "notebooks" / "00_start_here.ipynb").write_text('{"cells": []}')
    monkeypatch.setattr(copies, "is_shared", lambda top: True)
    monkeypatch.setattr(copies, "CHOSEN", None)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    return top


def test_her_copies_lie_in_her_home_beside_links_to_the_course(shared, tmp_path):
    for _ in range(2):
        own = copies.folder(shared)
    assert own == tmp_path / "home" / "Four Takeaways"
    assert (own / "notebooks").resolve() == shared / "notebooks" and (own / "data").is_dir() and (own / "figures").is_dir()
    assert copies.lay(own / "my_work", shared / "notebooks") == []
    assert (own / "my_work" / "00_start_here.ipynb").is_file()


def test_where_the_course_moved_her_links_follow(shared, tmp_path):
    own = copies.folder(shared)
    moved = shared.rename(tmp_path / "moved")
    assert copies.folder(moved) == own and (own / "notebooks").resolve() == moved / "notebooks"


def test_she_can_name_another_folder(shared, tmp_path, monkeypatch):
    monkeypatch.setattr(copies, "CHOSEN", "~/elsewhere")
    assert copies.folder(shared) == tmp_path / "home" / "elsewhere"


def test_without_a_home_she_is_told_of_the_variable(shared, monkeypatch):
    monkeypatch.setattr(copies.os.path, "expanduser", lambda path: path)      # as for a user without HOME and without a name
    with pytest.raises(SystemExit, match="no home folder.*TAKEAWAYS_DESK"):
        copies.folder(shared)


def test_a_home_that_cannot_be_written_gets_a_sentence(shared, tmp_path):
    (tmp_path / "home").write_text("a file where the folder should be")
    with pytest.raises(SystemExit, match="cannot be written to .*Four Takeaways.*TAKEAWAYS_DESK"):
        copies.folder(shared)


def test_where_links_are_forbidden_she_works_without(shared, monkeypatch):
    def symlink(*_, **__):
        raise OSError("[WinError 1314] A required privilege is not held by the client")
    monkeypatch.setattr(copies.os, "symlink", symlink)
    assert copies.folder(shared).is_dir()


@pytest.mark.parametrize("number, is_shared", [(errno.EACCES, True), (errno.EPERM, True), (errno.EROFS, True), (errno.ENOSPC, False)])
def test_a_course_that_cannot_be_written_is_shared_and_a_full_disk_is_not(tmp_path, monkeypatch, number, is_shared):
    assert copies.folder(tmp_path) == tmp_path

    def refuse(**_):
        raise OSError(number, os.strerror(number))
    monkeypatch.setattr(copies.tempfile, "TemporaryFile", refuse)
    assert copies.is_shared(tmp_path) == is_shared


def test_a_lesson_itself_opens_through_her_link(shared, monkeypatch):
    monkeypatch.setattr(environment, "TOP", shared)
    own = copies.folder(shared)
    assert lab.inside(own, "notebooks/00_start_here.ipynb") == "notebooks/00_start_here.ipynb"


def test_what_another_start_laid_in_the_same_moment_stays(tmp_path):
    lesson, copy = tmp_path / "lesson", tmp_path / "copy"
    lesson.write_text("new")
    copy.write_text("hers")
    copies.write_new(copy, lesson)
    assert copy.read_text() == "hers" and {path.name for path in tmp_path.iterdir()} == {"lesson", "copy"}


def test_a_disk_without_links_gets_whole_copies_too(tmp_path, monkeypatch):
    def link(*_):
        raise OSError(errno.EPERM, "")
    monkeypatch.setattr(copies.os, "link", link)
    for text in ("new", "newer"):
        (tmp_path / "lesson").write_text(text)
        copies.write_new(tmp_path / "copy", tmp_path / "lesson")
    assert (tmp_path / "copy").read_text() == "new" and len(list(tmp_path.iterdir())) == 2


def test_a_desk_that_cannot_hold_her_settings_gets_a_sentence(tmp_path):
    (tmp_path / ".jupyter").write_text("a file where the folder should be")
    with pytest.raises(SystemExit, match="cannot be written to .*TAKEAWAYS_DESK"):
        lab.variables(tmp_path)


def test_the_list_of_fonts_comes_with_the_environment(tmp_path):
    fonts = tmp_path / "fonts"
    fonts.mkdir()
    (fonts / "fontlist-v1.json").write_text("{}")
    private.furnish(tmp_path / "own", fonts)
    assert (tmp_path / "own" / "matplotlib" / "fontlist-v1.json").read_text() == "{}"


def test_what_she_keeps_goes_to_the_same_desk(tmp_path):
    code = "from takeaways import desk; print(desk.DESK)"
    found = subprocess.run([sys.executable, "-c", code], cwd=environment.NOTEBOOKS, capture_output=True, text=True, check=True,
                           env={**os.environ, **lab.variables(tmp_path / "my_work")})
    assert found.stdout.strip() == str(tmp_path / "my_work")


# --- Jupyter and matplotlib of the whole computer ----------------------------------------------------------------------------

def test_what_another_jupyter_left_on_the_computer_is_not_read(monkeypatch):
    from jupyter_core import paths
    for name in ("SYSTEM_CONFIG_PATH", "SYSTEM_JUPYTER_PATH"):
        monkeypatch.setattr(paths, name, ["/theirs"])
    server.stay_inside()
    assert "/theirs" not in paths.jupyter_config_path() + paths.jupyter_path()
    assert paths.ENV_CONFIG_PATH[0] in paths.jupyter_config_path()


@pytest.mark.parametrize("name, value", [("lines.linestyle", "--"), ("font.family", ["serif"]), ("axes.facecolor", "black"),
                                         ("axes.formatter.use_locale", True), ("figure.autolayout", True), ("timezone", "Asia/Tokyo")])
def test_a_matplotlibrc_changes_no_chart(monkeypatch, name, value):
    before = dict(matplotlib.rcParams)
    try:
        charts.use_style()
        ours = matplotlib.rcParams[name]
        matplotlib.rcParams[name] = value
        charts.use_style()
        assert matplotlib.rcParams[name] == ours != value
    finally:
        matplotlib.rcParams.update(before)


# --- pytest as people call it --------------------------------------------------------------------------------------------------

def test_a_lesson_is_tested_from_its_folder_and_without_xdist():
    asked = [sys.executable, "-m", "pytest", "-p", "no:xdist", "-p", "no:cacheprovider", "--collect-only", "-q", "05_brief.ipynb"]
    found = subprocess.run(asked, cwd=environment.NOTEBOOKS, capture_output=True, text=True)
    assert found.returncode == 0 and "05_brief.ipynb::Cell 0" in found.stdout, found.stdout + found.stderr


def test_the_file_of_what_is_not_compared_is_found_from_everywhere(pytestconfig):
    sys.path.insert(0, str(environment.NOTEBOOKS))
    from importlib.util import module_from_spec, spec_from_file_location
    spec = spec_from_file_location("conftest_of_the_lessons", environment.NOTEBOOKS / "conftest.py")
    conftest = module_from_spec(spec)
    spec.loader.exec_module(conftest)
    pytestconfig.option.nbval_sanitize_with = None
    conftest.pytest_configure(pytestconfig)
    assert Path(pytestconfig.option.nbval_sanitize_with) == TOP / "tests" / "sanitize.cfg"


def test_a_run_leaves_nothing_in_her_home(tmp_path_factory):
    for name in private.places(""):
        assert tmp_path_factory.getbasetemp() in Path(os.environ[name]).parents
    assert not [name for name in os.environ if name in ("JUPYTER_PATH", "PYTHONPATH", "MATPLOTLIBRC", "PYTHONSAFEPATH")]


def test_the_checks_run_where_there_is_no_git(tmp_path):
    """.ci/run: what comes before the tests stops nothing in a folder without git."""
    (tmp_path / ".ci").mkdir()
    shutil.copy(TOP / ".ci" / "run", tmp_path / ".ci")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python3").write_text("#!/bin/sh\necho \"tests began: $*\"\nexit 9\n")
    (tmp_path / "bin" / "python3").chmod(0o755)
    for name in ("bash", "dirname", "mktemp", "rm", "sh"):
        (tmp_path / "bin" / name).symlink_to(shutil.which(name))
    found = subprocess.run([tmp_path / "bin" / "bash", tmp_path / ".ci" / "run"], env={"PATH": str(tmp_path / "bin")}, capture_output=True, text=True)
    assert found.stdout == "tests began: tests\n" and found.returncode == 9, found.stderr
