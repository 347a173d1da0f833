"""The settings for Kubernetes: what the check refuses, what the chart itself refuses, and what a learner's server does."""
import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from hub.kubernetes import checking
from launcher.environment import TOP

HERE = TOP / "notebooks" / "hub" / "kubernetes"
VALUES = HERE / "values.yaml"
START = TOP / "notebooks" / "hub" / "start.py"
CHART = os.environ.get("TAKEAWAYS_CHART")   # the unpacked chart: helm pull jupyterhub/jupyterhub --version 4.4.0 --untar
needs_chart = pytest.mark.skipif(not CHART, reason="TAKEAWAYS_CHART names no unpacked chart of Zero to JupyterHub")
OWN = {
    "hub": {"config": {"JupyterHub": {"authenticator_class": "generic-oauth"}}},
    "proxy": {"https": {"hosts": ["course.example.edu"], "letsencrypt": {"contactEmail": "it@example.edu"}}},
    "singleuser": {"image": {"name": "registry.example.edu/four-takeaways", "tag": "2026-11"}},
}


def at(key, value):
    """A file of values that sets one key."""
    for name in reversed(key.split(".")):
        value = {name: value}
    return value


def faults(tmp_path, *more, chart=None):
    """What the check says of values.yaml, an institution's file and whatever comes after it."""
    paths = [VALUES]
    for number, values in enumerate([OWN, *more]):
        paths.append(tmp_path / f"{number}.yaml")
        paths[-1].write_text(values if isinstance(values, str) else yaml.safe_dump(values))
    return checking.of_files(paths, chart)


def test_filled_in_the_settings_can_be_deployed(tmp_path):
    assert faults(tmp_path) == []


def test_unchanged_they_are_refused_for_what_is_the_institutions_to_say():
    told = checking.of_files([VALUES])
    assert [one.split()[0] for one in told] == [
        "hub.config.JupyterHub.authenticator_class", "proxy.https.letsencrypt.contactEmail", "proxy.https.hosts",
        "singleuser.image.name", "singleuser.image.tag"]
    assert all("FILL-IN" in one for one in told)


MISSHAPEN = {   # what the chart's schema refuses too
    "a misspelt section": at("schedulling.userPlaceholder.replicas", 10),
    "a misspelt key": at("singleuser.memory.garantee", "512M"),
    "a key in the wrong section": at("singleuser.concurrentSpawnLimit", 64),
    "a key one level too high": at("userPlaceholder.replicas", 10),
    "another letter's case": at("singleuser.starttimeout", 600),
    "a number as text": at("hub.concurrentSpawnLimit", "sixty-four"),
    "a broken number": at("scheduling.userPlaceholder.replicas", 2.5),
    "a word for a switch": at("singleuser.networkPolicy.egressAllowRules.nonPrivateIPs", "never"),
    "text for a list": at("proxy.https.hosts", "course.example.edu"),
    "a list for text": at("singleuser.image.name", ["four-takeaways"]),
    "a number for text": at("singleuser.image.tag", 2026.11),
    "a switch for a number": at("cull.timeout", True),
    "text for a number": at("singleuser.cpu.limit", "one"),
    "a kind of certificate that is none": at("proxy.https.type", "certbot"),
    "a preference that is none": at("scheduling.userPods.nodeAffinity.matchNodePurpose", "always"),
    "a section for a switch": at("cull.enabled", {"yes": True}),
}
AT_ODDS = {     # what the schema lets pass
    "memory in Kubernetes' own units": (at("singleuser.memory.limit", "2Gi"), "without the i"),
    "memory without a number": (at("singleuser.memory.limit", "much"), "without the i"),
    "a guarantee above the limit": (at("singleuser.memory.guarantee", "2G"), "guarantee is above"),
    "a processor guaranteed above the limit": (at("singleuser.cpu.guarantee", 2), "guarantee is above"),
    "an image that changes": (at("singleuser.image.tag", "latest"), "another image on each node"),
    "placeholders that yield to nobody": (at("scheduling.podPriority.enabled", False), "yield to nobody"),
    "everybody gets in": (at("hub.config.JupyterHub.authenticator_class", "dummy"), "anybody gets in"),
    "nobody says who gets in": (at("hub.config.JupyterHub", "ldap"), "anybody gets in"),
    "no certificate": (at("proxy.https.enabled", False), "unencrypted"),
    "her work outside her disk": (at("singleuser.extraEnv.TAKEAWAYS_DESK", "/home/jovyanne"), "outside her disk"),
    "her work nowhere": (at("singleuser.extraEnv.TAKEAWAYS_DESK", None), "outside her disk"),
    "a blank left open": (at("singleuser.image.name", "FILL-IN"), "still says"),
}


