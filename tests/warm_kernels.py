"""Warm kernels for the lessons under nbval: the heavy imports are made once, not once a lesson (Linux only).

As a pytest plugin (`-p tests.warm_kernels`, as `python3 tests` uses it) it starts one "nursery", a process that
imports pandas, matplotlib and ipywidgets and then waits. Where Jupyter would start a new Python for a kernel, the
nursery forks instead: the new kernel has its own process, an empty namespace, and the imports already made. Nothing of
the course is imported beforehand. Two waits and a log of the tools are left out as well. Everything else
(messages, comparison, time-outs, interrupts) is Jupyter's and nbval's own, unchanged.
"""
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import time
import uuid

NOTEBOOKS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "notebooks")
sys.path.insert(0, NOTEBOOKS)
from launcher import warm  # noqa: E402

sys.path.remove(NOTEBOOKS)      # a lesson must find the course as a learner's does

ADDRESS = "TAKEAWAYS_NURSERY"   # this variable tells the workers of pytest-xdist where the nursery listens


# --- in pytest ---------------------------------------------------------------------------------------------------

def pytest_configure(config):
    import nbval.kernel
    from jupyter_client.provisioning import local_provisioner

    # Private to jupyter_client and pinned by the lock. Were it gone, every lesson would start a cold kernel: the tests of the
    # lessons would still pass, only slower; `python3 tests --cold` runs them so.
    assert callable(local_provisioner.launch_kernel)
    local_provisioner.launch_kernel = fork_kernel
    nbval.kernel.KernelManager = warm_manager()
    nbval.kernel.pformat = lambda message: ""       # it lays out each message, pictures and all, for a log that nobody keeps


def pytest_unconfigure(config):
    if NURSERY:
        NURSERY.stdin.close()       # the sign to end, also when pytest itself is killed
        NURSERY.wait()


def start_nursery(address):
    """Start the nursery; until it listens and has made its imports, whoever wants a kernel waits."""
    os.environ[ADDRESS] = address
    # One thread for linear algebra: a process must not have other threads when it forks.
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    return subprocess.Popen([sys.executable, __file__, address], env=environment, stdin=subprocess.PIPE)


def warm_manager():
    """Return jupyter_client's manager without its waits: a fifth of a second at a kernel's start, a tenth at its end."""
    from jupyter_client.manager import KernelManager

    class WarmManager(KernelManager):
        def client(self, **how):
            client = super().client(**how)
            # The kernel listens already. Its welcome means that nothing it says will be missed; nbval asks for more.
            client.wait_for_ready = lambda timeout: client.get_iopub_msg(timeout=timeout)
            return client

        def shutdown_kernel(self, now=False, restart=False):
            if now and self.has_kernel:
                self.provisioner.process.kill()
                self.provisioner.process.wait(timeout=5)
            super().shutdown_kernel(now=now, restart=restart)

    return WarmManager


def fork_kernel(command, env=None, cwd=None, **_):
    """Takes the place of jupyter_client's function that starts a kernel."""
    nursery = connect(os.environ[ADDRESS])
    request = {"arguments": command[command.index("-f"):], "env": dict(env or os.environ), "cwd": cwd}
    nursery.sendall(json.dumps(request).encode() + b"\n")
    return warm.Process(nursery)        # once the kernel listens


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
    import gc
    import select
    import threading

    listener = socket.socket(socket.AF_UNIX)
    listener.bind("\0" + address)    # a name without a file: no path is too long, and nothing is left behind
    listener.listen()
    signal.signal(signal.SIGINT, signal.SIG_IGN)        # Ctrl-C is for pytest
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)       # no one waits for a kernel that ended
    warm.make_imports()
    gc.collect()
    gc.freeze()     # the kernels share this memory as long as no one writes to it
    assert threading.active_count() == 1, "a process with threads must not fork"
    while True:
        ready, _, _ = select.select([listener, sys.stdin], [], [])
        if sys.stdin in ready:
            os._exit(0)     # there is nothing to tidy up, and pytest waits
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
    warm.stand_apart()
    silence = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(silence, stream)
    kernel = warm.kernel(request)
    connection.sendall(str(os.getpid()).encode())
    kernel.start()
    os._exit(0)


NURSERY = None
if __name__ == "__main__":
    nursery(sys.argv[1])
elif ADDRESS not in os.environ:     # in the main process of pytest, at once, while pytest still makes its own imports
    NURSERY = start_nursery(f"takeaways-nursery-{uuid.uuid4()}")
