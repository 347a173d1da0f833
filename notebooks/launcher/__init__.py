"""Starts the course: the private environment (`environment`, `private`), her copies (`copies`), JupyterLab (`lab`).

Only the standard library is used here, since nothing else is installed yet. This file and each
`__main__.py` keep to syntax that an old Python can read, so that it can print the sentence below.
"""
import sys

if not (3, 11) <= sys.version_info[:2] <= (3, 14):
    sys.exit(
        "The course needs Python 3.11, 3.12, 3.13 or 3.14, and this is Python %d.%d. "
        "Install one of them (python.org has them for every system) and start again with it, "
        "for example: python3.13 notebooks" % sys.version_info[:2]
    )
