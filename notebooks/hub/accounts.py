"""The accounts of the system that the hub made, and their slips. All of it needs root.

An account is the hub's own if its main group is the hub's group, its name has the prefix and its number is none of the
system's; no other is ever touched, or can be logged in to.
"""
import csv
import datetime
import grp
import html
import os
import pwd
import subprocess
from pathlib import Path

from hub import class_list
from hub.limits import FIRST_OF_PEOPLE, end_all

TEACHER = "teacher"
HELD = "learners.csv"       # who has which account, for the teacher and for the next start
SLIPS = Path(__file__).with_name("slips.html")


class Accounts:
    """prefix: how each name begins, and the group's; state: the folder with homes/, hub/ and slips/ in it."""

    def __init__(self, prefix, state):
        self.prefix, self.state = prefix, Path(state)
        self.group = prefix + "class"
        self.teacher = prefix + TEACHER

    def own(self, account):
        """The entry of an account that the hub made; None for every other name."""
        try:
            entry = pwd.getpwnam(account)
            made = entry.pw_gid == grp.getgrnam(self.group).gr_gid and entry.pw_uid >= FIRST_OF_PEOPLE
            return entry if made and entry.pw_name.startswith(self.prefix) else None
        except (KeyError, ValueError):      # no such name; a name with a null in it
            return None

    def meant(self, typed):
        """The account that someone means who types her name, or the name on her slip; may not exist."""
        whole, plain = class_list.stem(typed[:200], self.prefix), class_list.plain(typed[:200])
        return plain if plain.startswith(self.prefix) and not self.own(whole) else whole

    def all(self):
        """Every entry that is the hub's own."""
        return [entry for entry in pwd.getpwall() if self.own(entry.pw_name)]

    def prepare(self):
        """Make the folders and the group."""
        for folder, mode in ((self.state, 0o755), (self.state / "homes", 0o711), (self.state / "hub", 0o700),
                             (self.state / "slips", 0o700)):
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(mode)
        run("groupadd", "--force", self.group)

    def add(self, names):
        """Make the teacher's account and one for each name that has none; yields (name, account, password) of each."""
        if not self.own(self.teacher):
            yield self.make("Teacher", self.teacher)
        held = [(class_list.same(name), account) for name, account in self.held() if self.own(account)]
        names_taken = taken()
        for name in names:
            hers = next((one for one in held if one[0] == class_list.same(name)), None)
            if hers:
                held.remove(hers)       # a second one of the same name needs an account of her own
                continue
            account = class_list.account(name, self.prefix, names_taken)
            names_taken.add(account)
            yield self.make(name, account)

    def make(self, name, account, password=None):
        """Make one account; its home is hers alone. Returns (name, account, password)."""
        password = password or class_list.password()
        home = self.state / "homes" / account
        with open(self.private("hub", HELD), "a", encoding="utf-8", newline="") as file:
            csv.writer(file).writerow([name, account])
        # No shell: the password opens the hub, not the computer by ssh, where no limit would hold.
        run("useradd", "--gid", self.group, "--no-user-group", "--home-dir", home, "--no-create-home",
            "--shell", "/usr/sbin/nologin", "--no-log-init", account)
        run("chpasswd", input=f"{account}:{password}\n")
        home.mkdir(mode=0o700, exist_ok=True)       # one of an earlier account with this name may lie there
        settle(home, pwd.getpwnam(account))
        return name, account, password

    def held(self):
        """The (name, account) pairs that were given out so far, each account once, oldest first."""
        try:
            with open(self.state / "hub" / HELD, encoding="utf-8", newline="") as file:
                names = {row[1]: row[0] for row in csv.reader(file) if len(row) == 2}
        except FileNotFoundError:
            return []
        return [(name, account) for account, name in names.items()]

    def write_slips(self, new):
        """Write names and passwords of new accounts as slips to print; returns the file, which only root can read."""
        at = datetime.datetime.now()
        path = self.private("slips", f"slips {at:%Y-%m-%d %H%M%S}.html")
        rows = [f"<li><b>{html.escape(name)}</b> <span>User name</span> <code>{html.escape(account)}</code> "
                f"<span>Password</span> <code>{html.escape(password)}</code></li>" for name, account, password in new]
        path.write_text(SLIPS.read_text(encoding="utf-8").replace("SLIPS", "\n".join(rows)), encoding="utf-8")
        return path

    def private(self, folder, name):
        """A file in one of the hub's folders that only root can read."""
        path = self.state / folder / name
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
        return path

    def is_free(self, account):
        """True if neither an account nor a group of the system has this name."""
        return account not in taken()

    def remove(self):
        """Remove the accounts and their group. Returns how many there were, and where their work lies now.

        The homes go to a folder that only root can read: the number of a removed account may be given to another.
        """
        entries = self.all()
        for entry in entries:
            end_all(entry)
            run("userdel", entry.pw_name)
        if any(one.gr_name == self.group for one in grp.getgrall()):
            run("groupdel", self.group)
        homes, aside = self.state / "homes", self.state / f"homes until {datetime.datetime.now():%Y-%m-%d %H%M%S}"
        if not homes.is_dir():
            return len(entries), None
        homes.chmod(0o700)
        homes.rename(aside)
        (self.state / "hub" / HELD).unlink(missing_ok=True)
        return len(entries), aside


def taken():
    return {entry.pw_name for entry in pwd.getpwall()} | {entry.gr_name for entry in grp.getgrall()}


def settle(home, entry):
    """Give a home and all in it to its account; a link in it is not followed."""
    os.lchown(home, entry.pw_uid, entry.pw_gid)
    for folder, folders, files in os.walk(home):
        for name in folders + files:
            os.lchown(os.path.join(folder, name), entry.pw_uid, entry.pw_gid)


def run(*command, input=None):
    subprocess.run(list(map(str, command)), check=True, input=input, text=True, capture_output=True)
