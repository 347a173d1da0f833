"""Each learner's server: a process under her own account, within limits, looked at every few seconds."""
import asyncio

from hub import limits
from hub.accounts import Accounts
from jupyterhub.spawner import LocalProcessSpawner
from traitlets import Instance

COMMON = ["/tmp", "/var/tmp", "/dev/shm"]       # where every account can write
TO_TIDY = 5_000_000     # bytes that one whose room is full may still add, to open JupyterLab and delete
told = {}               # account -> why her server was stopped; shown to her on the hub's pages


class ClassSpawner(LocalProcessSpawner):
    """A server that is stopped when it takes more than a learner may use, and with it all that she runs."""

    accounts = Instance(Accounts, config=True)
    limits = Instance(limits.Limits, config=True)
    room = None         # bytes that her files may take now: more than the limit where they already did at the start

    @property
    def entry(self):
        return self.accounts.own(self.user.name)

    @property
    def folders(self):
        return [self.entry.pw_dir, *COMMON]

    async def start(self):
        if self.entry is None:
            raise PermissionError(f"{self.user.name} is no account of this class.")
        held = await asyncio.to_thread(limits.occupied, self.entry.pw_uid, self.folders, [], float("inf"))
        self.room = max(self.limits.room, held + TO_TIDY)
        return await super().start()

    async def poll(self):
        """None while her server runs, as JupyterHub asks every few seconds; else how it ended."""
        status = await super().poll()
        if status is None and self.entry:
            why = await asyncio.to_thread(
                limits.excess, self.entry.pw_uid, self.folders, self.limits, self.room or self.limits.room)
            if why:
                self.log.warning("Stopping the server of %s: %s", self.user.name, why)
                told[self.user.name] = why
                await asyncio.to_thread(limits.end_all, self.entry)
                await self.wait_for_death(self.kill_timeout)
                status = await super().poll()
        return status

    async def _signal(self, sig):
        return await super()._signal(sig) and limits.is_alive(self.pid)

    async def stop(self, now=False):
        await super().stop(now)
        if self.entry:
            await asyncio.to_thread(limits.end_all, self.entry)     # what she started and left running

    def user_env(self, env):
        return {**super().user_env(env), "SHELL": "/bin/bash"}      # her account has none, see accounts.py
