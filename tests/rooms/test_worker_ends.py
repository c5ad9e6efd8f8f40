"""A worker that is told to end: what it does by the clock comes to its end, or is cut short without alarm."""

from __future__ import annotations

import json
import os
import subprocess
import sys

ENDS = """
import sys, time
from segue.app import log, running, schedule
from segue.app.settings import Settings

def soon_done(house, mind, now):
    sys.stderr.write("begun\\\\n")
    for _ in range(50):
        house.db.one("select 1")
        time.sleep(0.03)
    sys.stderr.write("done\\\\n")

def goes_on(house, mind, now):
    while True:
        house.db.one("select 1")
        time.sleep(0.03)

schedule.EVERY = {
    "soon done": schedule.Job(1000, soon_done, is_slow=True), "goes on": schedule.Job(1000, goes_on, is_slow=True)
}
schedule.LAST = 2.0
log.set_up("info")
from segue.store.database import Database
close = Database.close
def and_a_moment_more(self):
    close(self)
    time.sleep(0.2)  # as the process takes to end
Database.close = and_a_moment_more
running.run_worker(Settings(database_url=sys.argv[1], encoder="standin"))
""".replace("\\\\n", "\\n")


def test_a_worker_that_is_told_to_end_says_nothing_of_a_closed_pool(database_url: str) -> None:
    command = [sys.executable, "-c", ENDS, database_url]
    told = []
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=dict(os.environ)) as worker:
        assert worker.stderr
        for line in worker.stderr:
            told.append(line.strip())
            if told[-1] == "begun":
                worker.terminate()

    assert worker.returncode == 0
    assert "done" in told
    events = [json.loads(line) for line in told if line.startswith("{")]
    assert [event for event in events if event["level"] in ("warning", "error")] == []
    assert [(event["event"], event["job"]) for event in events] == [("job.cut_short", "goes on")]
