"""A table that is one snapshot: every run with news writes all of it beside the present one, and then switches."""

import math
from dataclasses import dataclass

from pyspark.sql import functions as f

from playlake.publishing import FILE_BYTES, find_files, parquet_writer, table_prefix
from playlake.runs import names_of, schema_of

# Of lib/schemas/account-tables.ts: the value of the one partition.
CURRENT = "current"


class SnapshotTable:
    """The table in a bucket, as a run finds it. Part of a run; not thread-safe."""

    def __init__(self, run, name):
        self.run, self.table, self.planned = run, run.table(name), run.planned(name)
        self.folder = f"{table_prefix(run, self.table)}/{self.table.keys[0]}={CURRENT}"
        self.stored = self._find()

    @property
    def exists(self):
        return self.stored is not None

    @property
    def orphans(self):
        """Prefixes of runs that no partition points to."""
        if self.stored:
            return self.stored.orphans
        below = self.run.bucket.list(f"{self.folder}/run=")
        return frozenset(f"{self.folder}/{file.key[len(self.folder) + 1 :].partition('/')[0]}/" for file in below)

    @property
    def bytes(self):
        return self.stored.bytes if self.stored else 0

    def rows(self):
        """The present rows, without the partition's key."""
        columns = {**self.planned, "partition_keys": []}
        uris = sorted(self.run.bucket.uri(file.key) for file in self.stored.files) if self.stored else []
        if not uris:
            return self.run.spark.createDataFrame([], schema_of(columns))
        return self.run.spark.read.schema(schema_of(columns)).parquet(*uris)

    def replace(self, rows, bytes_expected):
        """Writes a new snapshot, and moves the partition there; a query sees the old rows or the new ones."""
        prefix = f"{self.folder}/run={self.run.settings.run_id}/"
        location = self.run.bucket.uri(prefix)
        if self.run.bucket.list(prefix):
            raise RuntimeError(f"{prefix} is there already: two runs bear the id {self.run.settings.run_id}")
        sort, files = self.planned["sorted_by"], max(1, math.ceil(bytes_expected / FILE_BYTES))
        rows = rows.select(names_of({**self.planned, "partition_keys": []}))
        rows = rows.repartitionByRange(files, *sort) if files > 1 else rows.repartition(1)
        # Straight to where it belongs: nobody points there yet. A snapshot without rows is a file without rows.
        parquet_writer(rows.sortWithinPartitions(*sort), self.run.settings.compression).parquet(location)
        values, parameters = (CURRENT,), {"run_id": self.run.settings.run_id}
        if self.stored:
            self.table.switch({values: location}, {values: parameters})
        else:
            self.table.create({values: location}, {values: parameters})
        self.stored = self._find()

    def _find(self):
        partitions = self.table.partitions_where(f"{self.table.keys[0]} = '{CURRENT}'")
        return find_files(self.run.bucket, partitions[0], self.folder) if partitions else None


@dataclass(frozen=True)
class News:
    """What the events of an account table say that its snapshot does not."""

    # Days whose events are not those that the snapshot was made of.
    days: frozenset
    # By day, what all events are.
    sources: dict
    # The events from which rows are made anew; None where no row changes.
    events: object = None
    # Keys whose rows are made anew, in a column of their name; None means all of them.
    keys: object = None
    # What the files of events that bring news take.
    bytes: int = 0


def find_news(events, table, planned, remembered):
    """Compares events with those that the snapshot was made of, by day."""
    sources = events.sources()
    days = frozenset(day for day, source in sources.items() if remembered.get(day) != source)

    def told(some_days=None):
        is_told = f.col("event_type").isin(planned["event_types"]) & f.col(planned["key"]).isNotNull()
        return events.rows(some_days).where(is_told)

    # Without a day that was there, nobody knows which rows it made.
    if not table.exists or not remembered.keys() <= sources.keys():
        # A table that nothing was ever told of has no partition.
        has_rows = table.exists or not told().isEmpty()
        return News(days, sources, told() if has_rows else None, None, events.bytes())
    keys = told(days).select(planned["key"]).distinct().persist()
    if keys.isEmpty():
        return News(days, sources)
    return News(days, sources, told().join(keys, planned["key"], "left_semi"), keys, events.bytes(days))
