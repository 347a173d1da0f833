"""Tests and the kernels they start know nothing of the person's own settings, and leave nothing in her home folder."""
import os

from launcher import private


def settle(session):
    """Give Jupyter and IPython a folder of this run; pytest itself clears away all but the newest few, also after a kill.

    matplotlib keeps its own list of fonts where it can: to make a new one takes longer than most lessons.
    """
    folder = session.config._tmp_path_factory.getbasetemp() / "own"
    fonts = os.environ.get("MPLCONFIGDIR")
    for name in private.SETTINGS_OF:
        if not name.startswith("PYTEST"):
            for variable in [variable for variable in os.environ if variable.startswith(name)]:
                del os.environ[variable]
    os.environ.update(private.variables(folder))
    if fonts:
        private.furnish(folder, fonts)
