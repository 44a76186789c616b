"""Keeps one account table (players, studios, games or player_games), from account events in any order.

Runs on Glue 5.1 (Spark 3.5, Python 3.11), once for each table. What a table is made of is remembered last: a run that
dies anywhere is simply run again, with the same rows. docs/decisions/0022 says what a run makes anew.
"""

import sys

import boto3

from playlake.account_tables import ARGUMENTS, OPTIONAL_ARGUMENTS, keep_table, read_settings
from playlake.publishing import due_prefixes
from playlake.runs import run_script

TABLES = ("players", "studios", "games", "player_games")


def process_accounts(spark, s3, glue, settings):
    """One run of the job; returns its summary."""
    if settings.table not in TABLES:
        raise ValueError(f"--table {settings.table}: this job keeps {', '.join(TABLES)}")
    return keep_table(spark, s3, glue, settings, settings.bucket, lambda rows: rows, retire)


def retire(run, remembered, found):
    """Deletes prefixes of which no running query can be reading any more; see `keep_table`."""
    due, not_due = due_prefixes(remembered, run.settings.now)
    # One that a partition points to after all is not among those found.
    gone = found & set(due)
    for prefix in gone:
        run.bucket.delete(prefix)
    # A prefix keeps the time at which it was first found without a partition.
    return tuple((dict.fromkeys(found - gone, run.settings.now) | dict(not_due)).items()), len(gone)


def start(spark, args):
    """One run with Glue's arguments; returns its summary."""
    return process_accounts(spark, boto3.client("s3"), boto3.client("glue"), read_settings(args, ARGUMENTS))


if __name__ == "__main__":
    run_script(sys.argv, ARGUMENTS, OPTIONAL_ARGUMENTS, start)
