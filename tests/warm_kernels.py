"""Warm kernels for the lessons under nbval: the heavy imports are made once, not once a lesson (Linux only).

As a pytest plugin (`-p tests.warm_kernels`, as `python3 tests` uses it) it starts one "nursery", a process that
imports pandas, matplotlib and ipywidgets and then waits. Where Jupyter would start a new Python for a kernel, the
nursery forks instead: the new kernel has its own process, an empty namespace, and the imports already made.
Everything else (messages, comparison, time-outs, interrupts) is Jupyter's and nbval's own, unchanged.
"""
import builtins
import contextlib
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import time
import types
import uuid

ADDRESS = "TAKEAWAYS_NURSERY"   # this variable tells the workers of pytest-xdist where the nursery listens


# --- in pytest ---------------------------------------------------------------------------------------------------

def pytest_configure(config):
    from jupyter_client.provisioning import local_provisioner

    local_provisioner.launch_kernel = fork_kernel


def pytest_unconfigure(config):
    if NURSERY:
        NURSERY.stdin.close()       # the sign to end, also when pytest itself is killed
        NURSERY.wait()


def start_nursery(address):
    """Start the nursery; until it listens and has made its imports, whoever wants a kernel waits."""
    os.environ[ADDRESS] = address
    # One thread for linear algebra: a process must not have other threads when it forks.
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "MPLBACKEND": "module://matplotlib_inline.backend_inline"}
    return subprocess.Popen([sys.executable, __file__, address], env=environment, stdin=subprocess.PIPE)


class fork_kernel:
    """Takes the place of jupyter_client's function that starts a kernel, and of the Popen object it returns."""

    stdin = stdout = stderr = None

    def __init__(self, command, env=None, cwd=None, **_):
        self.nursery = connect(os.environ[ADDRESS])
        request = {"arguments": command[command.index("-f"):], "env": dict(env or os.environ), "cwd": cwd}
        self.nursery.sendall(json.dumps(request).encode() + b"\n")
        self.pid = int(self.nursery.recv(20))

    def poll(self):
        """None while the kernel runs: it holds the other end of the connection until it ends."""
        try:
            return None if self.nursery.recv(1, socket.MSG_DONTWAIT) else 0
        except BlockingIOError:
            return None
        except OSError:
            return 0

    def wait(self, timeout=None):
        self.nursery.settimeout(timeout)
        self.nursery.recv(1)
        return 0

    def send_signal(self, number):
        with contextlib.suppress(ProcessLookupError):   # it may have ended by itself
            os.kill(self.pid, number)

    def kill(self):
        self.send_signal(signal.SIGKILL)

    def terminate(self):
        self.send_signal(signal.SIGTERM)


def connect(address):
    """Connect to the nursery, which may not listen in its very first moment."""
    for _ in range(500):
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect("\0" + address)
            return connection
        except OSError:
            connection.close()
        time.sleep(0.02)
    raise RuntimeError("the nursery of the warm kernels does not answer; python3 tests --cold does without it")


# --- in the nursery ----------------------------------------------------------------------------------------------

def nursery(address):
    import select
    import threading

    listener = socket.socket(socket.AF_UNIX)
    listener.bind("\0" + address)    # a name without a file: no path is too long, and nothing is left behind
    listener.listen()
    signal.signal(signal.SIGINT, signal.SIG_IGN)        # Ctrl-C is for pytest
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)       # no one waits for a kernel that ended
    os.environ["JPY_PARENT_PID"] = str(os.getpid())     # a kernel ends when the nursery does
    # When imported, pandas asks whether it is in a kernel, and cuts wide tables at the terminal's width if it is not.
    builtins.get_ipython = lambda: types.SimpleNamespace(kernel=True)
    import ipykernel.kernelapp, ipywidgets, matplotlib.pyplot, pandas  # noqa: E401, F401
    del builtins.get_ipython

    assert threading.active_count() == 1, "a process with threads must not fork"
    while True:
        ready, _, _ = select.select([listener, sys.stdin], [], [])
        if sys.stdin in ready:
            return
        connection, _ = listener.accept()
        if not is_mine(connection):
            connection.close()
            continue
        request = json.loads(connection.makefile().readline())
        if os.fork() == 0:
            become_kernel(request, connection)
        connection.close()


def is_mine(connection):
    """True if the other end is a process of the same user: a name without a file has no permissions."""
    _, user, _ = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i")))
    return user == os.getuid()


def become_kernel(request, connection):
    """In the new process: be what `python -m ipykernel_launcher -f FILE` would be."""
    import numpy
    from ipykernel.kernelapp import IPKernelApp

    os.setsid()                                         # its own group, so that an interrupt reaches it alone
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    silence = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(silence, stream)
    os.environ.clear()
    os.environ.update(request["env"])
    os.chdir(request["cwd"] or ".")
    numpy.random.seed()                                 # else every kernel would draw the same numbers
    connection.sendall(str(os.getpid()).encode())
    IPKernelApp.launch_instance(argv=request["arguments"])
    os._exit(0)


NURSERY = None
if __name__ == "__main__":
    nursery(sys.argv[1])
elif ADDRESS not in os.environ:     # in the main process of pytest, at once, while pytest still makes its own imports
    NURSERY = start_nursery(f"takeaways-nursery-{uuid.uuid4()}")
