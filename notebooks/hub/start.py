"""What a learner's server runs on Kubernetes or The Littlest JupyterHub: her copies are laid, then it becomes
JupyterHub's single-user server.

    python3 notebooks/hub/start.py OPTIONS     # of jupyterhub-singleuser

The server starts in any case: on a full disk she must be able to delete something. What went wrong is told in its log.
"""
import os
import sys
import tempfile
from pathlib import Path

NOTEBOOKS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(NOTEBOOKS))
from launcher import copies, lab, private   # noqa: E402


def main(arguments):
    own = Path(tempfile.mkdtemp(prefix="jupyter-"))
    top = attempt(copies.folder) or Path.home()
    hers = attempt(lambda: laid(top / "my_work")) or {copies.DESK_VARIABLE: str(top), **private.places(own)}
    # What runs just now is nobody's work: it must not fill her disk, nor fail on a full one.
    running = {"JUPYTER_RUNTIME_DIR": private.places(own)["JUPYTER_RUNTIME_DIR"]}
    # Set here and not for the container: activating conda's environment would set the first to another place.
    course = {"JUPYTER_CONFIG_PATH": str(lab.SETTINGS), "PYTHONPATH": str(NOTEBOOKS)}
    sys.stdout.flush()
    command = [sys.executable, "-m", "jupyterhub.singleuser", *lab.options(top, arguments)]
    os.execve(sys.executable, command, {**os.environ, **hers, **running, **course})


def laid(desk):
    """Lay what is missing or newer; returns the variables of her own settings."""
    for name in copies.lay(desk):
        print(f"There is a newer edition of a lesson. It lies beside her own copy: my_work/{name}")
    return lab.variables(desk)


def attempt(step):
    """What the step returns; None where it gave up, with its reason told."""
    try:
        return step()
    except SystemExit as reason:
        print(reason, file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])
