"""How tables are written beside their readers; docs/decisions/0014 says why."""

from dataclasses import dataclass
from datetime import timedelta

# Parquet-MR 1.13 knows no limit of rows: 8 MiB of what a row group holds in memory come to some 64 Ki events, so that
# a filter on event_type, by which rows are sorted, skips most of a file.
ROW_GROUP_BYTES = 8 * 1024 * 1024
ROW_GROUP_ROWS = 64 * 1024
FILE_BYTES = 128 * 1024 * 1024
RETIRED_HOURS = 24


def parquet_writer(rows, compression):
    """Writes Parquet as all of our tables have it, into a folder that nobody reads before the write is over."""
    return (
        rows.write.option("compression", compression)
        .option("parquet.block.size", ROW_GROUP_BYTES)
        .option("parquet.block.row.count.limit", ROW_GROUP_ROWS)
        # For the same reason files may go where they belong at once.
        .option("mapreduce.fileoutputcommitter.algorithm.version", "2")
        .option("mapreduce.fileoutputcommitter.marksuccessfuljobs", "false")
    )


@dataclass(frozen=True)
class StoredPartition:
    """A partition as a run finds it. `orphans` are prefixes of runs that no partition points to."""

    location: str
    files: tuple
    orphans: frozenset = frozenset()

    @property
    def bytes(self):
        return sum(file.size for file in self.files)

    @property
    def is_scattered(self):
        """Whether runs have added objects since the partition was written as a whole."""
        return any(not file.key.rpartition("/")[2].startswith("part-") for file in self.files)


def find_files(bucket, partition, folder):
    """A partition's files, and the prefixes of runs beside it that it does not point to."""
    location = partition["StorageDescriptor"]["Location"].rstrip("/") + "/"
    present = bucket.key(location)
    if not present.startswith(f"{folder}/run="):
        raise ValueError(f"the partition in {folder} is at {location}; this job reads only what it wrote itself")
    below = bucket.list(f"{folder}/")
    orphans = {f"{folder}/{file.key[len(folder) + 1 :].partition('/')[0]}/" for file in below}
    return StoredPartition(
        location=location,
        files=tuple(file for file in below if file.key.startswith(present)),
        orphans=frozenset(prefix for prefix in orphans if prefix != present and "/run=" in prefix),
    )


def due_prefixes(retired, now):
    """Those that no running query can be reading any more, and the others."""
    limit = now - timedelta(hours=RETIRED_HOURS)
    due = [prefix for prefix, at in retired if at <= limit]
    return due, [(prefix, at) for prefix, at in retired if at > limit]


def table_prefix(run, table):
    return run.bucket.key(table.table["StorageDescriptor"]["Location"]).rstrip("/")
