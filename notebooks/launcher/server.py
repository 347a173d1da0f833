"""JupyterLab's server without what this computer's other Jupyter left in /etc or /usr/local.

    .venv/bin/python -m launcher.server OPTIONS     # the options of lab.py

The variables of private.py name other places for what is the person's own; for the system's there is no variable.
"""
from jupyter_core import paths


def stay_inside():
    """Of the places where Jupyter looks for settings, kernels and extensions, keep the environment's."""
    paths.SYSTEM_CONFIG_PATH[:] = paths.ENV_CONFIG_PATH
    paths.SYSTEM_JUPYTER_PATH[:] = paths.ENV_JUPYTER_PATH


if __name__ == "__main__":
    stay_inside()       # before JupyterLab is imported, which notes these places
    from jupyterlab.labapp import main
    main()
