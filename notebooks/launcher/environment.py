"""The private environment of the course: made once, repaired if half made, entered at once when ready.

    prepare(COURSE)                 # or prepare(COURSE, TESTS)
    hand_over("-m", "jupyterlab")   # this process becomes the environment's own Python
"""
import contextlib
import errno
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from launcher import private, reasons

if os.name == "nt":
    import msvcrt
else:
    import fcntl

TOP = Path(__file__).resolve().parents[2]
NOTEBOOKS = TOP / "notebooks"
COURSE = TOP / "requirements.txt"
TESTS = TOP / "tests" / "requirements.txt"
BROWSER = TOP / "tests" / "browser" / "requirements.txt"
NBGRADER = TOP / "tests" / "nbgrader" / "requirements.txt"
WEB = NOTEBOOKS / "web" / "requirements.txt"
HUB = NOTEBOOKS / "hub" / "requirements.txt"
BINDER = TOP / "tests" / "binder" / "requirements.txt"
NAMES = {COURSE: "course", TESTS: "tests", BROWSER: "browser", NBGRADER: "nbgrader", WEB: "web", HUB: "hub",
         BINDER: "binder"}

WINDOWS = os.name == "nt"
CHOSEN = os.environ.get("TAKEAWAYS_ENV")
ENV = Path(os.path.expanduser(CHOSEN)).absolute() if CHOSEN else TOP / ".venv"
PYTHON = ENV / ("Scripts/python.exe" if WINDOWS else "bin/python")
VERSION = "%d.%d" % sys.version_info[:2]
SITE_PACKAGES = ENV / ("Lib" if WINDOWS else "lib/python" + VERSION) / "site-packages"
OWN = ENV / "own"           # what Jupyter and matplotlib keep for themselves, away from HOME
FONTS = private.places(OWN)["MPLCONFIGDIR"]
VERIFY = Path(__file__).with_name("verify.py")
LOCK = "one-at-a-time"      # held while something is installed

LONGEST_ON_WINDOWS = 80     # Windows stops at 260 characters, and the longest file inside needs 168


def prepare(*locks):
    """Install what each lock asks for, unless that was done before."""
    for place in (TOP, ENV):
        try:
            os.fsencode(place).decode("utf-8")      # not str(place), which depends on the locale
        except UnicodeDecodeError:
            sys.exit(f"The folder {ascii(str(place))} has letters in its name that are not UTF-8, with which Jupyter "
                     "cannot work. Rename it, or move the course.")
    try:
        for lock in locks:
            if not is_installed(lock):
                refuse_a_bad_place()
                with alone():
                    if not is_installed(lock):      # another start may have done it meanwhile
                        set_up(lock)
    except KeyboardInterrupt:
        sys.exit("\nStopped. The next start begins the installation afresh.")
    except OSError as error:
        sys.exit(reasons.explain(str(error), ENV))


def set_up(lock):
    started = time.monotonic()
    print(f"Setting up the {name_of(lock)}: this happens once and takes a minute or two.", flush=True)
    if lock == COURSE:
        make_empty()
    install(lock)
    print(f"Ready after {time.monotonic() - started:.0f} seconds.", flush=True)


def is_installed(lock):
    """True if the lock was installed to the end, is still the same, and the environment's Python finds its packages.

    It no longer does when the Python from which the environment was made has become another version.
    """
    try:
        if stamp(lock).read_text() != fingerprint(lock):
            return False
        return subprocess.call([PYTHON, "-I", "-c", "import pip"]) == 0
    except OSError:
        return False


def stamp(lock):
    """The file that says "installed to the end": written last, and first to go when the environment is made anew."""
    return ENV / (name_of(lock) + "-installed")


def name_of(lock):
    return NAMES.get(lock, "course")


def fingerprint(lock):
    """Changes with the lock and with the place: an environment cannot be moved."""
    return hashlib.sha256(lock.read_bytes() + os.fsencode(ENV)).hexdigest()


