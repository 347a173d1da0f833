"""Builds the web edition: the course to read on any screen, and to run in any browser, with nothing installed.

    python3 notebooks/web OUT                    builds both in the folder OUT, which any static host can serve
    python3 notebooks/web OUT --serve            and shows it on this computer, also where it is built already
    python3 notebooks/web OUT --runtime PLACE    takes the files of Pyodide from a folder or archive (tar, zip, wheel)
    python3 notebooks/web --gather FOLDER        only gathers the files of Pyodide, for a computer without internet
    python3 notebooks/web OUT --port 8899        another port to show it on

OUT gets the pages to read, and in OUT/live/ the lessons to run; it may be copied under any address, and any server of
files shows it, python3 -m http.server too. What --serve has beside that: only this computer can ask it, browsers look
each time whether a page is new, and what is not there is answered by the course's own page. A folder that holds other
things is refused. What builds it is installed in an environment of its own, .venv-web (about 600 MB). Nothing is
sent anywhere.
"""
import argparse
import os
import sys
from pathlib import Path

MARK = ".four-takeaways-web"     # lies in a folder that this program has built
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import launcher  # noqa: E402, F401  (says so if this Python is too old; what follows would not even be read)


def main(words):
    if "--help" in words or "-h" in words:
        sys.exit(__doc__)
    arguments = read(words)
    if arguments.serve and is_built(arguments.out):
        import serving

        sys.exit(serving.show(arguments.out, arguments.port))
    # An environment beside the course's own: JupyterLite would otherwise appear in the JupyterLab of learners.
    environment_of_course = os.environ.get("TAKEAWAYS_ENV") or str(HERE.parents[1] / ".venv")
    os.environ["TAKEAWAYS_ENV"] = environment_of_course.rstrip("/\\") + "-web"
    from launcher import environment

    environment.prepare(environment.COURSE, environment.WEB)
    environment.hand_over(HERE / "building.py", *words)


def read(words):
    usage = __doc__.split("\n\n")[1].strip()
    parser = argparse.ArgumentParser(prog="python3 notebooks/web", add_help=False, usage=usage)
    parser.add_argument("out", nargs="?", type=Path)
    parser.add_argument("--runtime", type=Path)
    parser.add_argument("--gather", type=Path)
    parser.add_argument("--serve", action="store_true")
    parser.add_argument("--port", type=port, default=8899)
    arguments = parser.parse_args(words)
    if not (arguments.out or arguments.gather):
        parser.error("name the folder to build in, such as ../four-takeaways-web")
    if arguments.runtime and not os.access(arguments.runtime, os.R_OK):
        parser.error(f"there is no {arguments.runtime} that you may read")
    if arguments.out and (fault := in_the_way(arguments.out)):
        parser.error(f"{arguments.out} {fault}: name a new folder, or an empty one")
    return arguments


def port(word):
    if word.isascii() and word.isdigit() and int(word) < 65536:
        return int(word)
    raise argparse.ArgumentTypeError(f"{word} is no port: name a number from 0, which takes a free one, to 65535")


def in_the_way(out):
    """What speaks against building in a folder; nothing where it is new or empty or was built before."""
    if HERE.parents[1] in (out.resolve(), *out.resolve().parents):
        return "lies in the folder of the course, which would take it for a part of itself"
    try:
        if out.exists() and not out.is_dir():
            return "is a file"
        if out.exists() and not (out / MARK).exists() and any(out.iterdir()):
            return "holds other things, which would be lost"
    except OSError as fault:
        return f"cannot be read ({fault.strerror})"
    return ""


def is_built(out):
    return (out / "live" / "edition.json").exists()


if __name__ == "__main__":
    main(sys.argv[1:])
