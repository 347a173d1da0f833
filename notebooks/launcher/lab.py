"""The options with which JupyterLab opens the course."""
import os
import sys
from pathlib import Path
from urllib.parse import quote

from launcher import copies, environment, private

SETTINGS = Path(__file__).resolve().parent / "settings"
TEMPLATES = SETTINGS / "templates"
FIRST = "my_work/00_start_here.ipynb"


def options(top, arguments):
    """Ours first, so that the user's own, which follow unchanged, win.

    top: the folder that JupyterLab shows.
    """
    notebooks = [word for word in arguments if word.endswith(".ipynb") and not word.startswith("-")]
    others = [word for word in arguments if word not in notebooks]
    # In a container or a virtual machine one is often root, where JupyterLab would refuse to start.
    root = ["--ServerApp.allow_root=True"] if getattr(os, "geteuid", lambda: 1)() == 0 else []
    opened = inside(top, notebooks[0]) if notebooks else FIRST
    return [
        f"--ServerApp.root_dir={top}",                      # data/ and figures/ stay in sight
        f"--LabApp.default_url=/lab/tree/{quote(opened)}",  # a plain path would move root_dir to its folder
        "--ServerApp.answer_yes=True",                      # one Ctrl-C is enough
        f"--LabApp.app_settings_dir={SETTINGS}",            # it would ask whether it may fetch news
        "--LabApp.news_url=None",                           # and may not, whatever the user's own settings say
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",              # it would ask the internet for extensions
        "--LanguageServerManager.autodetect=False",         # it would run the computer's npm, which writes into HOME
        "--KernelManager.transport_encryption=auto",        # others on a shared machine cannot listen to the kernel
        *root,
        *others,
    ]


def variables(desk):
    """Where Jupyter finds jupyter_server_config.py of the course, and keeps what is hers: her theme, her trust.

    That lies on her desk, in a folder out of sight: it outlives a new environment, and each of a class has her own.
    """
    own = desk / ".jupyter"
    try:
        private.furnish(own, environment.FONTS)
    except OSError as error:
        sys.exit(copies.cannot_be_written(own, error))
    return {"JUPYTER_CONFIG_PATH": str(SETTINGS), copies.DESK_VARIABLE: str(desk.parent), **private.places(own)}


def inside(top, notebook):
    """The notebook's path as JupyterLab names it, from the top of the course."""
    for start in (Path.cwd(), top):
        path = (start / notebook).resolve()
        for shown in (top.resolve(), environment.TOP):      # a folder of her own has links to the course
            if path.is_file() and shown in path.parents:
                return path.relative_to(shown).as_posix()
    sys.exit(f"There is no notebook {notebook} in the course. The lessons are in notebooks/, your copies in my_work/.")
