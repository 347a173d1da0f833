"""The locked versions: one truth for pip, conda and Binder."""
import importlib.metadata
import re
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement

from launcher.environment import COURSE, TESTS, TOP, is_inside


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


@pytest.mark.parametrize("lock", [COURSE, TESTS], ids=["course", "tests"])
def test_every_package_has_one_version_and_its_hashes(lock):
    for entry, hashes in entries(lock):
        assert re.fullmatch(r"==[\w.]+", str(entry.specifier)), entry
        assert hashes, f"{entry} has no hash"


@pytest.mark.parametrize("name", ["requirements.txt", "tests/requirements.txt", "environment.yml", "pyproject.toml"])
def test_no_address_is_prescribed(name):
    text = (TOP / name).read_text()
    assert "://" not in text and "index-url" not in text.replace("--no-emit-index-url", "")


def test_both_locks_agree():
    course, tests = versions(COURSE), versions(TESTS)
    assert {name: tests[name] for name in course.keys() & tests.keys()}.items() <= course.items()


def test_conda_and_binder_get_the_locked_versions():
    locked = versions(COURSE, TESTS)
    assert {name: locked.get(name) for name in conda_pins()} == conda_pins()


def test_conda_and_binder_get_everything_that_the_course_needs():
    wanted = {Requirement(line).name for group in groups().values() for line in group}
    assert wanted == set(conda_pins())


def test_conda_and_binder_get_a_python_of_the_locks():
    assert "python=3.11" in conda()["dependencies"] and conda()["name"] == "four-takeaways"


def test_the_lock_keeps_the_limits():
    locked = versions(COURSE, TESTS)
    for line in [line for group in groups().values() for line in group]:
        wanted = Requirement(line)
        assert wanted.specifier.contains(locked[wanted.name]), line


@pytest.mark.skipif(not is_inside(), reason="an environment of one's own may have other versions")
def test_the_private_environment_is_the_locked_one():
    locked = versions(COURSE, TESTS)
    assert {name: importlib.metadata.version(name) for name in locked} == locked
