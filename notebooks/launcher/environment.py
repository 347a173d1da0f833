"""The private environment of the course: made once, repaired if half made, entered at once when ready.

    prepare(COURSE)                 # or prepare(COURSE, TESTS)
    hand_over("-m", "jupyterlab")   # this process becomes the environment's own Python
"""
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
NOTEBOOKS = TOP / "notebooks"
COURSE = TOP / "requirements.txt"
TESTS = TOP / "tests" / "requirements.txt"
BROWSER = TOP / "tests" / "browser" / "requirements.txt"
WEB = NOTEBOOKS / "web" / "requirements.txt"

WINDOWS = os.name == "nt"
CHOSEN = os.environ.get("TAKEAWAYS_ENV")
ENV = Path(CHOSEN).expanduser().absolute() if CHOSEN else TOP / ".venv"
PYTHON = ENV / ("Scripts/python.exe" if WINDOWS else "bin/python")
VERSION = "%d.%d" % sys.version_info[:2]
SITE_PACKAGES = ENV / ("Lib" if WINDOWS else "lib/python" + VERSION) / "site-packages"

MEGABYTES_NEEDED = 600      # 400 for the environment, 100 to download, some room
LONGEST_ON_WINDOWS = 80     # Windows stops at 260 characters, and the longest file inside needs 168

# What an installer prints, and what to tell the person who reads it. The first that fits is told.
REASONS = (
    (("No space left", "not enough space on the disk", "Disk quota exceeded"),
     f"The disk is full: setting up the course takes about {MEGABYTES_NEEDED} MB. Free some space and start again."),
    (("CERTIFICATE_VERIFY_FAILED", "certificate verify failed", "invalid peer certificate"),
     "The network answered with a certificate that this computer does not trust, as some school networks do. "
     "Ask whoever runs the network, or set up the course on another one; then start again."),
    (("name resolution", "getaddrinfo failed", "nodename nor servname", "Network is unreachable", "No route to host",
      "Failed to establish a new connection", "Failed to resolve", "Connection refused", "Connection reset",
      "timed out", "Cannot connect to proxy", "dns error", "error sending request"),
     "The packages of the course cannot be downloaded. Connect to the internet "
     "(it is needed once, about 100 MB) and start again."),
    (("DO NOT MATCH THE HASHES", "Hash mismatch"),
     "A package arrived damaged or altered, and was refused. Start again, if need be on another network."),
    (("Permission denied", "Read-only file system", "Access is denied", "WinError 5]", "WinError 32]"),
     f"The folder {ENV} cannot be written. Move the course to a folder of your own (or name another place for "
     "the environment in the variable TAKEAWAYS_ENV), close any JupyterLab that is open, and start again."),
    (("No matching distribution", "no matching", "no wheels", "No solution found"),
     f"Some package is not available for Python {VERSION} on this computer. Try Python 3.13 in its 64-bit "
     "edition, or the conda way in README.md."),
)


def prepare(*locks):
    """Install what each lock asks for, unless that was done before."""
    try:
        for lock in locks:
            if not is_installed(lock):
                set_up(lock)
    except KeyboardInterrupt:
        sys.exit("\nStopped. The next start begins the installation afresh.")
    except OSError as error:
        sys.exit(explain(str(error)))


def set_up(lock):
    started = time.monotonic()
    print(f"Setting up the {name_of(lock)}: this happens once and takes a minute or two.", flush=True)
    if lock == COURSE:
        make_empty()
    install(lock)
    print(f"Ready after {time.monotonic() - started:.0f} seconds.", flush=True)


def is_installed(lock):
    """True if the lock was installed to the end, is still the same, and the environment's Python starts."""
    try:
        return stamp(lock).read_text() == fingerprint(lock) and subprocess.call([PYTHON, "-I", "-c", ""]) == 0
    except OSError:
        return False


def stamp(lock):
    """The file that says "installed to the end": written last, and gone as soon as a new installation begins."""
    return ENV / (name_of(lock) + "-installed")


def name_of(lock):
    return {TESTS: "tests", BROWSER: "browser", WEB: "web"}.get(lock, "course")


