"""Starts the course for a class on one server: a JupyterHub, to which thirty people log in with a browser.

    sudo python3 notebooks/hub --names class.txt            an account for each name in the file, one name a line
    sudo python3 notebooks/hub --class-password FILE        or: who knows the password in the file makes her own account
    sudo python3 notebooks/hub --certificate C --key K      over https, for the whole network; without it, on this
                                                            computer only, or behind a proxy (see README.md)
    sudo python3 notebooks/hub --names class.txt --accounts-only    makes the accounts and their slips, starts nothing
    sudo python3 notebooks/hub --remove-accounts            removes the accounts that it made; their work stays
    python3 notebooks/hub --all-options                     address and port, limits, where the work lies

The passwords are written once, as slips to cut out and hand round; one is the teacher's. Each learner works on her own
copies of the lessons, which no later start overwrites, and sees nobody else's. What runs it is installed in an
environment of its own, .venv-hub (about 750 MB). Nothing is sent anywhere. Ctrl-C stops it, and every learner's server.
"""
import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
# By env, since what setpriv itself starts may still pass where only root may.
AS_NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--", "env"]
sys.path.insert(0, str(HERE.parent))
import launcher  # noqa: E402, F401  (says so if this Python is too old; what follows would not even be read)


def main(words):
    if "--help" in words or "-h" in words:
        sys.exit(__doc__)
    if "--all-options" in words:
        parser().print_help()
        sys.exit()
    options(words)      # a slip of the command line is told before anything is installed
    if sys.platform != "linux":
        sys.exit("The hub gives each learner an account of the system and runs on Linux only. For a class without such "
                 "a server there is the web edition: notebooks/web.")
    if os.geteuid():
        sys.exit("The hub gives each learner an account of the system, which only root may do. Start it with sudo: "
                 "sudo python3 notebooks/hub")
    os.umask(0o022)     # what it installs is read by every learner
    os.environ["TAKEAWAYS_ENV"] = str(HERE.parents[1] / ".venv-hub")
    from launcher import environment

    environment.prepare(environment.COURSE, environment.HUB)
    from hub import proxy

    proxy.prepare(environment)
    refuse_what_learners_cannot_read(environment)
    environment.hand_over("-m", "hub.serve", *words, PYTHONPATH=str(HERE.parent))


def refuse_what_learners_cannot_read(environment):
    """Try it as nobody: learners must be able to run this Python, and to read its packages and the course."""
    lesson = environment.NOTEBOOKS / "00_start_here.ipynb"
    code = "import jupyterhub, takeaways, sys; open(sys.argv[1])"
    tried = subprocess.run([*AS_NOBODY, environment.PYTHON, "-c", code, lesson], cwd="/", capture_output=True,
                           env=environment.variables())
    if tried.returncode:
        sys.exit(f"Learners could not read the course in {environment.TOP}, or not run the Python with which it was "
                 f"started ({sys.executable}). Put the course where every account can read it, for example "
                 "/srv/four-takeaways, and start it there with the system's own Python: sudo /usr/bin/python3 "
                 "notebooks/hub")


def options(words):
    """What the command line says, as a Namespace; exits with a sentence where it cannot be followed."""
    chosen = parser().parse_args(words)
    if bool(chosen.certificate) != bool(chosen.key):
        sys.exit("A certificate and its key go together: name both, --certificate FILE --key FILE.")
    if chosen.address is None:
        chosen.address = "0.0.0.0" if chosen.certificate else "127.0.0.1"
    if not (chosen.certificate or chosen.plain_http or is_loopback(chosen.address)):
        sys.exit("Over plain http everyone in the network could read the passwords. Name a certificate (--certificate "
                 "FILE --key FILE), put a proxy with https in front, or say --plain-http if the network is trusted.")
    if chosen.subdomains and not re.fullmatch(r"https?://[\w-]+(\.[\w-]+)+(:\d+)?/?", chosen.subdomains):
        sys.exit("--subdomains takes the address that browsers use, such as https://course.example.edu, with the port "
                 "where that is not the usual one.")
    if chosen.port is None:
        chosen.port = 443 if chosen.certificate else 8000
    return chosen


def is_loopback(address):
    return address in ("127.0.0.1", "::1", "localhost")


def parser():
    form = argparse.ArgumentParser(prog="sudo python3 notebooks/hub", add_help=False, allow_abbrev=False)
    who = form.add_argument_group("who may log in")
    who.add_argument("--names", type=Path, metavar="FILE", help="a class list: text with one name a line, or CSV")
    who.add_argument("--class-password", type=Path, metavar="FILE",
                     help="a file with one line: the password with which anyone makes an account of her own")
    who.add_argument("--places", type=int, default=40, metavar="N",
                     help="with a class password, no more accounts than this (40)")
    who.add_argument("--prefix", default="ft-", help="how the name of each account begins (ft-)")
    who.add_argument("--accounts-only", action="store_true", help="make the accounts and slips, start nothing")
    who.add_argument("--remove-accounts", action="store_true", help="remove every account that the hub made")
    where = form.add_argument_group("where")
    where.add_argument("--certificate", type=Path, metavar="FILE", help="the certificate for https, with its chain")
    where.add_argument("--key", type=Path, metavar="FILE", help="its key")
    where.add_argument("--address", help="to listen on (127.0.0.1, with a certificate 0.0.0.0)")
    where.add_argument("--port", type=int, help="to listen on (8000, with a certificate 443)")
    where.add_argument("--plain-http", action="store_true", help="another address without https, in a trusted network")
    where.add_argument("--subdomains", metavar="ADDRESS", help="the address that browsers use, below which each server "
                       "gets a name of its own, so that browsers keep learners apart (see README.md)")
    where.add_argument("--inner-port", type=int, default=8081, metavar="N",
                       help="for the hub behind its proxy, on this computer only; the next one is taken too (8081)")
    where.add_argument("--state", type=Path, default=Path("/var/lib/four-takeaways"), metavar="FOLDER",
                       help="the learners' homes and what the hub remembers (/var/lib/four-takeaways)")
    limits = form.add_argument_group("what one learner may use")
    limits.add_argument("--memory", type=float, default=1.5, metavar="GB", help="for all that runs for her (1.5)")
    limits.add_argument("--room", type=float, default=1.0, metavar="GB", help="for what she keeps (1)")
    limits.add_argument("--processes", type=int, default=200, metavar="N", help="with their threads (200)")
    limits.add_argument("--idle", type=float, default=120, metavar="MINUTES",
                        help="after which a kernel, then her server, is stopped; 0 for never (120)")
    limits.add_argument("--untuned", action="store_true", help="leave out what saves memory, to compare")
    return form


if __name__ == "__main__":
    main(sys.argv[1:])
