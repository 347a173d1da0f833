"""What a learner's server runs on Kubernetes or The Littlest JupyterHub: her copies are laid, then it becomes
JupyterHub's single-user server.

    python3 notebooks/hub/start.py OPTIONS     # of jupyterhub-singleuser

What went wrong is told in its log.
"""
import os
import sys
import tempfile
from pathlib import Path

NOTEBOOKS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(NOTEBOOKS))
from hub import learner         # noqa: E402
from launcher import copies, lab    # noqa: E402


def main(arguments):
    top = learner.attempt(copies.folder) or Path.home()
    hers = learner.variables(top, Path(tempfile.mkdtemp(prefix="jupyter-")))
    sys.stdout.flush()
    command = [sys.executable, "-m", "jupyterhub.singleuser", *lab.options(top, arguments)]
    os.execve(sys.executable, command, {**os.environ, **hers, "PYTHONPATH": str(NOTEBOOKS)})


if __name__ == "__main__":
    main(sys.argv[1:])
