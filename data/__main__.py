"""Check the tables, or make them again from the publishers' files.

python3 data                 check every table (exit code 0 when all is well, 1 when not)
python3 data --from DIR      make the machine-made tables again from the publishers' files in DIR
python3 data --refresh DIR   fetch the newest files into DIR, then add what they hold

With --dry-run nothing is written but the report on what would move (data/moved.md). Exit code: 0 nothing moved, 3 moved and
every sentence of the lessons holds, 4 a person is needed, 1 refused: nothing was written. UPDATING.md has the steps.
"""
import argparse
import json
import os
import sys

if sys.version_info < (3, 11):
    sys.exit("Python 3.11 or newer is needed; this is " + sys.version.split()[0] + ".")

DATA = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(1, os.path.join(os.path.dirname(DATA), "notebooks"))    # datapackage.py is there
import check  # noqa: E402
import datapackage  # noqa: E402
import make  # noqa: E402
import publishers  # noqa: E402
from datapackage import replacing  # noqa: E402
import updating  # noqa: E402


def main(arguments=None):
    """Run the command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python3 data", description=__doc__.split("\n")[0])
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--from", dest="source", metavar="DIR", help="folder with cbp/ and cdc/: make the "
                        "machine-made tables again, all of them, from the publishers' files in it")
    choice.add_argument("--refresh", metavar="DIR", help="fetch the publishers' newest files into DIR "
                        "(what it holds already is not fetched again) and add what is new")
    parser.add_argument("--dry-run", action="store_true", help="say what would move, and write nothing else")
    options = parser.parse_args(arguments)
    if options.dry_run and not (options.source or options.refresh):
        parser.error("--dry-run goes with --from or --refresh")
    before = as_it_is()
    try:
        if options.refresh:
            publishers.fetch(options.refresh)
        if options.source or options.refresh:
            return updating.update(options.source or options.refresh, adding=bool(options.refresh), dry=options.dry_run)
    except (publishers.SourceError, datapackage.TableFault, replacing.Busy, OSError, json.JSONDecodeError) as error:
        print(f"{error}\nNothing was written.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        replacing.finish(make.HERE)
        done = as_it_is() != before
        print("\nStopped. " + ("The new tables are in place, all of them." if done else "Nothing was written."), file=sys.stderr)
        return 1
    return check.report(make.HERE)


def as_it_is():
    """The data package as its file holds it, which changes with every table; None when it is missing."""
    path = make.HERE / datapackage.FILE
    return path.read_bytes() if path.exists() else None


if __name__ == "__main__":
    try:
        code = main()
        sys.stdout.flush()
    except BrokenPipeError:  # as in: python3 data | head
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    sys.exit(code)
