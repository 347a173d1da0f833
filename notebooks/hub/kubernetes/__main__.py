"""Says whether your settings for Kubernetes can be deployed, before the cluster does.

    python3 notebooks/hub/kubernetes own.yaml                   values.yaml with your own file after it
    python3 notebooks/hub/kubernetes own.yaml --chart FOLDER    held against the chart's own schema as well; the folder
                                                                comes from: helm pull jupyterhub/jupyterhub --untar

Nothing is sent anywhere, and nothing is changed.
"""
import argparse
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))
import launcher  # noqa: E402, F401  (says so if this Python is too old; what follows would not even be read)


def main(words):
    if "--help" in words or "-h" in words:
        sys.exit(__doc__)
    form = argparse.ArgumentParser(prog="python3 notebooks/hub/kubernetes", add_help=False, allow_abbrev=False)
    form.add_argument("own", type=Path, nargs="*")
    form.add_argument("--chart", type=Path)
    chosen = form.parse_args(words)
    from launcher import environment

    if not environment.is_inside():
        environment.prepare(environment.COURSE)
        environment.hand_over(HERE, *words)
    sys.exit(told(chosen.own, chosen.chart))


def told(own, chart):
    """Print what must be changed. Returns the number for the shell: 0 when all is well."""
    from hub.kubernetes import checking

    try:
        found = checking.of_files([HERE / "values.yaml", *own], chart)
    except ValueError as error:
        found = [str(error)]
    for fault in found:
        print("-", fault)
    if not found:
        print("These settings can be deployed.")
    return min(len(found), 1)


if __name__ == "__main__":
    main(sys.argv[1:])
