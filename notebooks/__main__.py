"""Opens the course in JupyterLab, on your own copies of the lessons (the folder my_work).

    python3 notebooks                                 the course; on Windows: py notebooks
    python3 notebooks notebooks/01_mistrust.ipynb     another notebook, here a lesson itself (teachers, authors)
    python3 notebooks --no-browser --port 8899        any option of JupyterLab
    python3 notebooks --help-all                      the list of these options

The first start makes a private environment in the folder .venv (about 420 MB; the variable TAKEAWAYS_ENV can name
another place). Your copies are yours: no later start changes them. They lie in the course; where you cannot write
there, in the folder "Four Takeaways" in your home (TAKEAWAYS_DESK can name another). Nothing is sent anywhere.
Ctrl-C stops it.
"""
import sys

import launcher  # noqa: F401  (says so if this Python is too old; what follows would not even be read)


def main(arguments):
    if "--help" in arguments or "-h" in arguments:
        sys.exit(__doc__)
    from launcher import copies, environment, lab

    top = copies.folder()
    desk = top / "my_work"
    for name in copies.lay(desk):
        print("There is a newer edition of a lesson. It lies beside your own copy: my_work/" + name)
    if top != environment.TOP:
        print("Your own copies of the lessons lie in %s." % desk)
    environment.prepare(environment.COURSE)
    environment.hand_over("-m", "launcher.server", *lab.options(top, arguments), **lab.variables(desk))


if __name__ == "__main__":
    main(sys.argv[1:])