def refuse_a_bad_place():
    """Say so, before anything is touched, if no environment can be made where it should be."""
    if os.pathsep in str(ENV):
        sys.exit(f"The path {ENV} has a {os.pathsep!r} in it, with which Python can make no environment. Rename the "
                 "folder, or name another place for the environment in the variable TAKEAWAYS_ENV.")
    if WINDOWS and len(str(ENV)) > LONGEST_ON_WINDOWS:
        sys.exit(f"The path {ENV} is too long for Windows. Move the course nearer to the top of the disk, or name "
                 r"a short place for its environment first: set TAKEAWAYS_ENV=C:\takeaways-env")
    if ENV.is_symlink():        # what the link points to would be emptied
        sys.exit(f"{ENV} is a link to an environment that was made for another place. Remove the link, or name that "
                 "environment in the variable TAKEAWAYS_ENV, and start again.")
    here = {path.name for path in ENV.iterdir()} if CHOSEN and ENV.exists() else set()
    if here - {LOCK} and "pyvenv.cfg" not in here:
        sys.exit(f"TAKEAWAYS_ENV names {ENV}, which holds other things. Name an empty folder, or a new one.")
    try:
        import ensurepip  # noqa: F401  (Debian and Ubuntu leave it out, and venv only fails half-way)
    except ImportError:
        sys.exit("This Python comes without venv, which makes environments. On Debian and Ubuntu: "
                 f"sudo apt install python{VERSION}-venv   and start again.")


@contextlib.contextmanager
def alone():
    """Wait until no other start installs here, nor an installer whose start was killed: it holds the lock too."""
    ENV.mkdir(parents=True, exist_ok=True)
    with open(ENV / LOCK, "a") as file:
        os.set_inheritable(file.fileno(), True)
        if is_taken(file):
            print("The course is being set up already; waiting until that is done.", flush=True)
            while is_taken(file):
                time.sleep(0.5)
        yield


def is_taken(file):
    """Take the lock; True if somebody else has it. Some network disks know no locks: there it counts as ours."""
    try:
        if WINDOWS:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno in (errno.EAGAIN, errno.EACCES)
    return False


def make_empty():
    """An environment with nothing but pip, in place of whatever half-made one is there."""
    for lock in NAMES:
        stamp(lock).unlink(missing_ok=True)
    if shutil.disk_usage(ENV).free < reasons.MEGABYTES_NEEDED * 1_000_000:
        sys.exit(reasons.explain("No space left", ENV))
    # Not venv --clear, which would remove the lock as well; and last what shows that this folder is an environment.
    for path in sorted(ENV.iterdir(), key=lambda path: path.name == "pyvenv.cfg"):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name != LOCK:
            path.unlink()
    output = run([sys.executable, "-m", "venv", ENV], lambda: "Making an empty environment")
    if output is not None:
        sys.exit(reasons.explain(output, ENV))
    point_to_the_course()


def point_to_the_course():
    """The environment's Python finds the package `takeaways` from every folder, also in VS Code."""
    # As code, since before Python 3.13 a plain path is read in the computer's own encoding.
    place = os.fsencode(NOTEBOOKS).decode("utf-8")
    (SITE_PACKAGES / "takeaways.pth").write_text(f"import sys; sys.path.append({ascii(place)})\n", encoding="ascii")


def install(lock):
    """Put exactly the packages of the lock into the environment, and see that they are there.

    With uv where it is installed, else, or where it fails, with pip.
    """
    total = sum(line[:1].isalnum() for line in lock.read_text(encoding="utf-8").splitlines())
    started = time.monotonic()

    def progress():
        here = sum(1 for _ in SITE_PACKAGES.glob("*.dist-info"))
        return f"{time.monotonic() - started:.0f} s, {here} packages of {total} in place"

    settings = downloads()
    for command in installers():
        command = [*command, "--require-hashes", "--no-deps", "--only-binary", ":all:", "-r", lock]
        output = run(command, progress, **settings)
        if output is None:
            output = lacking(lock)
        if output is None:
            break
    else:
        sys.exit(reasons.explain(output, ENV, settings))
    finish(lock)


