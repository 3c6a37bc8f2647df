# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables are those that docs/history.md shows, its examples run, and other programs read what Limber wrote, also while it runs."""
import os
import re
import sqlite3

from filled import SESSIONS, Filled
from limbertest import SOURCE, check

with open(os.path.join(SOURCE, "docs", "history.md"), encoding="utf-8") as file:
    BLOCKS = re.findall(r"```sql\n(.*?)```", file.read(), re.DOTALL)

with Filled(SESSIONS) as home:
    database = sqlite3.connect(f"file:{home.database}?mode=ro", uri=True)

    def ask(sql, *values):
        return database.execute(sql, values).fetchall()

    tables = ask("SELECT sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rootpage")
    check("".join(f"{sql};\n" for (sql,) in tables) == BLOCKS[0], f"docs/history.md shows other tables than these:\n{tables}")
    check(ask("PRAGMA application_id") == [(1281977698,)] and ask("PRAGMA user_version") == [(1,)], "what it says it is")
    check(ask("PRAGMA journal_mode") == [("wal",)], "it has no write-ahead log")
    check(ask("PRAGMA integrity_check") == [("ok",)] and ask("PRAGMA foreign_key_check") == [], "it is not sound")
    check(len(BLOCKS) > 5, "where are the examples?")
    for sql in BLOCKS[1:]:
        rows = ask(sql)
        check(rows or "'now'" in sql, f"nothing comes of\n{sql}")
    check(ask(BLOCKS[1])[-1] == ("2026-03", 18.0), f"minutes a month: {ask(BLOCKS[1])}")
    check(("18", 4) in ask(BLOCKS[4]) or ("18", 3) in ask(BLOCKS[4]), f"hours: {ask(BLOCKS[4])}")

    check(ask("SELECT day, started_at, ended_at, utc_offset_s, routine, title, language, voice, level, detail, seed, first_side,"
              " planned_s, done_s, paused_s, outcome, effort, owner FROM sessions WHERE id = 7") ==
          [("2026-03-04", "2026-03-04T17:02:11Z", "2026-03-04T17:14:46Z", 3600, "upper-back-relief", "Upper back relief", "en", "calm",
            "normal", "full", 7, "right", 900.0, 725.0, 30.0, "stopped", "hard", None)], "a session is not as it was")
    check(ask("SELECT * FROM moves WHERE session = 7 AND position > 2") ==
          [(7, 3, "Side stretch", "side-stretch", "right", 1, 105.0, 40.0, 45.0, 5.0, 0, 0.5, "normal"),
           (7, 4, "Child's pose", "childs-pose", None, 1, 160.0, 60.0, 8.0, 0.0, 1, None, "normal")], "moves are not as they were")
    check(ask("SELECT session, place, option FROM choices") == [(6, "Pick two", "Neck rolls")], "choices")
    # A night in Berlin is an evening in UTC: the day is the local one.
    check(ask("SELECT day FROM sessions WHERE started_at LIKE '2026-02-24%'") == [("2026-02-24",)], "the local day")

    # A process that dies without a word, while another program reads.
    home.fill([("dead", "2026-03-05T19:00:00+01:00", 300, 100, 0, "running", None, None, "Dead", [])])
    check(ask("SELECT outcome, done_s FROM sessions WHERE routine = 'dead'") == [(None, 100.0)], "a session that runs")
    home.must("history")
    check(ask("SELECT outcome, owner FROM sessions WHERE routine = 'dead'") == [("interrupted", None)], "nobody noticed that it died")
    database.close()

# Names that would do harm if they were pasted into a statement.
EVIL = "x'); DROP TABLE sessions; --"
with Filled([(EVIL, "2026-03-05T19:00:00+01:00", 60, 60, 0, "finished", None, None, EVIL, [("choice", EVIL, EVIL)])]) as home:
    check(EVIL in home.must("history", "--csv", "--routine", EVIL).stdout, "a routine with such a name")
    check("No session of" in home.must("history", "--routine", "' OR 1=1 --").stdout, "such an argument")
