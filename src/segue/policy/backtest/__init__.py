"""What a changed policy would have done to the past, before it does anything to the future.

`replay` decides episodes again, `promised` says what another error budget would have earned, `truth` says what is known
to have been right, `load` how busy people would have been, `harm` which cases to look at first, `report` puts it
together, and `behind` names the conversations of a cell of its table.
"""

from segue.policy.backtest.behind import behind
from segue.policy.backtest.harm import SHOWN, Example
from segue.policy.backtest.promised import Walk
from segue.policy.backtest.replay import Who
from segue.policy.backtest.report import Backtest, Basis, backtest

__all__ = ["SHOWN", "Backtest", "Basis", "Example", "Walk", "Who", "backtest", "behind"]
