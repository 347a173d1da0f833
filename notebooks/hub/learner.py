"""One learner's server, run under her own account: her copies of the lessons are laid, then JupyterLab starts.

What `python3 notebooks` does, with JupyterHub's single-user server in place of JupyterLab's own. It starts in any case:
on a full disk she must be able to delete something.
"""
import os
import sys
import tempfile
from pathlib import Path

from launcher import copies, environment, lab, private, server, warm

DESK = "~/Four Takeaways"


def make_imports():
    """Import beforehand what servers and kernels import, but nothing that remembers whose it is."""
    server.stay_inside()        # before JupyterLab is imported, which notes these places
    import jupyterhub.singleuser.extension, jupyterlab.labapp, jupyter_lsp  # noqa: E401, F401
    import jupyter_server.services.contents.largefilemanager, nbconvert.exporters  # noqa: E401, F401

    warm.make_imports()


def main(arguments, forked=False):
    """Lay her copies and be her server. forked: by the nursery, so the imports are made already."""
    os.umask(0o077)     # what she makes is hers alone
    top = attempt(lambda: copies.furnished(Path(DESK).expanduser(), environment.TOP)) or Path.home()
    passing = passing_of(top)
    os.environ.update({**private.variables(environment.OWN), **variables(top, passing), "TMPDIR": str(passing)})
    write_down(passing / "server.log")
    if forked:
        from hub import kernels

        kernels.keep_warm()
    server.stay_inside()
    from jupyterhub.singleuser import main

    sys.argv[:] = ["jupyterhub-singleuser", *lab.options(top, arguments)]
    main()


def variables(top, passing):
    """Lay what is missing or newer in the folder that JupyterLab shows; returns the variables of her server.

    passing: a folder for what runs just now. That is nobody's work: where it can lie elsewhere it should not fill her
        disk, nor fail on a full one.
    """
    hers = attempt(lambda: laid(top / "my_work")) or {copies.DESK_VARIABLE: str(top), **private.places(passing)}
    running = private.places(passing)["JUPYTER_RUNTIME_DIR"]
    return {"JUPYTER_CONFIG_PATH": str(lab.SETTINGS), **hers, "JUPYTER_RUNTIME_DIR": running}


def laid(desk):
    """Lay her copies; returns the variables of her own settings."""
    for name in copies.lay(desk):
        print(f"There is a newer edition of a lesson. It lies beside her own copy: my_work/{name}")
    return lab.variables(desk)


def attempt(step):
    """What the step returns; None where it gave up, with its reason told."""
    try:
        return step()
    except SystemExit as reason:
        print(reason, file=sys.stderr)


def passing_of(top):
    """A folder for files in passing: in her own home if it can be, instead of one that all share."""
    folder = top / "my_work" / ".jupyter" / "tmp"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return folder
    except OSError:
        return Path(tempfile.mkdtemp(prefix="jupyter-"))


def write_down(path):
    """What the server prints goes to a file of hers, anew at each start; nowhere where there is no room for it."""
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    except OSError:
        return
    os.dup2(file, 1)
    os.dup2(file, 2)
    os.close(file)
