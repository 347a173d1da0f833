"""One learner's server, run under her own account: her copies of the lessons are laid, then JupyterLab starts.

What `python3 notebooks` does, with JupyterHub's single-user server in place of JupyterLab's own.
"""
import os
import sys
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
    top = copies.furnished(Path(DESK).expanduser(), environment.TOP)
    copies.lay(top / "my_work")
    os.environ.update({**private.variables(environment.OWN), **lab.variables(top / "my_work"), "TMPDIR": passing(top)})
    write_down(top / "my_work" / ".jupyter" / "server.log")
    if forked:
        from hub import kernels

        kernels.keep_warm()
    server.stay_inside()
    from jupyterhub.singleuser import main

    sys.argv[:] = ["jupyterhub-singleuser", *lab.options(top, []), *arguments]
    main()


def passing(top):
    """A folder for files in passing in her own home, instead of one that all share."""
    folder = top / "my_work" / ".jupyter" / "tmp"
    folder.mkdir(exist_ok=True)
    return str(folder)


def write_down(path):
    """What the server prints goes to a file of hers, anew at each start."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(file, 1)
    os.dup2(file, 2)
    os.close(file)
