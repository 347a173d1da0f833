"""What all tests share."""
import os
import tempfile
from pathlib import Path


def pytest_configure():
    """Where the home folder cannot be written, matplotlib says so in a lesson's output: give it a folder."""
    if not os.access(Path.home(), os.W_OK):
        os.environ.setdefault("MPLCONFIGDIR", tempfile.mkdtemp(prefix="matplotlib-"))
