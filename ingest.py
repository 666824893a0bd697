"""Staff's door: `python ingest.py PATH…` is `kb ingest PATH…`."""

import sys

from kb.cli import main

if __name__ == "__main__":
    sys.argv[1:1] = ["ingest"]
    main()
