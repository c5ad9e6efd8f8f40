"""The command line: results on stdout, progress on stderr, `--json` where a machine reads.

Exit codes: 0 done, 1 a check failed or something broke, 2 the words were wrong, 3 not found, 4 somebody was faster,
5 not available now.
"""

import os

# One thread of linear algebra per process: our matrices are small, and threads that fight over two cores make a fit ten
# times slower. It must stand before NumPy is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from segue.app.cli.entry import main

__all__ = ["main"]
