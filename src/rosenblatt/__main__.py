"""The command line as a module: ``python -m rosenblatt``."""

import sys

from rosenblatt.cli import main

if __name__ == "__main__":
    sys.exit(main())