@pytest.mark.parametrize("values", MISSHAPEN.values(), ids=MISSHAPEN)
def test_a_misspelt_key_and_a_wrong_type_are_told(tmp_path, values):
    told = faults(tmp_path, values)
    assert told and all(one.startswith(("schedulling", "singleuser", "userPlaceholder", "hub", "scheduling", "proxy", "cull"))
                        for one in told)


@pytest.mark.parametrize("values, says", AT_ODDS.values(), ids=AT_ODDS)
def test_what_is_well_formed_and_cannot_work_is_told(tmp_path, values, says):
    told = faults(tmp_path, values)
    assert len(told) == 1 and says in told[0]


@pytest.mark.parametrize("text, says", [
    ("hub: [", "is not YAML"), ("- hub", "holds no settings"), ("", "holds no settings"),
    ("cull:\n  every: 300\n  every: 600\n", "every stands twice"), ("\ta: 1", "is not YAML"), ("? [1]\n: 2\n", "is not YAML"),
], ids=["unclosed", "a list", "empty", "twice", "tab", "odd key"])
def test_a_file_that_is_none_gets_one_sentence(tmp_path, text, says):
    with pytest.raises(ValueError, match=says) as told:
        faults(tmp_path, text)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("words, ends", [([], 1), (["nix.yaml"], 1), (["--help"], 1)])
def test_the_command_ends_with_a_fault_and_no_traceback(tmp_path, words, ends):
    done = subprocess.run([sys.executable, HERE, *words], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == ends and "Traceback" not in done.stderr and (done.stdout + done.stderr).strip()


def test_every_setting_says_why():
    """Each part of a section of values.yaml has a comment, above it or within."""
    text = re.sub(r"\A(#.*\n)+", "", VALUES.read_text())
    parts = re.findall(r"^(?:  #.*\n)*  \w.*\n(?:    .*\n)*", text, re.MULTILINE)
    assert len(parts) > 15 and [part for part in parts if "# " not in part] == []


@needs_chart
def test_the_chart_takes_the_settings(tmp_path):
    assert faults(tmp_path, chart=Path(CHART)) == []


@needs_chart
@pytest.mark.parametrize("values", MISSHAPEN.values(), ids=MISSHAPEN)
def test_the_chart_refuses_what_is_misshapen(tmp_path, values):
    assert any(": " in one for one in faults(tmp_path, values, chart=Path(CHART)))


@needs_chart
def test_the_keys_are_the_charts():
    """Each key that we know is the chart's, and takes there what we say."""
    names = {"number": checking.NUMBER, "string": checking.WORDS, "boolean": checking.SWITCH,
             "integer": checking.WHOLE, "array": checking.LIST, "object": checking.ANYTHING}
    schema = checking.read(next(Path(CHART).glob("values.schema.*")))
    for key, takes in checking.KEYS.items():
        here = schema
        for name in key.split("."):
            here = here["properties"][name]
        if key in checking.ONE_OF:
            assert {one for one in here["enum"] if one} == set(checking.ONE_OF[key]), key
        else:
            kinds = [here["type"]] if isinstance(here["type"], str) else here["type"]
            assert {names[kind] for kind in kinds if kind != "null"} == set(takes), key


def test_a_learner_reaches_the_hub_and_nothing_else():
    policy = yaml.safe_load(VALUES.read_text())["singleuser"]["networkPolicy"]
    open_ = {name for name, allowed in policy["egressAllowRules"].items() if allowed}
    assert policy["enabled"] and len(policy["egressAllowRules"]) == 6 and "egress" not in policy
    assert open_ == {"dnsPortsKubeSystemNamespace", "dnsPortsPrivateIPs"}


class Image:
    """What repo2docker is told, read from its settings file."""
    def __init__(self):
        self.settings = {ast.unparse(line.targets[0]).removeprefix("c.Repo2Docker."): ast.literal_eval(line.value)
                         for line in ast.parse((HERE / "repo2docker_config.py").read_text()).body
                         if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]).startswith("c.Repo2Docker.")}


