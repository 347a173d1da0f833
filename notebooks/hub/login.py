"""Who may log in: the accounts that the hub made, by the system's own passwords; nobody else.

A name that is not the hub's never reaches the system's check, so that nobody can try the passwords of root here. With
a class password a new name gets an account, with a password that she chooses herself; a classmate's name opens nothing.
"""
import time
from collections import defaultdict
from secrets import compare_digest

from hub import class_list
from hub.accounts import Accounts
from jupyterhub.auth import PAMAuthenticator
from tornado import web
from traitlets import Instance, Integer, Unicode

WRONG, SECONDS = 5, 60      # after so many wrong passwords for one account from one address, wait so long
NEWCOMER = "a new name"     # stands for all names without an account, however many are tried
WRONG_OF_NEWCOMERS = 30     # more, since a class may share one address
SHORTEST, LONGEST = 8, 100      # characters of a password of her own


class ClassAuthenticator(PAMAuthenticator):
    """PAM, for the hub's own accounts only; with a class password, new ones are made at the first login."""

    accounts = Instance(Accounts, config=True)
    class_password = Unicode(config=True, help="with which a new account is made; empty: by the teacher only")
    places = Integer(40, config=True, help="no more accounts than this are made with the class password")

    def __init__(self, **settings):
        super().__init__(**settings)
        self.wrong = defaultdict(list)      # (account, address) -> when a password was wrong, lately

    async def authenticate(self, handler, data):
        account = self.accounts.meant(data["username"])
        known = self.accounts.own(account)
        who = account if known else NEWCOMER, handler.request.remote_ip
        self.refuse_guessing(who, WRONG if known else WRONG_OF_NEWCOMERS)
        if not known:
            entered = self.enrol(account, data)
            if not entered:
                self.wrong[who].append(time.monotonic())
            return entered
        self.wrong[who].append(time.monotonic())    # before the answer is known, or many at once would all be tried
        entered = await super().authenticate(handler, {"username": account, "password": data["password"]})
        if entered:
            self.wrong.pop(who, None)
        return entered

    def refuse_guessing(self, who, most):
        """Make whoever guesses wait. The slips' passwords cannot be guessed; a class password perhaps."""
        now = time.monotonic()
        for one in [one for one, times in self.wrong.items() if times[-1] < now - SECONDS]:
            del self.wrong[one]
        if len(self.wrong.get(who, ())) >= most:
            raise web.HTTPError(429, f"{most} wrong passwords. Wait a minute, then try again; your teacher can give "
                                "you a new one.")

    def enrol(self, account, data):
        """Make an account for a new name whose owner knows the class password; returns it, or None."""
        if not self.class_password or not compare_digest(
                data.get("class_password", "").strip().encode(), self.class_password.encode()):
            return None
        if not SHORTEST <= len(data["password"]) <= LONGEST or not data["password"].isprintable():
            raise web.HTTPError(400, f"Choose a password of your own, of at least {SHORTEST} letters and digits.")
        if not class_list.plain(data["username"]):
            raise web.HTTPError(400, "Choose a user name in Latin letters, such as ana-garcia.")
        if len(self.accounts.all()) > self.places:      # one is the teacher's
            raise web.HTTPError(400, "All places of this class are taken. Tell your teacher.")
        if not self.accounts.is_free(account):
            return None
        self.accounts.make(data["username"], account, data["password"])
        return account

    def check_allowed(self, username, authentication=None):
        return self.accounts.own(username) is not None

    def normalize_username(self, username):
        return username
