"""Runs the hub: makes the accounts, then starts JupyterHub and keeps it running. `__main__.py` hands over to it."""
import contextlib
import fcntl
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time

from launcher import environment

from hub import class_list
from hub.__main__ import HERE, is_loopback, options
from hub.accounts import Accounts

OPTIONS = "TAKEAWAYS_HUB"       # the variable that tells jupyterhub_config.py where the options are
AT_ONCE = 10        # seconds: a hub that ends sooner would only end again


def main(words):
    chosen = options(words)
    accounts = Accounts(chosen.prefix, chosen.state.absolute())
    if chosen.remove_accounts:
        return remove(accounts)
    names = read_names(chosen)
    password = read_class_password(chosen)
    if not chosen.accounts_only:
        refuse_bad_certificate(chosen)
    try:
        new = accounts.prepare() + accounts.add(names)
        if new:
            tell_slips(accounts, new)
    except OSError as fault:
        sys.exit(f"The hub cannot write to {accounts.state} ({fault.strerror}). Free some space, or name another "
                 "folder: --state FOLDER")
    except subprocess.CalledProcessError as fault:
        sys.exit(f"An account could not be made. {fault.cmd[0]} says: {fault.stderr.strip()}")
    if chosen.accounts_only:
        return None
    if len(accounts.all()) == 1 and not password:
        print("Only the teacher can log in so far. Name a class list, --names FILE, or --class-password FILE.")
    os.umask(0o077)     # what the hub writes down is for root alone
    with alone(accounts):
        refuse_taken_ports(chosen)
        sys.exit(keep_running(chosen, accounts, password))


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


def keep_running(chosen, accounts, password):
    """Start JupyterHub, again where it was killed, until somebody stops it. Returns the exit code."""
    path = accounts.private("hub", "options.json")
    path.write_text(json.dumps({**vars(chosen), "class_password": password}, default=str))
    command = [sys.executable, "-m", "jupyterhub", "-f", str(HERE / "jupyterhub_config.py")]
    variables = {**environment.variables(), "PYTHONPATH": str(HERE.parent), OPTIONS: str(path),
                 "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
    nursery = None if chosen.untuned else start_nursery(accounts, variables)
    stopping, child = [], None

    def stop(number, frame):
        if not stopping:
            stopping.append(number)
            child.terminate()

    while not stopping:
        started = time.monotonic()
        child = subprocess.Popen(command, cwd=accounts.state / "hub", env=variables, start_new_session=True)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, stop)
        tell_when_ready(chosen, child)
        code = child.wait()
        if not stopping and time.monotonic() - started < AT_ONCE:
            return code or 1
        if not stopping:
            print("The hub ended unexpectedly, and is started again. The learners' servers run on.", flush=True)
    if nursery:
        nursery.stdin.close()
        nursery.wait()
    return 0


def start_nursery(accounts, variables):
    """Start what the learners' servers come from; it ends when this process does."""
    silent = {"stdout": subprocess.DEVNULL, "start_new_session": True}
    return subprocess.Popen([sys.executable, "-m", "hub.nursery"], cwd=accounts.state / "hub", env=variables,
                            stdin=subprocess.PIPE, **silent)


def tell_when_ready(chosen, child):
    """Say where the class is, once somebody answers there."""
    address = "localhost" if is_loopback(chosen.address) else socket.gethostname()
    while child.poll() is None:
        with contextlib.suppress(OSError):
            socket.create_connection((chosen.address.replace("0.0.0.0", "127.0.0.1"), chosen.port), 1).close()
            scheme, usual = ("https", 443) if chosen.certificate else ("http", 80)
            shown = "" if chosen.port == usual else f":{chosen.port}"
            print(f"The class is at {scheme}://{address}{shown}/  Ctrl-C stops it, and every learner's server.",
                  flush=True)
            return
        time.sleep(0.2)


def remove(accounts):
    """Remove the accounts; what the learners wrote is put aside, where a later account cannot reach it."""
    with contextlib.ExitStack() as stack:
        if (accounts.state / "hub").is_dir():
            stack.enter_context(alone(accounts))
        number, aside = accounts.remove()
    print(f"{number} accounts removed." + (f" Their work lies in {aside}, which only root can read." if aside else ""))


if __name__ == "__main__":
    main(sys.argv[1:])
