"""The programs that the builder lets work: Sphinx, JupyterLite and Node, two of them at a time."""
import subprocess
import sys
import threading

running = set()
starting = threading.Lock()
stopped = threading.Event()


def run(command: list, fault: str, cwd=None):
    """Run a program to its end; where it fails, exit with the fault and the last words of the program."""
    with starting:
        if stopped.is_set():
            sys.exit("Stopped.")
        program = subprocess.Popen([str(word) for word in command], cwd=cwd, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, text=True)
        running.add(program)
    said, _ = program.communicate()
    running.discard(program)
    if program.returncode:
        sys.exit(f"{fault}\n{said[-3000:]}")


def stop():
    """End what runs, and start nothing more: whoever stopped the build does not wait for the half that goes on."""
    with starting:
        stopped.set()
        for program in [*running]:
            program.kill()
