"""Two runs at the same time, over shared roles and shared values, while everybody calls."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from .world import FAR, NEAR

TOKEN = "tok-Vw83hdkQpe71"
PASSWORD = "kirsche-Mond-17"


def test_two_runs_at_the_same_time_and_every_call_is_answered(world):
    for name in ("one", "two"):
        world.function(name, {"API_TOKEN": TOKEN, "DB_PASSWORD": PASSWORD}, role="shared")
        world.function(f"far-{name}", {"API_TOKEN": TOKEN}, role="shared", region=FAR)
    made = world.services()
    stop = threading.Event()
    calls = {name: [0, 0] for name in world.functions}

    def call(name: str) -> None:
        while not stop.is_set():
            calls[name][0] += 1
            calls[name][1] += not world.answers(name)

    def run(pattern: str):
        return world.migrate(made, regions=(NEAR, FAR), only=(f"function:{pattern}",))

    with ThreadPoolExecutor(8) as pool:
        callers = [pool.submit(call, name) for name in world.functions]
        runs = [pool.submit(run, pattern) for pattern in ("*one", "*two")]
        results = [future.result() for future in runs]
        undone = [pool.submit(world.undo, made, result.run) for result in results]
        ends = [future.result() for future in undone]
        stop.set()
        for caller in callers:
            caller.result()
    assert [result.status for result in results] == ["done", "done"], results
    assert [end.status for end in ends] == ["undone", "undone"], ends
    assert all(total > 5 and failed == 0 for total, failed in calls.values()), calls
    assert world.all_answer()
    assert world.policies("shared") == []
    # Two undos at the same time may each find the other's function still using a shared secret;
    # what they kept goes with the next attempt.
    for result in results:
        world.undo(made, result.run)
    assert all(world.secrets(NEAR).values()) and all(world.secrets(FAR).values())
