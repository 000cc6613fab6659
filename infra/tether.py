"""Run a command that dies with its parent: `python -S -E -s infra/tether.py PARENT_PID COMMAND…`.

A file of its own that imports next to nothing, since it stands before every child process that we start. On Linux the
kernel is asked (prctl PR_SET_PDEATHSIG, which outlives exec) to send SIGKILL when the thread that forked us ends, so not even
a SIGKILL of the parent leaves an orphan. Elsewhere the command runs untethered, and the next start ends what it finds.
"""

import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Tie this process to its parent, then become the command."""
    parent, command = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        import ctypes  # noqa: PLC0415  (only where it is used: this stands in the start-up path of every process)

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:  # it died before we asked
            sys.exit(1)
    os.execv(command[0], command)  # noqa: S606  (no shell is meant)


if __name__ == "__main__":
    main()
