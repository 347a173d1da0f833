"""What Binder makes of this repository: the Dockerfile that repo2docker writes for a clean checkout of it.

With repo2docker installed (python3 tests --binder), without Docker and without a network. Binder takes what lies at
the top of a repository for instructions; here only environment.yml may be one.
"""
import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from launcher.environment import TOP

needs_repo2docker = pytest.mark.skipif(importlib.util.find_spec("repo2docker") is None,
                                       reason="repo2docker is not installed here: python3 tests --binder")
# What repo2docker would obey at the top of a repository, by its documentation. Some of the others ask the internet.
INSTRUCTIONS = {"binder/README": "", "Dockerfile": "FROM scratch\n", "apt.txt": "nano\n", "postBuild": "#!/bin/bash\n"}
OTHERS = {".binder", "start", "default.nix", "Project.toml", "install.R", "runtime.txt"}


def dockerfile(folder, *options):
    """What repo2docker says it would build from a folder, without where and from what name it was made."""
    done = subprocess.run([sys.executable, "-m", "repo2docker", "--no-build", "--debug", *options, folder],
                          cwd=folder.parent, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return re.sub(r"LABEL repo2docker.repo=.*\n|--chown=\d+:\d+ ", "", done.stdout)


def bare(folder):
    """A repository with nothing but what environment.yml names."""
    for name in ("environment.yml", "requirements.txt", "tests/requirements.txt"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(TOP / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """The files that git knows, as they are now; where there is no git, as in a copy from a ZIP file, skip."""
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=TOP,
                            capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("this copy of the course has no git to say what belongs to it")
    folder = tmp_path_factory.mktemp("checkout")
    for name in filter(None, listed.stdout.split("\0")):
        if (TOP / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(TOP / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    return dockerfile(bare(tmp_path_factory.mktemp("bare")))


def test_nothing_but_environment_yml_gives_binder_instructions():
    """Also without repo2docker: a folder named binder, even an empty one, hides environment.yml."""
    found = ({name.split("/")[0] for name in INSTRUCTIONS} | OTHERS) & {path.name for path in TOP.iterdir()}
    assert not found and (TOP / "environment.yml").is_file()


@needs_repo2docker
def test_binder_installs_environment_yml_and_nothing_else(checkout, plain):
    assert dockerfile(checkout) == plain


@needs_repo2docker
def test_environment_yml_is_read_after_the_locks_that_it_names_are_there(plain):
    copied, installed = plain.index(" src/ ${REPO_DIR}/"), plain.index('env update -p ${NB_PYTHON_PREFIX} --file "environment.yml"')
    assert copied < installed and plain.count("env update") == 1
    assert "environment-2epy-2d3-2e11" in plain       # it has read the Python that environment.yml asks for


@needs_repo2docker
@pytest.mark.parametrize("name", INSTRUCTIONS)
def test_any_other_instruction_would_be_seen(tmp_path, plain, name):
    (bare(tmp_path) / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(INSTRUCTIONS[name])
    assert dockerfile(tmp_path) != plain


@needs_repo2docker
@pytest.mark.parametrize("text", ["name: [", ""], ids=["no YAML", "empty"])
def test_a_broken_environment_yml_would_be_seen(tmp_path, plain, text):
    (bare(tmp_path) / "environment.yml").write_text(text)
    try:
        assert dockerfile(tmp_path) != plain
    except AssertionError as refused:
        assert "Error" in str(refused)


@needs_repo2docker
def test_the_image_for_kubernetes_is_the_same_with_its_appendix(checkout, plain):
    kubernetes = checkout / "notebooks" / "hub" / "kubernetes"
    head, _, appendix = dockerfile(checkout, "--config", kubernetes / "repo2docker_config.py").partition("# Appendix:")
    assert head.split() == plain.split() and "matplotlib" in appendix


@needs_repo2docker
def test_the_image_speaks_with_the_hub_of_the_chart():
    """JupyterHub asks that the hub and a learner's server have the same first number of their version."""
    import repo2docker

    buildpack = Path(repo2docker.__file__).parent / "buildpacks" / "conda" / "environment.py-3.11-linux-64.lock"
    inside = re.search(r"/jupyterhub-singleuser-(\d+)\.", buildpack.read_text())[1]
    values = (TOP / "notebooks" / "hub" / "kubernetes" / "values.yaml").read_text()
    assert inside == re.search(r"JupyterHub (\d+)\.", values)[1]