def downloads():
    """The person's own settings of pip that say where packages come from, as variables."""
    listed = subprocess.run([PYTHON, "-m", "pip", "config", "list"], stdin=subprocess.DEVNULL, capture_output=True,
                            encoding="utf-8", errors="replace", env=variables(**private.of_pip()))
    if listed.returncode:
        sys.exit("The settings of pip on this computer cannot be read. Mend or rename the file, and start again. "
                 "It says: " + "".join(listed.stderr.strip().splitlines()[-1:]))
    return private.downloads(listed.stdout)


def installers():
    """The commands that can install, the quicker one first."""
    uv = shutil.which("uv")
    if uv:
        yield [uv, "pip", "install", "--quiet", "--python", PYTHON]
    # Compiling every file at once costs a third of the time; each is compiled anyway when first imported.
    yield [PYTHON, "-m", "pip", "install", "--no-compile", "--no-user", "--no-input", "--disable-pip-version-check"]


def lacking(lock):
    """None if everything of the lock is in the environment, else a text that says what is not."""
    seen = subprocess.run([PYTHON, "-I", VERIFY, lock], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          env=variables())
    names = seen.stdout.splitlines() or (seen.stderr.splitlines()[-1:] if seen.returncode else [])
    return f"not in the environment: {', '.join(names[:5])}" + ", ..." * (len(names) > 5) if names else None


def finish(lock):
    """Import what the lessons import, then write the stamp, last of all.

    So the environment is known to work, matplotlib has listed its fonts (later it would say so in a lesson), and what
    is imported is compiled, also for those who can read this folder but not write it.
    """
    if lock == COURSE:
        private.furnish(OWN, FONTS)
        code = ("import jupyterlab.labapp, ipykernel.kernelapp, ipywidgets, matplotlib.pyplot, pandas\n"
                "import compileall, sys; compileall.compile_dir(sys.argv[1], quiet=2)")
        output = run([PYTHON, "-c", code, NOTEBOOKS], lambda: "Starting it once")
        if output is not None:
            sys.exit(reasons.explain(output, ENV))
    if lock == HUB:     # its learners can compile nothing, and would each time they log in
        code = "import compileall, sysconfig; compileall.compile_dir(sysconfig.get_path('purelib'), quiet=2, workers=0)"
        run([PYTHON, "-c", code], lambda: "Compiling what learners run")
    stamp(lock).write_text(fingerprint(lock))


def run(command, progress, **settings):
    """Run a command and show its progress. Returns None if it went well, else what it printed."""
    on_a_terminal = sys.stdout.isatty()
    with tempfile.TemporaryFile() as printed:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=printed, stderr=printed, env=variables(**settings),
            close_fds=False)    # it holds the lock with us, and without us if we are killed
        try:
            while process.poll() is None:
                if on_a_terminal:
                    print("\r" + progress(), end="", flush=True)
                time.sleep(0.2)
        finally:
            process.wait()
            if on_a_terminal:
                print("\r" + " " * 70 + "\r", end="", flush=True)
        printed.seek(0)
        return None if process.returncode == 0 else printed.read().decode(errors="replace")


def variables(**more):
    """The variables for what runs inside: none of the person's own settings, and compiled files are kept."""
    # An environment elsewhere may have been made for another copy of the course, to which its takeaways.pth points.
    course = {"PYTHONPATH": str(NOTEBOOKS)} if CHOSEN else {}
    return {**private.variables(OWN), **course, **more}


def is_inside():
    """True if this very Python is the environment's own."""
    return Path(sys.prefix).resolve() == ENV.resolve()


def hand_over(*arguments, **more):
    """Go on as the environment's Python with these arguments; does not return."""
    command = [str(PYTHON), *map(str, arguments)]
    sys.stdout.flush()
    if not WINDOWS:
        os.execve(PYTHON, command, variables(**more))
    # Windows has no exec that waits: stay as the parent, and leave Ctrl-C to the child.
    child = subprocess.Popen(command, env=variables(**more))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.exit(child.wait())
