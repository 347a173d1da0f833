"""Opens the course in JupyterLab, on your own copies of the lessons (the folder my_work).

    python3 notebooks                                 the course; on Windows: py notebooks
    python3 notebooks notebooks/01_mistrust.ipynb     another notebook, here a lesson itself (teachers, authors)
    python3 notebooks --no-browser --port 8899        any option of JupyterLab
    python3 notebooks --help-all                      the list of these options

The first start makes a private environment in the folder .venv (about 400 MB; the variable TAKEAWAYS_ENV can name
another place). Your copies are yours: no later start changes them. Nothing is sent anywhere. Ctrl-C stops it.
"""
import sys

import launcher  # noqa: F401  (says so if this Python is too old; what follows would not even be read)


def main(arguments):
    if "--help" in arguments or "-h" in arguments:
        sys.exit(__doc__)
    from launcher import desk, environment, lab

    for name in desk.lay():
        print("There is a newer edition of a lesson. It lies beside your own copy: my_work/" + name)
    environment.prepare(environment.COURSE)
    environment.hand_over("-m", "jupyterlab", *lab.options(environment.TOP, arguments), **lab.variables())


if __name__ == "__main__":
    main(sys.argv[1:])
