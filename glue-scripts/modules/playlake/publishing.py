"""How files get to where readers look: written aside, copied, and then switched to by one catalog call a partition."""

from dataclasses import dataclass
from datetime import timedelta

from playlake.catalog import folder_of

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


class Staged:
    """Files of a run that no reader looks for, below the temporary prefix, in folders named by partition values."""

    def __init__(self, run, name):
        self.run = run
        self.prefix = f"{run.settings.tmp_prefix}/process-events/{run.settings.run_id}/{name}"
        self.writes = 0

    def write(self, rows, keys, sort, tasks=None):
        """Writes each partition as one file, or, with a number of tasks, cut into files along the order of its rows."""
        spread = rows.repartitionByRange(tasks, *keys, *sort) if tasks else rows.repartition(*keys)
        self.writes += 1
        (
            parquet_writer(spread.sortWithinPartitions(*keys, *sort), self.run.settings.compression)
            .partitionBy(*keys)
            .parquet(self.run.bucket.uri(f"{self.prefix}/{self.writes}"))
        )

    def files(self):
        """Keys by the folder of their partition, such as `event_date=2026-11-18`, in the order of rows."""
        found = {}
        if self.writes:
            for file in self.run.bucket.list(f"{self.prefix}/"):
                folder = file.key[len(self.prefix) + 1 :].partition("/")[2].rpartition("/")[0]
                found.setdefault(folder, []).append(file.key)
        return found


class Publication:
    """Moves staged files to where readers look: first all files, then the catalog, partition by partition."""

    def __init__(self, run, table, prefix):
        self.run, self.table, self.prefix = run, table, prefix
        self.retired = set()

    def add_files(self, partitions, staged):
        """One more object for each of these partitions (by values), in the prefix they have; the put is the switch."""
        files = staged.files()
        pairs = []
        for values, stored in partitions.items():
            folder = folder_of(self.table.keys, values)
            target = f"{self.run.bucket.key(stored.location)}{self.run.settings.run_id}.parquet"
            (source,) = files[folder]
            if target in {file.key for file in stored.files}:
                raise RuntimeError(f"{target} is there already: two runs bear the id {self.run.settings.run_id}")
            pairs.append((source, target))
        self.run.bucket.copy(pairs)

    def create(self, partitions, staged, parameters=None):
        """Registers partitions (values) with the staged files of each."""
        locations = self._place(partitions, staged)
        self.table.create(locations, self._parameters(locations, parameters))

    def switch(self, partitions, staged, parameters=None):
        """Points partitions (present location by values) to their staged files, and remembers where they were."""
        locations = self._place(partitions, staged)
        if any(locations[values] == present for values, present in partitions.items()):
            raise RuntimeError(f"two runs bear the id {self.run.settings.run_id}")
        self.table.switch(locations, self._parameters(locations, parameters))
        self.retired |= {self.run.bucket.key(location) for location in partitions.values()}

    def forget_staged(self):
        self.run.bucket.delete(self.run.work_prefix)

    def _place(self, partitions, staged):
        files = staged.files()
        locations, pairs = {}, []
        for values in partitions:
            folder = folder_of(self.table.keys, values)
            target = f"{self.prefix}/{folder}/run={self.run.settings.run_id}/"
            locations[values] = self.run.bucket.uri(target)
            pairs += [(source, f"{target}part-{number:05}.parquet") for number, source in enumerate(files[folder])]
        self.run.bucket.copy(pairs)
        return locations

    def _parameters(self, locations, parameters):
        return {
            values: {"run_id": self.run.settings.run_id, **(parameters or {}).get(values, {})} for values in locations
        }


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
