"""The command line: results on stdout, progress on stderr, `--json` where a machine reads.

Exit codes: 0 done, 1 a check failed or something broke, 2 the words were wrong, 3 not found, 4 somebody was faster,
5 not available now.
"""

from segue.app.cli.main import main

__all__ = ["main"]
