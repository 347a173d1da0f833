"""Runs the hub: makes the accounts, then starts JupyterHub and keeps it running. `__main__.py` hands over to it."""
import contextlib
import fcntl
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.request

from launcher import environment

from hub import class_list, limits, nursery
from hub.__main__ import HERE, is_loopback, options
from hub.accounts import Accounts

OPTIONS = "TAKEAWAYS_HUB"       # the variable that tells jupyterhub_config.py where the options are
NEEDED = limits.GB      # bytes free on the disk


def main(words):
    chosen = options(words)
    accounts = Accounts(chosen.prefix, chosen.state.absolute())
    if chosen.remove_accounts:
        return remove(accounts)
    names = read_names(chosen)
    password = read_class_password(chosen)
    if not chosen.accounts_only:
        refuse_bad_certificate(chosen)
    make_accounts(accounts, names)
    if chosen.accounts_only:
        return None
    if len(accounts.all()) == 1 and not password:
        print("Only the teacher can log in so far. Name a class list, --names FILE, or --class-password FILE.")
    os.umask(0o077)     # what the hub writes down is for root alone
    with alone(accounts):
        end_old_proxy(accounts)
        refuse_taken_ports(chosen)
        sys.exit(keep_running(chosen, accounts, password))


def make_accounts(accounts, names):
    """Make what is missing; what was made before something stood in the way gets its slips all the same."""
    new = []
    try:
        accounts.prepare()
        refuse_full_disk(accounts)
        try:
            new.extend(accounts.add(names))
        finally:
            if new:
                tell_slips(accounts, new)
    except OSError as fault:
        sys.exit(f"The hub cannot write to {accounts.state} ({fault.strerror}). Name another folder: --state FOLDER")
    except subprocess.CalledProcessError as fault:
        sys.exit(f"An account could not be made. {fault.cmd[0]} says: {fault.stderr.strip()}")


def refuse_full_disk(accounts):
    free = shutil.disk_usage(accounts.state).free
    if free < NEEDED:
        sys.exit(f"The disk is full: {accounts.state} has room for {free / limits.GB:.1f} GB more, and a class needs "
                 f"{NEEDED / limits.GB:g} GB at least. Free some space, or name another folder: --state FOLDER")


def read_names(chosen):
    try:
        return class_list.read(chosen.names) if chosen.names else []
    except class_list.Unusable as fault:
        sys.exit(str(fault))


def read_class_password(chosen):
    """The password on the first line of its file; a sentence where it is none."""
    if not chosen.class_password:
        return ""
    try:
        with open(chosen.class_password, encoding="utf-8-sig") as file:
            password = file.readline().strip()
    except (OSError, ValueError) as fault:
        sys.exit(f"The class password cannot be read from {chosen.class_password} ({fault}).")
    if len(password) < 8:
        sys.exit(f"The class password on the first line of {chosen.class_password} needs at least 8 characters.")
    return password


def tell_slips(accounts, new):
    print(f"{len(new)} new account{'s' * (len(new) > 1)}. The slips with names and passwords, which only root can "
          f"read: {accounts.write_slips(new)}")


def refuse_bad_certificate(chosen):
    if not chosen.certificate:
        return
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(chosen.certificate, chosen.key, password=lambda: "")
    except (OSError, ValueError) as fault:
        sys.exit(f"The certificate {chosen.certificate} cannot be used with the key {chosen.key} "
                 f"({getattr(fault, 'reason', None) or fault}). Both are PEM files, the key without a passphrase.")


def refuse_taken_ports(chosen):
    for address, port in ((chosen.address, chosen.port), *((("127.0.0.1", chosen.inner_port + i)) for i in (0, 1))):
        with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                tried.bind((address, port))
            except OSError as fault:
                option = "--port" if port == chosen.port else "--inner-port"
                sys.exit(f"Nothing can listen on {address}, port {port} ({fault.strerror}). Stop what runs there, or "
                         f"name another port: {option} N")