def test_the_image_holds_what_the_server_is_started_with():
    """The course lies where the settings look for it, beside the learner's disk and not under it."""
    values, image = yaml.safe_load(VALUES.read_text()), Image().settings
    program = Path(values["singleuser"]["cmd"][1])
    assert program.is_relative_to(image["target_repo_dir"])
    assert (TOP / program.relative_to(image["target_repo_dir"])).is_file()
    assert not Path(image["target_repo_dir"]).is_relative_to(values["singleuser"]["storage"]["homeMountPath"])
    assert values["singleuser"]["storage"]["homeMountPath"] == f"/home/{image['user_name']}" and image["user_id"] == 1000
    for needed in ("notebooks/datapackage", "notebooks/takeaways", "notebooks/launcher", "data", "figures"):
        assert (TOP / needed).is_dir()
    assert not (TOP / ".dockerignore").exists(), "it would keep files out of the image"


SERVER = """import json, os, sys
names = ("TAKEAWAYS_DESK", "PYTHONPATH", "JUPYTER_CONFIG_PATH", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR")
print(json.dumps({"words": sys.argv[1:], **{name: os.environ.get(name) for name in names}}))
"""


@pytest.fixture
def start(tmp_path):
    """Start a learner's server as the container does, with a stand-in for JupyterHub's part."""
    place = tmp_path / "container"
    (place / "jupyterhub").mkdir(parents=True)
    (place / "jupyterhub" / "singleuser.py").write_text(SERVER)

    def run(home):
        own = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "PYTHON"))}
        own |= {"TAKEAWAYS_DESK": str(home), "HOME": str(home), "JUPYTER_CONFIG_PATH": "notebooks/launcher/settings",
                "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run([sys.executable, START], cwd=place, env=own,
                              capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1]), done.stdout + done.stderr
    return run


def test_the_first_start_lays_the_course_and_the_second_leaves_her_work_alone(tmp_path, start):
    home = tmp_path / "jovyan"
    home.mkdir()
    seen, _ = start(home)
    lessons = sorted(path.name for path in (TOP / "notebooks").glob("*.ipynb"))
    assert sorted(path.name for path in (home / "my_work").glob("*.ipynb")) == lessons
    assert f"--ServerApp.root_dir={home}" in seen["words"] and seen["TAKEAWAYS_DESK"] == str(home)
    assert Path(seen["JUPYTER_CONFIG_PATH"], "jupyter_server_config.py").is_file()
    assert (Path(seen["PYTHONPATH"]) / "takeaways").is_dir() and (home / "data").is_dir()

    hers = home / "my_work" / lessons[1]
    hers.write_text("her own words")
    (home / "my_work" / lessons[2]).unlink()
    (home / "my_work" / "my_test.md").write_text("Fewer deaths within a year.")
    start(home)
    assert hers.read_text() == "her own words" and (home / "my_work" / lessons[2]).is_file()
    assert (home / "my_work" / "my_test.md").read_text() == "Fewer deaths within a year."
    assert sorted(path.name for path in (home / "my_work").glob("*.ipynb")) == lessons


@pytest.mark.parametrize("broken", ["a file for her folder", "a file for her desk"])
def test_her_server_starts_also_where_nothing_can_be_laid(tmp_path, start, broken):
    """So that she can make room, or ask; what runs just now lies outside her disk."""
    home = tmp_path / "jovyan"
    if broken == "a file for her folder":
        home.write_text("")
    else:
        home.mkdir()
        (home / "my_work").write_text("")
    seen, told = start(home)
    assert "cannot be written" in told and not seen["JUPYTER_RUNTIME_DIR"].startswith(str(home))
