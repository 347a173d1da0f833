"""One learner's server, run under her own account: her copies of the lessons are laid, then JupyterLab starts.

What `python3 notebooks` does, with JupyterHub's single-user server in place of JupyterLab's own.
"""
import os
import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])
from launcher import copies, environment, lab, private, server  # noqa: E402


def main(arguments):
    os.umask(0o077)     # what she makes is hers alone
    top = copies.folder()
    for name in copies.lay(top / "my_work"):
        print("A newer edition of a lesson lies beside her copy:", name)
    here = lab.variables(top / "my_work")
    os.environ.update({**private.variables(environment.OWN), **here, "TMPDIR": temporary(top)})
    server.stay_inside()
    from jupyterhub.singleuser import main

    sys.argv[1:] = [*lab.options(top, []), *arguments]
    main()


def temporary(top):
    """A folder for passing files in her own home, instead of one that all share."""
    folder = top / "my_work" / ".jupyter" / "tmp"
    folder.mkdir(exist_ok=True)
    return str(folder)


if __name__ == "__main__":
    main(sys.argv[1:])
