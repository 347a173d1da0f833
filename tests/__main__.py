"""Runs every test, the lessons under strict nbval included.

    python3 tests                 everything; on Windows: py tests
    python3 tests -k exercises    any option of pytest
    python3 tests --cold          with ordinary Jupyter kernels, as plain pytest has them
    python3 tests --browser       what a person sees, in a real browser (Debian: apt install chromium npm): not part of "everything"
    python3 tests --browser --renew         all of it again, storing new pictures to compare with; look at them
    python3 tests --nbgrader      the real nbgrader marks the assignment that the teacher's kit writes for it: not part of "everything"
    python3 tests --binder        repo2docker reads the repository as Binder does: not part of "everything"
    python3 tests --web           the web edition: built, then opened in real browsers, Firefox too where it is; --all-lessons runs all six lessons live, not one
    python3 tests --hub           a class on one server: a real JupyterHub with accounts that are removed again; needs root
    python3 tests --bless         after a data refresh: show the answers of exercises that moved, and ask (see answers.py)

On Linux the kernels of the lessons are warm unless --cold is given (see warm_kernels.py): quicker, same checks.
"""
import os
import shutil
import subprocess
import sys

TESTS = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(TESTS), "notebooks"))
import launcher  # noqa: E402, F401  (says so if this Python is too old; what follows would not even be read)


def main(arguments):
    if "--help" in arguments or "-h" in arguments:
        sys.exit(__doc__)
    if "--nbgrader" in arguments:   # its own environment, so that its extensions never meet a learner's JupyterLab
        os.environ["TAKEAWAYS_ENV"] = os.path.join(os.path.dirname(TESTS), ".venv-nbgrader")
    if "--hub" in arguments:
        os.environ["TAKEAWAYS_ENV"] = os.path.join(os.path.dirname(TESTS), ".venv-hub")
    from launcher import environment

    if "--hub" in arguments:
        attend(environment, arguments)
    environment.prepare(environment.COURSE, environment.TESTS)
    if "--nbgrader" in arguments:
        mark(environment, [word for word in arguments if word != "--nbgrader"])
    if "--binder" in arguments:
        environment.prepare(environment.BINDER)
        arguments = [*(word for word in arguments if word != "--binder"), os.path.join(TESTS, "test_binder.py")]
    if "--bless" in arguments:
        environment.hand_over(os.path.join(TESTS, "answers.py"))
    for folder in ("browser", "web"):
        if f"--{folder}" in arguments:
            look(environment, folder, [word for word in arguments if word != f"--{folder}"])
    warm = sys.platform == "linux" and "--cold" not in arguments
    options = [word for word in arguments if word != "--cold"]
    os.chdir(environment.TOP)
    plugins = ["-p", "tests.warm_kernels"] if warm else []
    # Three at a time on two processors: some of the tests wait, for a process or for a time-out.
    environment.hand_over("-m", "pytest", "--numprocesses=3", "--dist=loadscope", *plugins, *options)


def mark(environment, options):
    """Let the real nbgrader generate, mark and return the assignment of the teacher's kit."""
    environment.prepare(environment.NBGRADER)
    os.chdir(environment.TOP)
    environment.hand_over("-m", "pytest", "-o", "addopts=", "--tb=short", os.path.join(TESTS, "nbgrader"), *options)


def attend(environment, arguments):
    """Start a real hub and try to break it; where accounts cannot be made, say so in a line."""
    if sys.platform != "linux" or os.geteuid():
        print("Skipped: the tests of the hub make accounts of the system, which needs Linux and root.")
        sys.exit()
    from hub import proxy
    from hub.__main__ import AS_NOBODY

    # Learners must be able to run the Python of the environment: one in root's home is no use to them.
    if subprocess.call([*AS_NOBODY, sys.executable, "-c", ""], cwd="/", stderr=subprocess.DEVNULL):
        common = "/usr/bin/python3"
        if os.path.realpath(sys.executable) == os.path.realpath(common) or not os.path.exists(common):
            print("Skipped: no other account can run this Python, nor is there a /usr/bin/python3.")
            sys.exit()
        os.execv(common, [common, TESTS, *arguments])
    os.umask(0o022)
    environment.prepare(environment.COURSE, environment.HUB)
    proxy.prepare(environment)
    os.chdir(environment.TOP)
    options = [word for word in arguments if word != "--hub"]
    environment.hand_over("-m", "pytest", "-o", "addopts=", "--tb=short", os.path.join(TESTS, "hub"), *options)


def look(environment, folder, options):
    """Run a folder of tests that need a browser; without one, say so in a line."""
    axe = os.path.join(TESTS, "browser", "node_modules", "axe-core")
    if not (shutil.which("chromium") and os.path.isdir(axe)):
        print("Skipped: the browser tests need chromium (apt install chromium npm) and axe-core (npm ci --prefix tests/browser).")
        sys.exit()
    environment.prepare(environment.BROWSER)
    os.chdir(environment.TOP)
    # The pages of the web edition mostly wait for one another's downloads and drawing: two files of tests at a time.
    # (By file, since the tests of one share their pages; xdist's groups are not heeded by the newest pytest.)
    together = ["--numprocesses=2", "--dist=loadfile"] if folder == "web" else []
    environment.hand_over("-m", "pytest", "-o", "addopts=", "--tb=short", *together, os.path.join(TESTS, folder), *options)


if __name__ == "__main__":
    main(sys.argv[1:])
