"""``hotseat`` and ``python -m hotseat``."""

import sys


def main() -> None:
    """Runs the command line. Ctrl+C ends it without a traceback even while it is being imported, which takes a second."""
    try:
        from hotseat.cli.main import main as run

        run()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
