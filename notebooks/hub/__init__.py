"""A class on one server: a JupyterHub whose learners get the course as `python3 notebooks` gives it."""
