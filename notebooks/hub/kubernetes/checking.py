"""Whether values for the chart can be deployed: misspelt keys, wrong types, blanks left open, limits below guarantees.

    of_files([Path("values.yaml"), Path("own.yaml")])           # a list of sentences, empty when all is well
    of_files([Path("values.yaml")], chart=Path("jupyterhub"))   # held against the chart's own schema as well
"""
import re
from pathlib import Path

import jsonschema
import yaml

BLANK = "FILL-IN"
NUMBER, WHOLE, WORDS, SWITCH = "a number", "a whole number", "text", "true or false"
LIST, ANYTHING = "a list", "settings"
TYPES = {NUMBER: (int, float), WORDS: str, SWITCH: bool, WHOLE: int, LIST: list, ANYTHING: dict}

# The keys of the chart that these settings use, and those that an institution is likely to add, with what each takes:
# read from values.schema.yaml of the chart (version 4.4 of Zero to JupyterHub), against which tests/test_kubernetes.py
# holds them.
KEYS = {
    "hub.activeServerLimit": [WHOLE],
    "hub.concurrentSpawnLimit": [WHOLE],
    "hub.config": [ANYTHING],
    "hub.db.pvc.storageClassName": [WORDS],
    "hub.extraEnv": [ANYTHING, LIST],
    "hub.nodeSelector": [ANYTHING],
    "hub.resources": [ANYTHING],
    "imagePullSecrets": [LIST],
    "ingress.enabled": [SWITCH],
    "ingress.annotations": [ANYTHING],
    "ingress.hosts": [LIST],
    "ingress.ingressClassName": [WORDS],
    "ingress.tls": [LIST],
    "proxy.https.enabled": [SWITCH],
    "proxy.https.hosts": [LIST],
    "proxy.https.letsencrypt.contactEmail": [WORDS],
    "proxy.https.secret.name": [WORDS],
    "proxy.https.type": [WORDS],
    "proxy.service.annotations": [ANYTHING],
    "proxy.service.loadBalancerIP": [WORDS],
    "proxy.service.type": [WORDS],
    "singleuser.allowPrivilegeEscalation": [SWITCH],
    "singleuser.cmd": [LIST, WORDS],
    "singleuser.cpu.guarantee": [NUMBER],
    "singleuser.cpu.limit": [NUMBER],
    "singleuser.defaultUrl": [WORDS],
    "singleuser.extraEnv": [ANYTHING, LIST],
    "singleuser.extraResource.guarantees": [ANYTHING],
    "singleuser.extraResource.limits": [ANYTHING],
    "singleuser.image.name": [WORDS],
    "singleuser.image.pullSecrets": [LIST],
    "singleuser.image.tag": [WORDS],
    "singleuser.memory.guarantee": [NUMBER, WORDS],
    "singleuser.memory.limit": [NUMBER, WORDS],
    "singleuser.networkPolicy.enabled": [SWITCH],
    "singleuser.networkPolicy.egressAllowRules.cloudMetadataServer": [SWITCH],
    "singleuser.networkPolicy.egressAllowRules.dnsPortsCloudMetadataServer": [SWITCH],
    "singleuser.networkPolicy.egressAllowRules.dnsPortsKubeSystemNamespace": [SWITCH],
    "singleuser.networkPolicy.egressAllowRules.dnsPortsPrivateIPs": [SWITCH],
    "singleuser.networkPolicy.egressAllowRules.nonPrivateIPs": [SWITCH],
    "singleuser.networkPolicy.egressAllowRules.privateIPs": [SWITCH],
    "singleuser.nodeSelector": [ANYTHING],
    "singleuser.startTimeout": [WHOLE],
    "singleuser.storage.capacity": [WORDS],
    "singleuser.storage.dynamic.storageClass": [WORDS],
    "singleuser.storage.homeMountPath": [WORDS],
    "singleuser.storage.static.pvcName": [WORDS],
    "singleuser.storage.static.subPath": [WORDS],
    "singleuser.storage.type": [WORDS],
    "scheduling.podPriority.enabled": [SWITCH],
    "scheduling.userPlaceholder.enabled": [SWITCH],
    "scheduling.userPlaceholder.replicas": [WHOLE],
    "scheduling.userPods.nodeAffinity.matchNodePurpose": [WORDS],
    "scheduling.userScheduler.enabled": [SWITCH],
    "prePuller.continuous.enabled": [SWITCH],
    "prePuller.hook.enabled": [SWITCH],
    "cull.enabled": [SWITCH],
    "cull.every": [WHOLE],
    "cull.timeout": [WHOLE],
    "cull.users": [SWITCH],
}
ONE_OF = {
    "proxy.https.type": ["letsencrypt", "manual", "offload", "secret"],
    "proxy.service.type": ["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"],
    "scheduling.userPods.nodeAffinity.matchNodePurpose": ["ignore", "prefer", "require"],
    "singleuser.storage.type": ["dynamic", "static", "none"],
}
BYTES = {"K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}


class NoTwice(yaml.SafeLoader):
    """YAML in which a key that stands twice is an error, not a silent choice of the later one."""

    def construct_mapping(self, node, deep=False):
        names = [self.construct_object(key) for key, _ in node.value]
        twice = [name for place, name in enumerate(names) if name in names[:place]]
        if twice:
            raise yaml.constructor.ConstructorError(None, None, f"{', '.join(map(str, twice))} stands twice",
                                                    node.start_mark)
        return super().construct_mapping(node, deep)


def read(path):
    """The values of one file. Raises ValueError with a sentence for whatever is not a file of values."""
    try:
        values = yaml.load(path.read_text(encoding="utf-8"), NoTwice)
    except OSError as error:
        raise ValueError(f"{path} cannot be read ({error.strerror}).") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is not YAML: {' '.join(str(error).split())}") from None
    if not isinstance(values, dict):
        raise ValueError(f"{path} holds no settings: a file of values has lines such as `hub:`.")
    return values


def merged(values, more):
    """As helm does it: sections are merged, all else is replaced, and an empty value takes the key away."""
    both = dict(values)
    for name, value in more.items():
        if value is None:
            both.pop(name, None)
        elif isinstance(value, dict) and isinstance(both.get(name), dict):
            both[name] = merged(both[name], value)
        else:
            both[name] = value
    return both


def leaves(values, above=""):
    """Each setting with its key from the top, such as ("cull.timeout", 3600)."""
    for name, value in values.items():
        key = f"{above}{name}"
        if key not in KEYS and isinstance(value, dict) and value:
            yield from leaves(value, key + ".")
        else:
            yield key, value


def of_files(paths, chart=None):
    """What keeps the values of these files, the later ones after the earlier, from being deployed: one sentence each.

    chart: the folder of the unpacked chart, which knows all of its keys; without it, those that stand in KEYS.
    Raises ValueError with a sentence where a file cannot be read.
    """
    values = {}
    for path in paths:
        values = merged(values, read(path))
    settings = dict(leaves(values))
    found = [*(against_chart(values, chart) if chart else unknown(settings)), *wrong(settings)]
    return [*found, *open_blanks(values), *(() if found else against_itself(settings))]


def against_chart(values, chart):
    """As helm does before it installs: our values over the chart's own, held against its schema."""
    schema = next(filter(Path.exists, (chart / f"values.schema.{form}" for form in ("json", "yaml"))), None)
    if schema is None:
        raise ValueError(f"{chart} is not the folder of the chart: it has no values.schema.json.")
    for error in jsonschema.Draft7Validator(read(schema)).iter_errors(merged(read(chart / "values.yaml"), values)):
        yield f"{'.'.join(map(str, error.absolute_path)) or 'At the top'}: {error.message[:300]}."


def unknown(settings):
    for key in settings:
        if key not in KEYS:
            yield (f"{key} is none of the chart's keys that are known here. Is it misspelt? --chart FOLDER knows them "
                   "all.")


def wrong(settings):
    for key, value in settings.items():
        takes = KEYS.get(key, [])
        if takes and not any(fits(value, one) for one in takes):
            yield f"{key} takes {' or '.join(takes)}, not {value!r}."
        elif value not in ONE_OF.get(key, [value, BLANK]):
            yield f"{key} is one of {', '.join(ONE_OF[key])}, not {value!r}."


def fits(value, takes):
    if isinstance(value, bool):     # which Python counts among the whole numbers
        return takes == SWITCH
    return isinstance(value, TYPES[takes])


def open_blanks(values, above=""):
    for name, value in values.items():
        if isinstance(value, dict):
            yield from open_blanks(value, f"{above}{name}.")
        elif BLANK in str(value):
            yield f"{above}{name} still says {BLANK}: it is yours to say, in your own file."


def against_itself(settings):
    """What each for itself is well-formed and together cannot work, or should not."""
    for what in ("memory", "cpu"):
        least, most = (amount(settings.get(f"singleuser.{what}.{which}")) for which in ("guarantee", "limit"))
        for which, size in (("guarantee", least), ("limit", most)):
            if size == "?":
                yield (f"singleuser.{what}.{which} is {settings[f'singleuser.{what}.{which}']!r}. JupyterHub reads a "
                       "number with K, M, G or T behind it (512M), without the i of Kubernetes.")
        if "?" not in (least, most) and None not in (least, most) and least > most:
            yield f"singleuser.{what}: the guarantee is above the limit. Raise the limit."
    if settings.get("singleuser.image.tag") == "latest":
        yield "singleuser.image.tag is latest, which is another image on each node. Name one edition."
    if settings.get("scheduling.userPlaceholder.replicas") and not settings.get("scheduling.podPriority.enabled"):
        yield "Placeholders yield to nobody while scheduling.podPriority.enabled is false. Switch it on."
    if named(settings, "hub.config", "JupyterHub", "authenticator_class") in (None, "dummy"):
        yield "hub.config.JupyterHub.authenticator_class: without one, or with dummy, anybody gets in. Name yours."
    if not settings.get("proxy.https.enabled") and not settings.get("ingress.tls"):
        yield "Passwords would travel unencrypted: switch on proxy.https.enabled, or name a certificate in ingress.tls."
    yield from two_homes(settings)


def two_homes(settings):
    home = settings.get("singleuser.storage.homeMountPath")
    desk = named(settings, "singleuser.extraEnv", "TAKEAWAYS_DESK")
    if home and not f"{desk}/".startswith(f"{home}/"):
        yield f"TAKEAWAYS_DESK is {desk}, outside her disk {home}: her work would be lost with the server."


def named(settings, key, *names):
    """What stands under these names in a setting that is a mapping; None where there is no such thing."""
    value = settings.get(key)
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def amount(value):
    """A guarantee or a limit as a number, memory in bytes; None where there is none, "?" for what is no number."""
    if value is None or isinstance(value, (int, float)):
        return value
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([KMGT])", value)
    return float(found[1]) * BYTES[found[2]] if found else "?"