@contextlib.contextmanager
def alone(accounts):
    """Refuse a second start for the same folder; the lock goes with this process."""
    with open(accounts.private("hub", "running"), "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            sys.exit(f"A hub runs already with the folder {accounts.state}. Stop that one first, or name another "
                     "folder: --state FOLDER")
        yield


def end_old_proxy(accounts):
    """End the proxy of an earlier start that was killed: it would keep the port."""
    with contextlib.suppress(OSError, ValueError):
        pid = int((accounts.state / "hub" / "proxy.pid").read_text())
        while "configurable-http-proxy" in limits.read(pid, "cmdline"):
            os.kill(pid, signal.SIGKILL)
            time.sleep(0.1)


def keep_running(chosen, accounts, password):
    """Start JupyterHub, again where it was killed, until somebody stops it. Returns the exit code."""
    path = accounts.private("hub", "options.json")
    path.write_text(json.dumps({**vars(chosen), "class_password": password}, default=str))
    # The hub ends with this process, so that another start can take its place; the learners' servers run on.
    command = ["setpriv", "--pdeathsig", "KILL", sys.executable, "-m", "jupyterhub", "-f",
               str(HERE / "jupyterhub_config.py")]
    variables = {**environment.variables(), "PYTHONPATH": str(HERE.parent), OPTIONS: str(path),
                 "PYTHONDONTWRITEBYTECODE": "1"}    # a compiled file that only root may read is no use to learners
    source = None if chosen.untuned else start_nursery(accounts)
    stopping, child = [], None

    def stop(number, frame):
        if not stopping:
            stopping.append(number)
            child.terminate()

    while not stopping:
        child = subprocess.Popen(command, cwd=accounts.state / "hub", env=variables, start_new_session=True)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, stop)
        ready = tell_when_ready(chosen, child)
        code = child.wait()
        if not stopping and code == 0:      # from the hub's own page, by the teacher
            break
        if not stopping and not ready:      # nor would it be the next time; it has said why
            return 1
        if not stopping:
            print("The hub ended unexpectedly, and is started again. The learners' servers run on.", flush=True)
    if source:
        source.stdin.close()
        source.wait()
    return 0


def start_nursery(accounts):
    """Start what the learners' servers come from; it ends when this process does."""
    # One thread for linear algebra: a process must not have other threads when it forks.
    variables = nursery.variables(OPENBLAS_NUM_THREADS="1", MALLOC_ARENA_MAX="2")
    return subprocess.Popen([sys.executable, "-m", "hub.nursery"], cwd=accounts.state / "hub", env=variables,
                            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True)


def tell_when_ready(chosen, child):
    """Say where the class is, once the hub answers there; False where it ended before."""
    scheme, usual = ("https", 443) if chosen.certificate else ("http", 80)
    port = "" if chosen.port == usual else f":{chosen.port}"
    inside = "127.0.0.1" if chosen.address == "0.0.0.0" else chosen.address
    shown = "localhost" if is_loopback(chosen.address) else socket.gethostname()
    here = ssl._create_unverified_context()      # the certificate is for another name than this one
    while child.poll() is None:
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", chosen.inner_port), 1).close()
            urllib.request.urlopen(f"{scheme}://{inside}{port}/hub/health", timeout=5, context=here).close()
            place = chosen.subdomains or f"{scheme}://{shown}{port}/"
            print(f"The class is at {place}  Ctrl-C stops it and every learner's server.", flush=True)
            return True
        time.sleep(0.2)
    return False


def remove(accounts):
    """Remove the accounts; what the learners wrote is put aside, where a later account cannot reach it."""
    with contextlib.ExitStack() as stack:
        if (accounts.state / "hub").is_dir():
            stack.enter_context(alone(accounts))
        number, aside = accounts.remove()
    print(f"{number} accounts removed." + (f" Their work lies in {aside}, which only root can read." if aside else ""))


if __name__ == "__main__":
    main(sys.argv[1:])
