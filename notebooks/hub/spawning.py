"""Each learner's server: a process under her own account, within limits, looked at every few seconds."""
import asyncio
import html
import json
import sys
from subprocess import PIPE, Popen

from hub import limits, nursery
from hub.accounts import Accounts
from jupyterhub.spawner import LocalProcessSpawner
from jupyterhub.utils import random_port
from traitlets import Bool, Dict, Instance

COMMON = ["/tmp", "/var/tmp", "/dev/shm"]       # where every account can write
TO_TIDY = 5_000_000     # bytes that one whose room is full may still add, to open JupyterLab and delete
told = {}               # account -> why her server was stopped


def why_stopped(spawner):
    """What she reads before her server starts again, as HTML above a button; nothing where it was not stopped."""
    why = told.get(spawner.user.name)
    return why and (f'<p class="alert alert-warning" role="alert">Your server was stopped. {html.escape(why)} What you '
                    "saved is there.</p>")


class ClassSpawner(LocalProcessSpawner):
    """A server that is stopped when it takes more than a learner may use, and with it all that she runs."""

    accounts = Instance(Accounts, config=True)
    limits = Instance(limits.Limits, config=True)
    of_one_process = Dict(config=True, help="numbers by the names of module resource")
    warm = Bool(True, config=True, help="servers and kernels come from the nursery")
    room = None         # bytes that her files may take now: more than the limit where they already did at the start
    files = None

    @property
    def entry(self):
        return self.accounts.own(self.user.name)

    def hers(self):
        return limits.Files(self.entry.pw_uid, [self.entry.pw_dir, *COMMON])

    async def start(self):
        if self.entry is None:
            raise PermissionError(f"{self.user.name} is no account of this class.")
        self.files = self.hers()
        held = await asyncio.to_thread(self.files.count, [], float("inf"))
        self.room = max(self.limits.room, held + TO_TIDY)
        self.port = self.port or random_port()
        request = {"arguments": self.get_args(), "env": self.get_env(), "uid": self.entry.pw_uid,
                   "gid": self.entry.pw_gid, "home": self.entry.pw_dir, "limits": self.of_one_process}
        self.pid = await asyncio.to_thread(self.begin, request)
        told.pop(self.user.name, None)
        return "127.0.0.1", self.port

    def begin(self, request):
        """Start her server in the nursery, or alone where there is none; returns the number of its process."""
        if self.warm:
            try:
                return nursery.ask(request)
            except (OSError, ValueError) as fault:
                self.log.warning("The nursery does not answer (%s); a server starts without it.", fault)
        return self.alone(request)

    def alone(self, request):
        """Start a server that makes its own imports; returns the number of its process."""
        command = [sys.executable, "-m", "hub.nursery", "--once"]
        self.proc = Popen(command, stdin=PIPE, env=nursery.variables())
        self.proc.stdin.write(json.dumps(request).encode())
        self.proc.stdin.close()
        return self.proc.pid

    async def poll(self):
        """None while her server runs, as JupyterHub asks every few seconds; else how it ended."""
        status = await super().poll()
        if status is None and self.entry:
            self.files = self.files or self.hers()      # the hub was killed, and another looks after her now
            why = await asyncio.to_thread(limits.excess, self.files, self.limits, self.room or self.limits.room)
            if why:
                self.log.warning("Stopping the server of %s: %s", self.user.name, why)
                told[self.user.name] = why
                await asyncio.to_thread(limits.end_all, self.entry)
                await self.wait_for_death(self.kill_timeout)
                status = await super().poll()
        return status

    async def _signal(self, sig):
        """Send a signal to her server; False where it has ended, also if its number is another process's by now."""
        if self.proc is None and not (self.entry and limits.is_of(self.entry.pw_uid, self.pid)):
            return False
        return await super()._signal(sig) and limits.is_alive(self.pid)

    async def stop(self, now=False):
        await super().stop(now)
        if self.entry:
            await asyncio.to_thread(limits.end_all, self.entry)     # what she started and left running

    def user_env(self, env):
        return {**super().user_env(env), "SHELL": "/bin/bash"}      # her account has none, see accounts.py
