"""What the hub's README tells institutions to do is what its files and the hubs understand."""
import re

import yaml

from hub.kubernetes import checking
from launcher.environment import TOP

HUB = TOP / "notebooks" / "hub"
README = (HUB / "README.md").read_text()
# What The Littlest JupyterHub understands of what we set, read from its config_schema.py and configurer.py (version 2.0).
LITTLEST = {"limits.memory": r"\d+[KMGT]", "limits.cpu": r"\d+(\.\d+)?", "services.cull.timeout": r"\d+",
            "https.enabled": r"true|false", "https.letsencrypt.email": r"\S+@\S+", "https.letsencrypt.domains": r"[\w.]+"}


def test_the_file_shown_as_ones_own_can_be_deployed(tmp_path):
    shown, = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    own = tmp_path / "own.yaml"
    own.write_text(shown)
    assert checking.of_files([HUB / "kubernetes" / "values.yaml", own]) == []
    single = yaml.safe_load(shown)["singleuser"]["image"]
    assert README.count(f"{single['name']}:{single['tag']}") == 2       # built and pushed under this name


def test_one_version_of_the_chart():
    told, = set(re.findall(r"--version (\d+\.\d+\.\d+)", README))
    assert f"chart {told} " in (HUB / "kubernetes" / "values.yaml").read_text().splitlines()[0]


def test_the_littlest_hub_understands_what_it_is_told():
    told = re.findall(r"tljh-config (?:set|add-item) (\S+) (.+)", README)
    assert {key for key, _ in told} == LITTLEST.keys()
    assert all(re.fullmatch(LITTLEST[key], value) for key, value in told), told
    assert README.index("tljh-config add-item") < README.index("tljh-config reload")


def test_the_files_named_are_there():
    """Paths in commands and links, in the course as it lies in /srv/four-takeaways."""
    named = re.findall(r"(?:/srv/four-takeaways/|(?<=[ `]))((?:notebooks/|requirements)[\w/-]+(?:\.\w+)?)", README)
    named += [f"notebooks/hub/{link}" for link in re.findall(r"\]\(([\w/.]+)\)", README)]
    assert len(named) > 6 and [name for name in named if not (TOP / name).exists()] == []


def test_the_littlest_hub_starts_what_is_there():
    text = (HUB / "tljh.py").read_text()
    program, = re.findall(r'"/srv/four-takeaways/([\w/.]+)"', text)
    assert (TOP / program).is_file() and "/srv/four-takeaways/notebooks/hub/tljh.py" in README
