"""Prints what a lock asks for and this Python does not have, one name a line; prints nothing if all is there.

    .venv/bin/python -I notebooks/launcher/verify.py requirements.txt

The environment's own Python runs it: an installer may say that all went well and have put everything elsewhere.
"""
import importlib.metadata
import sys

from pip._vendor.packaging.requirements import Requirement     # whatever else is missing, an environment has pip


def lacking(lock):
    """The requirements of a lock that are missing here, or here in another version."""
    with open(lock, encoding="utf-8") as file:
        locked = [Requirement(line.split("\\")[0]) for line in file if line[:1].isalnum()]
    wanted = [one for one in locked if not one.marker or one.marker.evaluate()]
    return [one for one in wanted if not one.specifier.contains(version(one.name))]


def version(name):
    try:
        return importlib.metadata.version(name) or "0"
    except importlib.metadata.PackageNotFoundError:
        return "0"


if __name__ == "__main__":
    print(*(f"{one.name} {one.specifier}" for one in lacking(sys.argv[1])), sep="\n", end="")
