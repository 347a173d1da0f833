"""What to tell a person when the course could not be set up: one sentence on what is wrong and what to do."""
import sys

VERSION = "%d.%d" % sys.version_info[:2]
MEGABYTES_NEEDED = 600      # 400 for the environment, 100 to download, some room

DISK_FULL = (f"The disk is full: setting up the course takes about {MEGABYTES_NEEDED} MB. "
             "Free some space and start again.")
NOT_WRITABLE = ("The folder {place} cannot be written. Move the course to a folder of your own (or name another place "
                "for the environment in the variable TAKEAWAYS_ENV), close any JupyterLab that is open, "
                "and start again.")
NOT_TO_BE_HAD = (f"Some package is not available for Python {VERSION} on this computer. Try Python 3.13 in its 64-bit "
                 "edition, or the conda way in README.md.")
NOT_WHERE_TOLD = "Some package of the course is not where pip was told to look."

# What an installer prints, and what to tell the person who reads it. The first that fits is told.
REASONS = (
    (("No space left", "not enough space on the disk", "Disk quota exceeded"), DISK_FULL),
    (("CERTIFICATE_VERIFY_FAILED", "certificate verify failed", "invalid peer certificate"),
     "The network answered with a certificate that this computer does not trust, as some school networks do. "
     "Ask whoever runs the network, or set up the course on another one; then start again."),
    (("name resolution", "getaddrinfo failed", "nodename nor servname", "Network is unreachable", "No route to host",
      "Failed to establish a new connection", "Failed to resolve", "Connection refused", "Connection reset",
      "timed out", "Cannot connect to proxy", "dns error", "error sending request"),
     "The packages of the course cannot be downloaded. Connect to the internet "
     "(it is needed once, about 100 MB) and start again."),
    (("DO NOT MATCH THE HASHES", "Hash mismatch"),
     "A package arrived damaged or altered, and was refused. Start again, if need be on another network."),
    (("Permission denied", "Read-only file system", "Access is denied", "WinError 5]", "WinError 32]"), NOT_WRITABLE),
    (("not in the environment:",),
     "The installer said that all went well, but the packages are not in the environment of the course. Start again; "
     "if it says so again, see what `python3 -m pip config list` and a virus scanner have to do with it."),
    (("No matching distribution", "no matching", "no wheels", "No solution found"), NOT_TO_BE_HAD),
)
MISLEADING = {"PIP_NO_INDEX", "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_PROXY", "PIP_CERT",
              "PIP_CLIENT_CERT"}


def explain(printed, place, settings=()):
    """One clear sentence for what an installer printed, or its last words if no sentence fits.

    place: where the environment is. settings: the variables from the person's own settings of pip with which it ran;
    where they may be why, they are named, without what they say: it may hold a password.
    """
    names = sorted(MISLEADING.intersection(settings))
    hers = (f" The settings of pip on this computer have a say in it ({', '.join(names)}; see "
            "`python3 -m pip config list`): check them, or start again without them." if names else "")
    for words, sentence in REASONS:
        if any(word.lower() in printed.lower() for word in words):
            if sentence in (DISK_FULL, NOT_WRITABLE):
                return sentence.replace("{place}", str(place))
            return (NOT_WHERE_TOLD if names and sentence == NOT_TO_BE_HAD else sentence) + hers
    last_words = "\n".join(printed.strip().splitlines()[-5:])
    return f"Setting up the course failed. The last words of the installer were:\n{last_words}{hers}"
