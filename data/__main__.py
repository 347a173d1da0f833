"""Check the tables, or make them again from the publishers' files.

python3 data                 check every table (exit code 0 when all is well, 1 when not)
python3 data --from DIR      make the machine-made tables again from the publishers' files in DIR
python3 data --refresh DIR   fetch the newest files into DIR, then add what they hold
python3 data --add DIR       add what the files in DIR hold, without the network
python3 data --seal TABLE    after an edit by hand: show what changed and renew checksum, size and as-of date;
                             for a new file in data/, lay a form to fill in and then enter it

With --dry-run, --from, --refresh and --add leave the tables as they are, and data/moved.md says what would move. Their
exit code: 0 nothing moved; 3 moved, and every sentence of the lessons holds; 4 a person is needed; 1 refused, no table
was written. UPDATING.md has the steps.
"""
import argparse
import json
import os
import sys
from pathlib import Path

if sys.version_info < (3, 11):
    sys.exit("Python 3.11 or newer is needed; this is " + sys.version.split()[0] + ".")

sys.path.insert(1, str(Path(__file__).resolve().parent.parent / "notebooks"))    # where the package datapackage is
import check  # noqa: E402
import datapackage  # noqa: E402
import experience  # noqa: E402
import make  # noqa: E402
import moved  # noqa: E402
import publishers  # noqa: E402
import seal  # noqa: E402
import updating  # noqa: E402
from datapackage import replacing  # noqa: E402


REFUSED = (publishers.SourceError, datapackage.TableFault, replacing.Busy, OSError, json.JSONDecodeError)


def main(arguments=None):
    """Run the command line; returns the exit code."""
    options = command_line().parse_args(arguments)
    misplaced(options)
    try:
        if options.seal:
            seal.seal(options.seal, make.HERE, options.as_of, options.as_of_text)
            return look()
    except (seal.SealError, *REFUSED) as error:
        print(f"{error}\nNothing was sealed.", file=sys.stderr)
        return 1
    given = {"from": options.source, "refresh": options.refresh, "add": options.add}
    how, folder = next(((name, value) for name, value in given.items() if value is not None), (None, None))
    return look() if folder is None else update(folder, how, options)


def misplaced(options):
    """End with a sentence where an option stands without the one it belongs to."""
    if options.only and options.refresh is None:
        command_line().error("--only goes with --refresh")
    if (options.as_of or options.as_of_text) and not options.seal:
        command_line().error("--as-of and --as-of-text go with --seal TABLE")
    if options.dry_run and options.source is options.refresh is options.add is None:
        command_line().error("--dry-run goes with --from, --refresh or --add")


def update(folder, how, options):
    """Bring the publishers' files of a folder into the tables; returns the exit code."""
    before = as_it_is()
    try:
        if how == "refresh":
            refresh(folder, options)
        return updating.update(folder, how, options.accept, options.dry_run)
    except REFUSED as error:
        print(f"{error}\nNo table was written.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        replacing.finish(make.HERE)
        done = as_it_is() != before
        print("\nStopped. " + ("The new tables are in place, all of them." if done else "No table was written."),
              file=sys.stderr)
        return 1


def look():
    """Check every table; when all is well, name also what was compiled by hand and is overtaken."""
    code = check.report(make.HERE)
    for sentence in moved.overtaken(moved.Edition(make.HERE)) if code == 0 else ():
        print(f"Compiled by hand, and overtaken: {sentence}.")
    return code


def as_it_is():
    """The data package as its file holds it, which changes with every table; None when it is missing."""
    path = make.HERE / datapackage.FILE
    return path.read_bytes() if path.exists() else None


def command_line():
    """The options of the command."""
    parser = argparse.ArgumentParser(prog="python3 data", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--from", dest="source", metavar="DIR", help="folder with the publishers' files, in it or in "
                        "its cbp/ and cdc/: make the machine-made tables again, all of them")
    choice.add_argument("--refresh", metavar="DIR",
                        help="ask the publishers for what is newer, save it in DIR, and add it")
    choice.add_argument("--add", metavar="DIR",
                        help="add what the files in DIR hold, for instance saved with a browser")
    choice.add_argument("--seal", nargs="+", metavar="TABLE", help="tables edited by hand, or a new one: check them, "
                        "show what changed, then renew what datapackage.json says of them")
    parser.add_argument("--as-of", metavar="DATE", help="with --seal: the newest day or month that the table speaks of")
    parser.add_argument("--as-of-text", metavar="WORDS", help="with --seal: the same as it stands under a chart")
    parser.add_argument("--only", choices=["cbp", "cdc"], help="with --refresh: ask this publisher alone")
    parser.add_argument("--dry-run", action="store_true", help="write no table; say what would move")
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
