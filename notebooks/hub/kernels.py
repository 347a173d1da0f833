"""Warm kernels for one learner: forked, under her account, by a helper that her server started before all else.

The helper comes from the nursery too, so that pandas and matplotlib lie in the memory once for the whole class. It
speaks to her server alone, by a connection that has no name, and ends with it. A kernel is a process of its own with
an empty namespace, as one that Jupyter starts.
"""
import array
import builtins
import contextlib
import json
import os
import signal
import socket
import sys
import types

MOST = 200_000      # bytes of a request


def make_imports():
    """Import what a kernel imports at its start, its first table and its first chart; nothing of the course."""
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"      # or the debugger prints advice when it is imported
    # When imported, pandas asks whether it is in a kernel, and cuts wide tables at the terminal's width if it is not.
    builtins.get_ipython = lambda: types.SimpleNamespace(kernel=True)
    import ipykernel.debugger, ipykernel.kernelapp, ipywidgets, pandas.io.formats.html  # noqa: E401, F401
    import IPython.core.completerlib, IPython.core.oinspect, IPython.extensions.storemagic  # noqa: E401, F401
    import matplotlib.patheffects, matplotlib.pyplot, matplotlib_inline.backend_inline  # noqa: E401, F401
    import PIL.Image

    PIL.Image.preinit()
    fig = matplotlib.figure.Figure(layout="constrained")    # drawn for nobody: opens the fonts, fills caches of layout
    fig.subplots().set(title="0", xlabel="0", ylabel="0")
    fig.draw_without_rendering()
    del builtins.get_ipython


def keep_warm():
    """Start the helper; from now on kernels of this server come from it."""
    # Private to jupyter_client and pinned by the lock. Were it gone, kernels would start cold: the same, only slower.
    from jupyter_client.provisioning import local_provisioner

    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    if os.fork() == 0:
        here.close()
        with contextlib.suppress(KeyboardInterrupt):
            help_server(there)
        os._exit(0)
    there.close()
    cold = local_provisioner.launch_kernel

    def launch(command, **how):
        if command[:4] != [sys.executable, "-m", "ipykernel_launcher", "-f"]:
            return cold(command, **how)
        return WarmKernel(here, command[3:], **how)

    local_provisioner.launch_kernel = launch


def help_server(server):
    """In the helper: fork a kernel for each request, until the server is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)       # nobody waits for a kernel that ended
    while True:
        words, handed, _, _ = server.recvmsg(MOST, socket.CMSG_SPACE(4))
        if not words:
            return
        connection = socket.socket(fileno=array.array("i", handed[0][2])[0])
        if os.fork() == 0:
            server.close()
            become_kernel(json.loads(words), connection)
        connection.close()


def become_kernel(request, connection):
    """In the new process: be what `python -m ipykernel_launcher -f FILE` would be."""
    import numpy
    from ipykernel.kernelapp import IPKernelApp

    parent = os.getppid()
    os.setsid()                                         # its own group, so that an interrupt reaches it alone
    connection.sendall(str(os.getpid()).encode())       # and the other end stays open as long as this process runs
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environ.clear()
    os.environ.update(request["env"])
    os.environ["JPY_PARENT_PID"] = str(parent)          # the kernel ends when the helper does
    os.chdir(request["cwd"] or ".")
    numpy.random.seed()                                 # else every kernel would draw the same numbers
    kernel = IPKernelApp.instance()
    kernel.initialize(request["arguments"])
    kernel.start()
    os._exit(0)


class WarmKernel:
    """Stands for the process of a kernel, as the Popen object that Jupyter's own function returns."""

    stdin = stdout = stderr = None

    def __init__(self, helper, arguments, env=None, cwd=None, **_):
        self.connection, there = socket.socketpair()
        with there:
            request = json.dumps({"arguments": arguments, "env": dict(env or os.environ), "cwd": cwd})
            socket.send_fds(helper, [request.encode()], [there.fileno()])
        self.pid = int(self.connection.recv(20) or 0)
        if not self.pid:
            raise RuntimeError("a kernel ended before it could start")

    def poll(self):
        """None while the kernel runs: it holds the other end of the connection until it ends."""
        try:
            return None if self.connection.recv(1, socket.MSG_DONTWAIT) else 0
        except BlockingIOError:
            return None
        except OSError:
            return 0

    def wait(self, timeout=None):
        self.connection.settimeout(timeout)
        self.connection.recv(1)
        return 0

    def send_signal(self, number):
        with contextlib.suppress(ProcessLookupError):   # it may have ended by itself
            os.kill(self.pid, number)

    def kill(self):
        self.send_signal(signal.SIGKILL)

    def terminate(self):
        self.send_signal(signal.SIGTERM)
