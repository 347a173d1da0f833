"""Check the tables, or make them again from the publishers' files.

python3 data                 check every table (exit code 0 when all is well, 1 when not)
python3 data --from DIR      make the machine-made tables again from the publishers' files in DIR
python3 data --refresh DIR   fetch the newest files into DIR, then add what they hold
"""
import argparse
import json
import os
import sys
from pathlib import Path

if sys.version_info < (3, 11):
    sys.exit("Python 3.11 or newer is needed; this is " + sys.version.split()[0] + ".")

sys.path.insert(1, str(Path(__file__).resolve().parent.parent / "notebooks"))    # where datapackage.py is
import check  # noqa: E402
import datapackage  # noqa: E402
import make  # noqa: E402
import publishers  # noqa: E402


def main(arguments=None):
    """Run the command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python3 data", description=__doc__.split("\n")[0])
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--from", dest="source", metavar="DIR", help="folder with cbp/ and cdc/: make the "
                        "machine-made tables again, all of them, from the publishers' files in it")
    choice.add_argument("--refresh", metavar="DIR", help="fetch the publishers' newest files into DIR "
                        "(what it holds already is not fetched again) and add what is new")
    options = parser.parse_args(arguments)
    try:
        if options.refresh:
            publishers.fetch(options.refresh)
        if options.source or options.refresh:
            changed = make.remake(options.source or options.refresh, adding=bool(options.refresh))
            print("Changed: " + ", ".join(changed) + ". Now read their gaps in datapackage.json and their "
                  "cards again." if changed else "Nothing changed: every byte is the same.")
    except (publishers.SourceError, datapackage.TableFault, OSError, json.JSONDecodeError) as error:
        print(f"{error}\nNothing was written.", file=sys.stderr)
        return 1
    return check.report(make.HERE)


if __name__ == "__main__":
    try:
        code = main()
        sys.stdout.flush()
    except BrokenPipeError:  # as in: python3 data | head
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    sys.exit(code)
