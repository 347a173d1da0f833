"""How repo2docker makes the image of a learner's server from this repository:

    jupyter-repo2docker --config notebooks/hub/kubernetes/repo2docker_config.py --no-run --image-name NAME:TAG .
"""
c = get_config()    # noqa: F821  (repo2docker provides it)

# Not in the home, as repo2docker has it: there the learner's own disk will lie, and would hide the course.
c.Repo2Docker.target_repo_dir = "/srv/four-takeaways"
# What the chart runs a learner's server as.
c.Repo2Docker.user_name = "jovyan"
c.Repo2Docker.user_id = 1000
# Once here and not in each learner's first minute: matplotlib lists its fonts, where the launcher looks for the list,
# and what a lesson imports is compiled.
c.Repo2Docker.appendix = """
RUN MPLCONFIGDIR=${REPO_DIR}/.venv/own/matplotlib python3 -c "import matplotlib.pyplot" && \\
    python3 -m compileall -q ${REPO_DIR}/notebooks
"""
