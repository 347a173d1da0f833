"""Builds the web edition, in the environment that `python3 notebooks/web` has made ready."""
import datetime
import hashlib
import importlib.util
import json
import shutil
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

STOPPED = "\nStopped. What was built before stays as it was; the next start builds afresh."

try:
    import live_edition
    import programs
    import reading_edition      # with all that the lessons import, which takes seconds
    import runtime
    import serving

    from launcher import copies, environment
except KeyboardInterrupt:
    sys.exit(STOPPED)

HERE = Path(__file__).resolve().parent
KEPT = environment.ENV / f"pyodide-{runtime.RELEASE}"   # the gathered runtime, for the next build
MEGABYTES_NEEDED = 200      # free while it is built; measured: 147


def command():
    """The program's own command line, from its __main__.py."""
    spec = importlib.util.spec_from_file_location("web_command", HERE / "__main__.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


COMMAND = command()


def main(words):
    arguments = COMMAND.read(words)
    try:
        if arguments.gather:
            print(f"The files of Pyodide lie in {runtime.gather(arguments.gather, arguments.runtime)}.")
        if arguments.out:
            make(arguments.out.absolute(), runtime.gather(KEPT, arguments.runtime))
    except runtime.RuntimeFault as fault:
        sys.exit(str(fault))
    except OSError as fault:
        sys.exit(f"{fault.filename or 'A file'} cannot be written or read ({fault.strerror or str(fault)[:200]}). Name "
                 f"another folder to build in.")
    except KeyboardInterrupt:
        sys.exit(STOPPED)
    if arguments.serve:
        serving.show(arguments.out, arguments.port)


def make(out: Path, official: Path):
    """Build both editions in a corner of the folder, and put them into their place when both are whole.

    In the folder itself, which may be a disk of its own or be shown by a server meanwhile.
    """
    out.mkdir(parents=True, exist_ok=True)
    (out / COMMAND.MARK).write_text("Built by python3 notebooks/web; the next build replaces all that lies here.\n",
                                    encoding="utf-8")
    if shutil.disk_usage(out).free < MEGABYTES_NEEDED * 1e6:
        sys.exit(f"There is no room in {out}: while it is built the web edition needs {MEGABYTES_NEEDED} MB. Make "
                 f"room, or name a folder on another disk.")
    with tempfile.TemporaryDirectory(prefix=".unfinished-", dir=out) as corner:
        fresh, live, before = (Path(corner) / name for name in ("pages", "live", "before"))
        edition = edition_of_course()
        print("The reading edition and the live edition ...", flush=True)
        with ThreadPoolExecutor() as workers:       # each mostly waits for another program
            building = workers.submit(live_edition.build, live, official, edition)
            try:
                reading_edition.build(fresh, edition)
                building.result()
            except BaseException:
                programs.stop()
                raise
        live.rename(fresh / "live")
        exchange(out, fresh, before, but={COMMAND.MARK, Path(corner).name})
    print(f"Built in {out}: {size(out):.0f} MB, of which live/ {size(out / 'live'):.0f} MB.")


def exchange(out, fresh, before, but):
    """Move what is fresh to where it is shown, and what was there out of the way, within one disk, which takes no time.

    Where that fails or is stopped, all is moved back.
    """
    before.mkdir()
    moves = [(path, before / path.name) for path in out.iterdir() if path.name not in but]
    moves += [(path, out / path.name) for path in fresh.iterdir()]
    try:
        for here, there in moves:
            here.rename(there)
    except BaseException:
        for here, there in reversed(moves):
            if not here.exists():
                there.rename(here)
        raise


def edition_of_course() -> dict:
    """What tells one edition from another: a name for the whole, its date, and of each lesson its title
    and a name for its text.
    """
    lessons = {path.name: {"title": title_of(path), "edition": copies.edition(path)} for path in live_edition.LESSONS}
    whole = hashlib.sha256(json.dumps(lessons).encode())
    packages = [environment.NOTEBOOKS / name for name in ("takeaways", "datapackage")]
    code = [path for package in packages for path in sorted(package.rglob("*.py"))]
    for path in code + sorted((environment.TOP / "data").glob("*.csv")):
        whole.update(path.read_bytes())
    return {"edition": whole.hexdigest()[:12], "date": f"{datetime.date.today()}", "lessons": lessons}


def title_of(lesson):
    return json.loads(lesson.read_text(encoding="utf-8"))["cells"][0]["source"][0].lstrip("# ").strip()


def size(folder):
    """Megabytes of a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


if __name__ == "__main__":
    main(sys.argv[1:])
