"""For The Littlest JupyterHub: a learner's server begins with her copies of the lessons.

Copied to /opt/tljh/config/jupyterhub_config.d/; the course lies in /srv/four-takeaways. See README.md.
"""
c = get_config()    # noqa: F821  (JupyterHub provides it)

c.Spawner.cmd = ["/opt/tljh/user/bin/python3", "/srv/four-takeaways/notebooks/hub/start.py"]
c.Spawner.default_url = "/lab/tree/my_work/00_start_here.ipynb"
# A whole class that starts at once is slow to answer: the hub's own 30 seconds are too few.
c.Spawner.start_timeout = c.Spawner.http_timeout = 180
# Less memory a learner, with nothing lost: no lesson computes on several processors at once.
c.Spawner.environment = {"OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
