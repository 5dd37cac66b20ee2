"""Tables of things, whose state is none of work: machines, processes, packages, test runs, what a board can do."""

from __future__ import annotations

import pytest

from miner.parse.tables import read_tables

from ..mails import parsed

MACHINES = """\
 Id   Name       State
----------------------------
 1    vm-loom    running
 2    vm-reed    paused
 -    vm-shed    shut off
"""
PROCESSES = """\
Task     Pid   State
-------- ----- --------
weftd    12    blocked
shell    13    active
dd       14    stalled
"""
UNITS = """\
Name          Load     State
------------- -------- ----------
weft.service  loaded   active
reed.service  loaded   closed
"""
RUNS = """\
| Task      | Branch | Status    | Link                    |
|-----------|--------|-----------|-------------------------|
| build x86 | next   | PASS      | https://ci.example.org/1 |
| build arm | next   | cancelled | https://ci.example.org/2 |
| soak      | next   | FAIL (3)  | https://ci.example.org/3 |
"""
BOARD = """\
| Feature | Status      | Notes         |
|---------|-------------|---------------|
| sound   | working     |               |
| camera  | broken      | no firmware   |
| modem   | in progress | other branch  |
"""
PODS = """\
| Name   | Status    | Assigned to |
|--------|-----------|-------------|
| weft-1 | Running   | node1       |
| weft-2 | Pending   | node2       |
| weft-3 | Completed | node3       |
"""
STEPS = """\
- name: weft is there
  package: weft
  state: present
- name: weft runs
  service:
    unit: weft
    state: started
"""
SCRUB = """\
Item     Device   Progress
-------- -------- --------
rebuild  sda      37%
scrub    sdb      100%
"""
THREADS = """\
| Name   | State    | Priority |
|--------|----------|----------|
| weftd  | blocked  | 10       |
| shell  | finished | 20       |
"""
BUILDS = RUNS.replace("PASS  ", "queued").replace("FAIL (3)", "finished")
OPTIONS = """\
| Feature    | State    |
|------------|----------|
| WEFT_DEBUG | enabled  |
| WEFT_CACHE | on hold  |
"""


def titles(body: str) -> list[str]:
    return [row.title for row in read_tables(parsed("m@example.org", f"Hi,\n\n{body}\nAda\n")).rows]


@pytest.mark.parametrize(
    "body",
    [MACHINES, PROCESSES, UNITS, RUNS, BOARD, PODS, STEPS, SCRUB, OPTIONS, THREADS, BUILDS],
    ids=["machines", "processes", "units", "runs", "board", "pods", "steps", "scrub", "options", "threads", "builds"],
)
def test_a_table_of_things_is_no_list_of_work(body: str) -> None:
    assert titles(body) == []
    assert titles("".join(f"> {line}\n" for line in body.splitlines())) == []


@pytest.mark.parametrize(
    ("body", "count"),
    [
        (MACHINES.replace("running", "v2 posted").replace("shut off", "merged"), 3),
        (BOARD.replace("working", "merged"), 3),
        (BOARD.replace("Notes  ", "Owner  ").replace("broken", "in review"), 3),
        ("| Name | Status |\n|---|---|\n| shed | done |\n| reed | in progress |\n", 2),
        ("| Item | Owner | Status |\n|---|---|---|\n| shed | Ada | paused |\n| reed | Bo | 50% |\n", 2),
    ],
    ids=["by name alone", "one is broken", "one works", "done", "paused"],
)
def test_words_of_work_tell_that_it_is_one(body: str, count: int) -> None:
    assert len(titles(body)) == count


def test_one_table_of_things_takes_no_other_with_it() -> None:
    assert titles(f"{RUNS}\n\n| Task | Owner | Status |\n|---|---|---|\n| shed | Bo | in review |\n") == ["shed"]


PACKAGES = """\
| Package | Version | Status    |
|---------|---------|-----------|
| libwarp | 1.2     | installed |
| reed    | 1.0     |
| loom    | 1.0     | closed    | see below |
"""


@pytest.mark.parametrize(("body", "count"), [(PACKAGES, 2), (MACHINES, 3), (PACKAGES.replace("Status", "Licence"), 0)])
def test_rows_of_other_tables_with_a_state_are_told_as_such(body: str, count: int) -> None:
    mail = parsed("m@example.org", f"Hi,\n\n{body}\nAda\n")
    assert len(read_tables(mail).things) == count
    assert (read_tables(mail).rows, read_tables(mail).problems) == ((), ())
