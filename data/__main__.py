"""Check the tables, or make them again from the publishers' files.

python3 data                 check every table (exit code 0 when all is well, 1 when not)
python3 data --from DIR      make the machine-made tables again from the publishers' files in DIR
python3 data --refresh DIR   fetch the newest files into DIR, then add what they hold
python3 data --add DIR       add what the files in DIR hold, without the network
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
import experience  # noqa: E402
import make  # noqa: E402
import publishers  # noqa: E402


def main(arguments=None):
    """Run the command line; returns the exit code."""
    options = command_line().parse_args(arguments)
    if options.only and options.refresh is None:
        command_line().error("--only goes with --refresh")
    folder = next((one for one in (options.source, options.refresh, options.add) if one is not None), None)
    if folder is None:
        return check.report(make.HERE)
    try:
        if options.refresh is not None:
            refresh(folder, options)
        changed = make.remake(folder, adding=options.source is None, accept=options.accept, say=print)
        print("Changed: " + ", ".join(changed) + ". Now read their gaps in datapackage.json and their "
              "cards again." if changed else "Nothing changed: every byte is the same.")
    except (publishers.SourceError, datapackage.TableFault, OSError, json.JSONDecodeError) as error:
        print(f"{error}\nNo table was written.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. No table was written.", file=sys.stderr)
        return 1
    return check.report(make.HERE)


def command_line():
    """The options of the command."""
    parser = argparse.ArgumentParser(prog="python3 data", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--from", dest="source", metavar="DIR", help="folder with the publishers' files, in it or in "
                                                                     "its cbp/ and "
                        "cdc/: make the machine-made tables again, all of them")
    choice.add_argument("--refresh", metavar="DIR", help="ask the publishers for what is newer, save it in DIR, and "
                                                         "add it")
    choice.add_argument("--add", metavar="DIR", help="add what the files in DIR hold, for instance saved with a "
                                                     "browser")
    parser.add_argument("--only", choices=["cbp", "cdc"], help="with --refresh: ask this publisher alone")
    parser.add_argument("--accept", action="append", default=[], choices=experience.WORDS, metavar="WORD",
                        help="let through what goes beyond what has been seen so far: " + ", ".join(experience.WORDS))
    return parser


def refresh(folder, options):
    """Fetch into the folder, in the environment of the course where this Python has no HTTP client."""
    try:
        import requests  # noqa: F401
    except ImportError:
        from launcher import environment
        environment.prepare(environment.COURSE)
        environment.hand_over(os.path.dirname(os.path.abspath(__file__)), *sys.argv[1:])
    import fetching
    saved = fetching.fetch(folder, make.HERE, options.accept, options.only)
    print(f"Saved in {folder}: {', '.join(saved)}." if saved else "The publishers have nothing newer than the folder.")


if __name__ == "__main__":
    try:
        code = main()
        sys.stdout.flush()
    except BrokenPipeError:  # as in: python3 data | head
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    sys.exit(code)
