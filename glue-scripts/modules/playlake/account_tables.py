"""How the account tables follow account events; docs/decisions/0022 says what a run makes anew."""

import json
from dataclasses import replace
from types import SimpleNamespace

from playlake.account_events import account_events
from playlake.account_state import TableState, format_state, parse_state
from playlake.runs import Run, configure, names_of, read_arguments
from playlake.s3_objects import Bucket
from playlake.snapshot_table import SnapshotTable, find_news
from playlake.state_file import StateFile

# What every job of an account table is told.
ARGUMENTS = (
    "bucket",
    "database",
    "events_table",
    "events_prefix",
    "application_id",
    "table",
    "state_key",
    "plan",
    "compression",
    "table_format",
)
OPTIONAL_ARGUMENTS = ("now",)


def read_settings(args, arguments):
    """Settings by the names of these arguments, with `run_id` and `now`, which is the only clock."""
    return SimpleNamespace(**read_arguments(args, arguments))


def keep_table(spark, s3, glue, settings, bucket, make_rows, tidy):
    """One run for the table of `settings`, which lies in a bucket; returns its summary.

    `make_rows` makes the table's rows of those of its statement. `tidy` gets the prefixes that no partition points to:
    those remembered, with their times, and those found; it returns the former as they are to be remembered, and how
    many it has deleted. It is called before the events are read, too, with what a killed run may have left.
    """
    configure(spark)
    plan = json.loads(Bucket(s3, settings.bucket).read(settings.plan))
    run = Run(spark, Bucket(s3, bucket), glue, settings, plan)
    state_file = StateFile(s3, settings.bucket, settings.state_key)
    state = {} if state_file.text is None else parse_state(state_file.text)
    remembered = state.get(settings.table, TableState())

    table = SnapshotTable(run, settings.table)
    retired, deleted = tidy(run, remembered.retired, table.orphans)
    events = account_events(spark, s3, glue, settings, plan["account_events"])
    news = find_news(events, table, run.planned(settings.table), remembered.sources)
    if news.events is not None:
        state_file.check_unchanged()
        table.replace(*rows_of(run, table, news, make_rows))
        retired, more = tidy(run, retired, table.orphans)
        deleted += more

    now = replace(remembered, sources=news.sources, retired=tuple(sorted(retired)))
    if now != remembered:
        state[settings.table] = replace(now, built_at=settings.now)
    return {
        "days_changed": len(news.days),
        "snapshot_written": news.events is not None,
        "prefixes_deleted": deleted,
        "state_written": state_file.write(format_state(state)) if state else False,
    }


def rows_of(run, table, news, make_rows):
    """All rows of the new snapshot, and how many bytes they may take."""
    planned = run.planned(run.settings.table)
    news.events.createOrReplaceTempView("account_events")
    columns = {**planned, "partition_keys": []}
    made = make_rows(run.statement(planned["statement"])).select(names_of(columns))
    if news.keys is None:
        return made, news.bytes
    kept = table.rows().join(news.keys, planned["key"], "left_anti").select(names_of(columns))
    return kept.unionByName(made), news.bytes + table.bytes
