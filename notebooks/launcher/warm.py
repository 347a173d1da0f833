"""Warm kernels: forked from a process that has made a kernel's imports, instead of a new Python each. Linux only.

A kernel that is forked is a process of its own with an empty namespace, as one that Jupyter starts; nothing of the
course is imported beforehand. hub/kernels.py forks them for a class, tests/warm_kernels.py for the strict run.
"""
import builtins
import contextlib
import os
import signal
import socket
import types


def make_imports():
    """Import what a kernel imports at its start, its first table and its first chart, and draw a chart for nobody."""
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"      # or the debugger prints advice when it is imported
    # When imported, pandas asks whether it is in a kernel, and cuts wide tables at the terminal's width if it is not.
    builtins.get_ipython = lambda: types.SimpleNamespace(kernel=True)
    import ipykernel.debugger, ipykernel.kernelapp, ipywidgets, pandas.io.formats.html  # noqa: E401, F401
    import IPython.core.completerlib, IPython.core.oinspect, IPython.extensions.storemagic  # noqa: E401, F401
    import matplotlib.patheffects, matplotlib.pyplot, matplotlib_inline.backend_inline  # noqa: E401, F401
    import PIL.features, PIL.Image  # noqa: E401, F401

    PIL.Image.preinit()
    fig = matplotlib.figure.Figure(layout="constrained")    # opens the fonts and measures them for the first time
    fig.subplots().set(title="0", xlabel="0", ylabel="0")
    fig.draw_without_rendering()
    del builtins.get_ipython


def stand_apart():
    """In a process just forked: be a group of its own, so that an interrupt or a kill meant for it reaches it alone.

    To be done before anyone learns the number of the process: Jupyter asks at once for its group.
    """
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)


def kernel(request):
    """In a process that stands apart: return what `python -m ipykernel_launcher` would start, with its ports open.

    request: "arguments" and "env" of the kernel, and "cwd", the folder in which it runs. The kernel ends when the
        process that forked it does.
    """
    import numpy
    from ipykernel.kernelapp import IPKernelApp

    os.environ.clear()
    os.environ.update(request["env"])
    os.chdir(request["cwd"] or ".")
    numpy.random.seed()     # else every kernel would draw the same numbers
    app = IPKernelApp.instance(parent_handle=os.getppid())
    app.initialize(request["arguments"])
    return app


class Process:
    """Stands for the process of a kernel, as the Popen object that Jupyter's own function returns.

    connection: a socket whose other end the kernel holds as long as it runs; first comes its number.
    """

    stdin = stdout = stderr = None

    def __init__(self, connection):
        self.connection = connection
        self.pid = int(connection.recv(20) or 0)
        if not self.pid:
            raise RuntimeError("a warm kernel ended before it could start")

    def poll(self):
        """None while the kernel runs."""
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
