"""Runs inside Pyodide, under Node: packs the packages and the course as the browser will load them.

One archive in place of thirty wheels, and every module compiled by the very Python that will run it: to compile them in
the browser was most of what made the first cell slow. What no lesson can use there is left out: test suites, headers,
fonts of other alphabets.
"""
import importlib.util
import io
import os
import py_compile
import shutil
import sys
import tarfile
import zipfile
from pathlib import Path

SITE = Path("/lib/python3.12/site-packages")
COURSE = Path("/course")
UTC = Path("/usr/share/zoneinfo/UTC")
LEFT_OUT = ["**/tests", "**/test", "numpy/f2py", "numpy/_core/include", "numpy/_core/lib",
            "matplotlib/mpl-data/sample_data",
            "matplotlib/mpl-data/images", "matplotlib/mpl-data/fonts/afm", "matplotlib/mpl-data/fonts/pdfcorefonts",
            "matplotlib/mpl-data/plot_directive", "matplotlib/backends/web_backend", "matplotlib/backends/qt_editor",
            "**/*.pyi", "**/*.pxd", "**/*.pyx", "**/*.h", "**/*.a", "**/*.hpp", "**/*.js",
            "matplotlib/mpl-data/fonts/ttf/STIX*", "matplotlib/mpl-data/fonts/ttf/cm*",
            "matplotlib/mpl-data/fonts/ttf/DejaVuSerif*",
            "matplotlib/mpl-data/fonts/ttf/DejaVuSansMono-*", "matplotlib/mpl-data/fonts/ttf/DejaVuSans-BoldOblique*",
            "matplotlib/backends/_tkagg*", "PIL/_imagingcms*", "PIL/_imagingtk*", "PIL/_webp*"]
# of the 300 languages that a traceback could be coloured in
LEXERS = {"__init__.py", "_mapping.py", "python.py", "special.py"}
WANTED = ["pandas", "matplotlib.pyplot", "ipywidgets", "IPython", "piplite", "takeaways", "takeaways.explore"]


def unpack():
    for wheel in [*Path("/runtime").glob("*.whl"), *Path("/kernel").glob("*.whl")]:
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(SITE)
    shutil.copytree("/from", COURSE, dirs_exist_ok=True)


def name_utc():
    """Where dateutil looks for the one time zone that pandas asks it for; else it reads all 350
    of its own, at each start.
    """
    UTC.parent.mkdir(parents=True)
    shutil.copy(SITE / "tzdata" / "zoneinfo" / "UTC", UTC)


def leave_out():
    for pattern in LEFT_OUT:
        for path in [*SITE.glob(pattern)]:
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    for path in (SITE / "pygments" / "lexers").glob("*.py"):
        if path.name not in LEXERS:
            path.unlink()


def compile_all():
    """Of the packages only the compiled files stay; the course keeps its text, which a learner may want to read."""
    unchecked = py_compile.PycInvalidationMode.UNCHECKED_HASH
    for path in [*SITE.rglob("*.py")]:
        try:
            py_compile.compile(path, cfile=f"{path}c", dfile=str(path), doraise=True, invalidation_mode=unchecked)
            path.unlink()
        except py_compile.PyCompileError:
            pass    # a template for other versions of Python, which nobody imports
    for path in [*COURSE.rglob("*.py")]:
        py_compile.compile(path, doraise=True, invalidation_mode=unchecked)


def import_all():
    """See that what stayed is enough; and let matplotlib list its fonts, which it would do, and
    say, in the first lesson.
    """
    os.environ |= {"MPLCONFIGDIR": str(COURSE / ".matplotlib"), "MPLBACKEND": "agg"}
    sys.path.append(str(COURSE / "notebooks"))
    for name in WANTED:
        importlib.import_module(name)


def write_archive():
    """The same bytes from the same files: its name can hold its hash. Whoever asked for it makes it small, more quickly
    than this Python can.
    """
    with tarfile.open("/out/course.tar", mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for root in (SITE, COURSE, UTC.parent):
            for path in sorted(path for path in root.rglob("*") if path.is_file()):
                member = tarfile.TarInfo(str(path)[1:])
                member.size = path.stat().st_size
                archive.addfile(member, io.BytesIO(path.read_bytes()))


def write_standard_library():
    """Python's own modules, compiled, in the archive that Pyodide loads first."""
    with zipfile.ZipFile("/lib/python312.zip") as before, zipfile.ZipFile("/out/python_stdlib.zip", "w",
                                                                          zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            content = before.read(name)
            if name.endswith(".py"):
                code = compile(content, f"/lib/python312.zip/{name}", "exec", dont_inherit=True)
                name, content = (f"{name}c",
                                 importlib._bootstrap_external._code_to_hash_pyc(code,
                                                                                 importlib.util.source_hash(content),
                                                                                 False))
            if not name.endswith("/"):
                after.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)


unpack()
name_utc()
leave_out()
compile_all()
import_all()
write_archive()
write_standard_library()
