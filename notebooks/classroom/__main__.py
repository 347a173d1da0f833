"""Makes the teacher's kit from the lessons as they are stored: guide, slides, handouts, key, samples, a negotiation.

    python3 notebooks/classroom OUT              the kit in the folder OUT, with PDFs where Chromium is installed
    python3 notebooks/classroom OUT --no-pdf     pages only, ready to print
    python3 notebooks/classroom collect FOLDER   reads what a class hands in, and runs none of it
    python3 notebooks/classroom --nbgrader DIR   an assignment for a class that uses nbgrader
    python3 notebooks/classroom --look           after a change of a lesson: what in the plans to read again

On Windows: py notebooks/classroom. No lesson is run, and no network is needed once the course is set up. The folder
begins with index.html. A folder that holds other things is left alone; a kit that was made before is made anew.
"""

import os
import sys

NOTEBOOKS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, NOTEBOOKS)
import launcher  # noqa: E402, F401  (says so if this Python is too old; what follows would not even be read)


def main(arguments):
    if not arguments or arguments[0] in ("--help", "-h"):
        sys.exit(__doc__)
    if fault := fault_in(arguments):    # told before anything is set up or imported
        sys.exit(fault)
    from launcher import environment

    if not environment.is_inside():
        environment.prepare(environment.COURSE)
        environment.hand_over(os.path.dirname(os.path.abspath(__file__)), *arguments)
    if arguments[0] == "collect":
        from classroom import collect

        sys.exit(collect.main(arguments[1:]))
    if arguments[0] == "--nbgrader":
        return assign(arguments[1])
    if arguments == ["--look"]:
        from classroom import plans

        sys.exit(bool(plans.look()))
    make(arguments)


def fault_in(arguments):
    """What is wrong with the words of a command line, in a sentence; None where nothing is, and of `collect`, which
    judges its own.
    """
    if arguments[0] == "collect" or arguments == ["--look"]:
        return None
    if arguments[0] == "--nbgrader":
        return None if len(arguments) == 2 else "Name one folder to write the assignment into. See --help."
    unknown = [one for one in arguments if one.startswith("-") and one != "--no-pdf"]
    if unknown:
        return f"{unknown[0]} is no option of this command."
    return None if len(folders_in(arguments)) == 1 else "Name one folder to write the kit into. See --help."


def folders_in(arguments):
    return [one for one in arguments if not one.startswith("-")]


def assign(folder):
    """Write the assignment for nbgrader, or say what stood in the way."""
    from pathlib import Path

    from classroom import nbgrader_export

    try:
        nbgrader_export.export(Path(folder).expanduser())
    except OSError as fault:
        sys.exit(f"Not made: {fault}")
    print(f"The assignment is in {folder}; in that folder: nbgrader generate_assignment four_takeaways")


def make(arguments):
    """Write the kit, and say in a sentence what was written or what stood in the way."""
    from pathlib import Path

    from classroom import kit

    [folder] = folders_in(arguments)
    try:
        print(kit.write(Path(folder).expanduser(), pdf="--no-pdf" not in arguments))
    except (ValueError, OSError) as fault:
        sys.exit(f"Not made: {fault}")


if __name__ == "__main__":
    main(sys.argv[1:])