def fingerprint(lock):
    """Changes with the lock, with Python's version and with the place: an environment cannot be moved."""
    place = f"{VERSION} {ENV}".encode()
    return hashlib.sha256(lock.read_bytes() + place).hexdigest()


def make_empty():
    """An environment with nothing but pip, in place of whatever half-made one is there."""
    if WINDOWS and len(str(ENV)) > LONGEST_ON_WINDOWS:
        sys.exit(f"The path {ENV} is too long for Windows. Move the course nearer to the top of the disk, or name "
                 r"a short place for its environment first: set TAKEAWAYS_ENV=C:\takeaways-env")
    if ENV.is_symlink():        # venv --clear would empty what the link points to, and only then refuse the link
        sys.exit(f"{ENV} is a link to an environment that was made for another place. Remove the link, or name that "
                 "environment in the variable TAKEAWAYS_ENV, and start again.")
    if CHOSEN and ENV.exists() and any(ENV.iterdir()) and not (ENV / "pyvenv.cfg").exists():
        sys.exit(f"TAKEAWAYS_ENV names {ENV}, which holds other things. Name an empty folder, or a new one.")
    try:
        import ensurepip  # noqa: F401  (Debian and Ubuntu leave it out, and venv only fails half-way)
    except ImportError:
        sys.exit("This Python comes without venv, which makes environments. On Debian and Ubuntu: "
                 f"sudo apt install python{VERSION}-venv   and start again.")
    for lock in (COURSE, TESTS, BROWSER, WEB):
        stamp(lock).unlink(missing_ok=True)
    ENV.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(ENV).free < MEGABYTES_NEEDED * 1_000_000:
        sys.exit(explain("No space left"))
    output = run([sys.executable, "-m", "venv", "--clear", ENV], lambda: "Making an empty environment")
    if output is not None:
        sys.exit(explain(output))


def install(lock):
    """Put exactly the packages of the lock into the environment, with uv if it is there, else with pip."""
    stamp(lock).unlink(missing_ok=True)
    total = sum(line[:1].isalnum() for line in lock.read_text().splitlines())
    started = time.monotonic()

    def progress():
        here = sum(1 for _ in SITE_PACKAGES.glob("*.dist-info"))
        return f"{time.monotonic() - started:.0f} s, {here} packages of {total} in place"

    for command in installers():
        output = run([*command, "--require-hashes", "--no-deps", "--only-binary", ":all:", "-r", lock], progress)
        if output is None:
            break
    else:
        sys.exit(explain(output))
    finish(lock)


def installers():
    """The commands that can install, the quicker one first."""
    uv = shutil.which("uv")
    if uv:
        yield [uv, "pip", "install", "--quiet", "--python", PYTHON]
    # Compiling every file at once costs a third of the time; each is compiled anyway when first imported.
    yield [PYTHON, "-m", "pip", "install", "--no-compile", "--no-user", "--no-input", "--disable-pip-version-check"]


def finish(lock):
    """Let matplotlib list its fonts now (later it would say so in a lesson), then write the stamp, last of all."""
    if lock == COURSE:
        subprocess.call([PYTHON, "-c", "import matplotlib.font_manager"], env=variables(), stderr=subprocess.DEVNULL)
    stamp(lock).write_text(fingerprint(lock))


def run(command, progress):
    """Run a command and show its progress. Returns None if it went well, else what it printed."""
    on_a_terminal = sys.stdout.isatty()
    with tempfile.TemporaryFile() as printed:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=printed, stderr=printed, env=variables())
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


def explain(printed):
    """One clear sentence for what an installer printed, or its last words if no sentence fits."""
    for words, sentence in REASONS:
        if any(word.lower() in printed.lower() for word in words):
            return sentence
    last_words = "\n".join(printed.strip().splitlines()[-5:])
    return f"Setting up the course failed. The last words of the installer were:\n{last_words}"


def variables(**more):
    """The variables for what runs inside: the package is found from everywhere, and compiled files are kept."""
    inside = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    inside["PYTHONPATH"] = os.pathsep.join(filter(None, [str(NOTEBOOKS), inside.get("PYTHONPATH")]))
    inside["MPLCONFIGDIR"] = str(ENV / "matplotlib")
    inside.update(more)
    return inside


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
