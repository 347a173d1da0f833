"""What of a person's own settings reaches the private environment: from where packages come, and nothing else.

What she set for her other Jupyter, IPython, matplotlib, pip and Python would change or break the course: another numpy
on PYTHONPATH, a contents manager in ~/.jupyter, a start-up file of IPython, `target` in pip.conf. A proxy, a mirror of
packages or a certificate she needs, and they stay.
"""
import ast
import os
import shutil
from pathlib import Path

SETTINGS_OF = ("PYTHON", "PIP_", "JUPYTER", "JPY_", "IPYTHON", "MPL", "MATPLOTLIB", "PYTEST")
DOWNLOADS = ("index-url", "extra-index-url", "no-index", "find-links", "trusted-host", "proxy", "cert", "client-cert",
             "timeout", "default-timeout", "cache-dir", "keyring-provider")


def variables(folder):
    """The variables of whatever runs inside: hers without those settings, and one folder for what Jupyter writes.

    folder: where the settings, the files of running kernels and the history of the course go, away from HOME.
    """
    hers = {name: value for name, value in os.environ.items() if not name.upper().startswith(SETTINGS_OF)}
    return {**hers, "PYTHONUTF8": "1", "JUPYTER_PREFER_ENV_PATH": "1", **places(folder)}


def places(folder):
    """Where Jupyter, IPython and matplotlib keep what is theirs; each makes its own folder when it needs it."""
    names = {"JUPYTER_CONFIG_DIR": "jupyter", "JUPYTER_DATA_DIR": "data", "JUPYTER_RUNTIME_DIR": "running",
             "IPYTHONDIR": "ipython", "MPLCONFIGDIR": "matplotlib"}
    return {variable: str(Path(folder, name)) for variable, name in names.items()}


def furnish(folder, fonts):
    """Make the folder, with a copy of the list of fonts: matplotlib would make its own, and say so in a lesson.

    fonts: the folder in which matplotlib listed them when the environment was made; may be missing.
    """
    theirs = Path(places(folder)["MPLCONFIGDIR"])
    theirs.mkdir(parents=True, exist_ok=True)
    for listed in Path(fonts).glob("fontlist-*.json"):
        if not (theirs / listed.name).exists():
            shutil.copyfile(listed, theirs / listed.name)


def of_pip():
    """Her variables of pip that say where packages come from, or where pip's settings lie."""
    names = {"PIP_" + name.replace("-", "_").upper() for name in (*DOWNLOADS, "config-file")}
    return {name: value for name, value in os.environ.items() if name in names}


def downloads(listed):
    """From what `pip config list` printed: the settings that say where packages come from, as variables for pip.

    All the others, in whatever file or variable, are left out: PIP_CONFIG_FILE on the null device means "no file".
    """
    found = {"PIP_CONFIG_FILE": os.devnull}
    for where in ("global.", "install.", ":env:."):     # the later wins, as in pip
        for line in listed.splitlines():
            name, _, value = line.partition("=")
            if name.startswith(where) and name.removeprefix(where) in DOWNLOADS:
                found["PIP_" + name.removeprefix(where).replace("-", "_").upper()] = str(ast.literal_eval(value))
    return found
