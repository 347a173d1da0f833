"""The code is read by ruff, as pyproject.toml configures it."""
import importlib.util
import subprocess
import sys

import pytest

from launcher.environment import TOP


@pytest.mark.skipif(importlib.util.find_spec("ruff") is None, reason="ruff is not installed here")
def test_the_code_has_no_slips_that_ruff_knows():
    done = subprocess.run([sys.executable, "-m", "ruff", "check", "--no-cache", "--quiet", TOP], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
