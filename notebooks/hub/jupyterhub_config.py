"""The settings of the hub, as JupyterHub reads them when `serve.py` starts it; each option of the command ends here."""
import json
import os
from pathlib import Path

from hub import limits, login, proxy, spawning
from hub.accounts import Accounts
from launcher import environment

c = get_config()    # noqa: F821  (JupyterHub provides it)
chosen = json.loads(Path(os.environ["TAKEAWAYS_HUB"]).read_text())
accounts = Accounts(chosen["prefix"], chosen["state"])
own = accounts.state / "hub"        # only root can read it
HERE = Path(login.__file__).parent

# Where it listens: the proxy for everyone, the hub behind it for this computer only.
scheme = "https" if chosen["certificate"] else "http"
c.JupyterHub.bind_url = f"{scheme}://{chosen['address']}:{chosen['port']}/"
c.JupyterHub.ssl_cert = str(chosen["certificate"] and Path(chosen["certificate"]).absolute() or "")
c.JupyterHub.ssl_key = str(chosen["key"] and Path(chosen["key"]).absolute() or "")
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{chosen['inner_port']}"
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{chosen['inner_port'] + 1}"
c.ConfigurableHTTPProxy.command = proxy.command(environment)
c.ConfigurableHTTPProxy.log_level = "warn"
c.ConfigurableHTTPProxy.pid_file = str(own / "proxy.pid")
c.ConfigurableHTTPProxy.check_running_interval = 5

# Where each server has a name of its own, no page of one can act for the reader of another, or for the hub.
if chosen["subdomains"]:
    c.JupyterHub.subdomain_host = chosen["subdomains"].rstrip("/")
    c.JupyterHub.cookie_host_prefix_enabled = chosen["subdomains"].startswith("https:")

# What it remembers, so that it finds the running servers again when it was killed; stopped, it stops them.
c.JupyterHub.db_url = f"sqlite:///{own / 'jupyterhub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(own / "cookie_secret")
c.JupyterHub.log_level = "WARN"

# Who may log in.
c.JupyterHub.authenticator_class = login.ClassAuthenticator
c.ClassAuthenticator.accounts = accounts
c.ClassAuthenticator.any_allow_config = True     # it asks the accounts, see login.py
c.ClassAuthenticator.class_password = chosen["class_password"]
c.ClassAuthenticator.places = chosen["places"]
c.ClassAuthenticator.executor_threads = 32      # the system waits some seconds after a wrong password
# The teacher sees who is there and can stop a server. JupyterHub's own administrators could look into each as well.
c.JupyterHub.load_roles = [{
    "name": "teacher", "users": [accounts.teacher],
    "scopes": ["admin-ui", "list:users", "read:users", "servers", "read:hub", "shutdown"],
}]
c.JupyterHub.template_paths = [str(HERE / "templates")]
c.JupyterHub.template_vars = {"class_password": bool(chosen["class_password"])}

# Her server: under her account, on her copies of the lessons, lesson 00 first.
c.JupyterHub.spawner_class = spawning.ClassSpawner
c.ClassSpawner.accounts = accounts
c.ClassSpawner.limits = limits.Limits(int(chosen["memory"] * limits.GB), int(chosen["room"] * limits.GB),
                                      chosen["processes"])
c.Spawner.env_keep = ["LANG", "LC_ALL", "TZ"]
c.Spawner.environment = {
    "PATH": f"{environment.PYTHON.parent}:/usr/local/bin:/usr/bin:/bin",
    "TAKEAWAYS_ENV": str(environment.ENV),
    **({} if chosen["untuned"] else {"OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}),
}
c.Spawner.default_url = "/lab/tree/my_work/00_start_here.ipynb"
c.Spawner.disable_user_config = False           # her settings are the desk's own, see launcher/lab.py
c.JupyterHub.concurrent_spawn_limit = 0         # none: whom a limit turns away gets an error page, and no turn
c.Spawner.start_timeout = c.Spawner.http_timeout = 120
c.JupyterHub.implicit_spawn_seconds = 1         # whoever comes back finds it started again
c.Spawner.poll_interval = 5                     # seconds between two looks at what she uses
c.Spawner.options_form = spawning.why_stopped   # where it was stopped she reads why, and starts it herself

# What one process may use, by the kernel; what all of hers may, by spawning.py.
room, memory = c.ClassSpawner.limits.room, c.ClassSpawner.limits.memory
c.ClassSpawner.of_one_process = {
    "RLIMIT_DATA": memory, "RLIMIT_NPROC": chosen["processes"], "RLIMIT_FSIZE": room // 2, "RLIMIT_NOFILE": 4096,
    "RLIMIT_CORE": 0,
}
c.ClassSpawner.warm = not chosen["untuned"]
c.Spawner.args = ["--ServerApp.log_level=WARN"]

# After a while without work a kernel is stopped, then the server that has none left.
if chosen["idle"]:
    seconds = int(chosen["idle"] * 60)
    c.Spawner.args += [
        f"--MappingKernelManager.cull_idle_timeout={seconds}",
        "--MappingKernelManager.cull_connected=True",       # also where the page was left open
        f"--MappingKernelManager.cull_interval={min(60, seconds)}",
        f"--TerminalManager.cull_inactive_timeout={seconds}",
        f"--ServerApp.shutdown_no_activity_timeout={seconds}",
    ]

# When it is stopped, so are the servers: each gets the time to end its kernels.
c.LocalProcessSpawner.interrupt_timeout = 10
c.LocalProcessSpawner.term_timeout = 5
