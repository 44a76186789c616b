"""Merges new raw events into the events table, and rebuilds the days of the player tables that they touch.

Runs on Glue 5.1 (Spark 3.5, Python 3.11). What a run has taken is our own manifest, which is written last: a run that
dies anywhere is simply run again, with the same rows. docs/decisions/0014 says why a run writes what it writes.
"""

import hashlib
import json
import math
import re
import sys
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import boto3
from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.sql import functions as f
from pyspark.storagelevel import StorageLevel

from playlake.catalog import folder_of
from playlake.forgotten import read_forgotten
from playlake.iceberg import IcebergTable, iceberg_type
from playlake.publishing import FILE_BYTES, due_prefixes, find_files, parquet_writer, table_prefix
from playlake.runs import Run, configure, format_time, names_of, parse_time, read_arguments, run_script, schema_of
from playlake.s3_objects import Bucket, in_parallel
from playlake.state_file import StateFile

ARGUMENTS = (
    "bucket",
    "database",
    "raw_prefix",
    "events_prefix",
    "events_table",
    "player_days_table",
    "player_revenue_table",
    "tmp_prefix",
    "manifest_key",
    "plan",
    "compression",
    "table_format",
)
OPTIONAL_ARGUMENTS = ("skip", "now", "forgotten_key", "forget_job")

GOING_ON = frozenset(["STARTING", "RUNNING", "STOPPING", "WAITING"])

# The columns of lib/schemas/raw-events.ts that the plan's statements may read; files of earlier days may lack the last.
RAW_EVENTS = (
    "event_id string, event_type string, event_name string, event_version string, event_timestamp double, "
    "event_at timestamp, received_at timestamp, app_version string, player_id string, session_id string, "
    "country string, application_id string, application_name string, event_data string, status string, "
    "rejection string, metadata string, original array<string>, replay string"
)
# Without these, a file's rows would count as not accepted, and be lost in silence.
NEEDED_RAW_COLUMNS = frozenset(
    ["event_id", "event_type", "event_at", "received_at", "application_id", "event_data", "status", "metadata"]
)

# A growing day is compacted with its eighth small file.
MOST_SMALL_FILES = 7
# How far back a stored copy of an event may lie whose day follows its arrival (metadata.clock).
CLOCK_DAYS = 7
OPEN_FOLDER_DAYS = 3


# --- what a run is told, and what it says -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Settings:
    """The job's arguments."""

    bucket: str
    database: str
    raw_prefix: str
    events_prefix: str
    events_table: str
    player_days_table: str
    player_revenue_table: str
    tmp_prefix: str
    manifest_key: str
    plan: str
    compression: str
    table_format: str
    run_id: str
    now: datetime
    skip: tuple = ()
    # Who is forgotten, and the job that removes them from the same tables; None: nobody ever is.
    forgotten_key: str = None
    forget_job: str = None

    @property
    def today(self):
        return self.now.date()


def read_settings(args):
    """Settings from resolved arguments; the run's id is Glue's, else a new one."""
    return Settings(
        **read_arguments(args, ARGUMENTS),
        skip=tuple(key.strip() for key in (args.get("skip") or "").split(",") if key.strip()),
        forgotten_key=args.get("forgotten_key"),
        forget_job=args.get("forget_job"),
    )


class UnreadableObjects(Exception):
    """Raw objects that are no Parquet of ours, beside those that the run was told to skip. Nothing has been written."""

    def __init__(self, errors, skip=()):
        named = "; ".join(f"{key} ({error})" for key, error in sorted(errors.items()))
        super().__init__(
            f"raw objects cannot be read: {named}. Nothing was written, and nothing is lost. Put back what they held, "
            f"or go on without them by --skip {','.join(sorted({*errors, *skip}))}"
        )


# --- the manifest -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Manifest:
    """What earlier runs have taken: everything before a day of arrival, and the objects named."""

    taken_before: str = ""
    objects: frozenset = frozenset()
    skipped: tuple = ()
    growing: tuple = ()
    retired: tuple = ()


def parse_manifest(text):
    content = json.loads(text)
    if content.get("version") != 1:
        raise ValueError(f"the manifest has version {content.get('version')!r}; this job reads version 1")
    return Manifest(
        taken_before=content["taken_before"],
        objects=frozenset(content["objects"]),
        skipped=tuple(content["skipped"]),
        growing=tuple(
            (entry["application_id"], date.fromisoformat(entry["event_date"])) for entry in content["growing"]
        ),
        retired=tuple((entry["prefix"], parse_time(entry["at"])) for entry in content["retired"]),
    )


def format_manifest(manifest):
    """The same text for the same manifest, so that an unchanged one need not be written."""
    return json.dumps(
        {
            "version": 1,
            "taken_before": manifest.taken_before,
            "objects": sorted(manifest.objects),
            "skipped": list(manifest.skipped),
            "growing": [
                {"application_id": application, "event_date": day.isoformat()}
                for application, day in sorted(manifest.growing)
            ],
            "retired": [{"prefix": prefix, "at": format_time(at)} for prefix, at in sorted(manifest.retired)],
        },
        indent=1,
    )


def ingest_date_of(key, raw_prefix):
    """The day in an object's folder; an object elsewhere below the prefix is of no day, and taken like the rest."""
    found = re.match(r"ingest_date=(\d{4}-\d{2}-\d{2})/", key[len(raw_prefix) + 1 :])
    return found.group(1) if found else None


def choose_objects(manifest, listed, skip):
    """The objects to take and those to skip. Raises on a key of `skip` that is not among the new ones."""
    known = manifest.objects | {entry["object"] for entry in manifest.skipped}
    new = [key for key in listed if key not in known]
    unknown = sorted(set(skip) - set(new))
    if unknown:
        raise ValueError(
            f"--skip names what is no new raw object: {', '.join(unknown)}. It was taken or skipped before, or does "
            f"not exist; keys look like raw_events/ingest_date=2026-11-18/name.parquet"
        )
    return [key for key in new if key not in set(skip)], sorted(skip)


def take_objects(manifest, taken, raw_prefix, today):
    """What the manifest says once all that is new was taken: closed folders' objects are forgotten."""
    closed = (today - timedelta(days=OPEN_FOLDER_DAYS)).isoformat()
    taken_before = max(manifest.taken_before, closed)
    kept = {key for key in manifest.objects | set(taken) if (ingest_date_of(key, raw_prefix) or "") >= taken_before}
    return taken_before, frozenset(kept)


# --- one run ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Unseen:
    """What the new raw objects hold."""

    # Rows that no partition holds yet, with the columns of events, application_id and event_date; cached.
    rows: object
    # How many of them, by (application_id, event_date).
    counts: dict
    # (application_id, event_date) of every accepted row, stored before or not.
    touched: frozenset
    # Rows that the transform accepted, copies included.
    accepted: int


@dataclass
class Changes:
    """What a run did to a table."""

    created: int = 0
    appended: int = 0
    rewritten: int = 0
    # Partitions that will have to be compacted once their day is over.
    growing: set = field(default_factory=set)
    # Prefixes that no partition points to any more.
    retired: set = field(default_factory=set)


def process_events(spark, s3, glue, settings):
    """One run of the job; returns its summary. `settings.now` is the only clock."""
    # It waits for runs of this job that it finds, so that one of the two goes on.
    if settings.forget_job and is_running(glue, settings.forget_job):
        return {"put_off_for": settings.forget_job}
    configure(spark)
    bucket = Bucket(s3, settings.bucket)
    run = Run(spark, bucket, glue, settings, json.loads(bucket.read(settings.plan)))
    manifest_file = StateFile(s3, settings.bucket, settings.manifest_key)
    manifest = Manifest() if manifest_file.text is None else parse_manifest(manifest_file.text)

    listed = list_raw_objects(bucket, settings.raw_prefix, manifest.taken_before)
    new, to_skip = choose_objects(manifest, [file.key for file in listed], settings.skip)
    skipped = [
        {"object": key, "run_id": settings.run_id, "at": format_time(settings.now), "error": why_unreadable(run, key)}
        for key in to_skip
    ]
    over = {(application, day) for application, day in manifest.growing if day < settings.today}
    events = events_format(run)

    rows_read = count_rows(run, new)
    accepted, added, growing = 0, 0, set(manifest.growing)
    changes, player_changes = Changes(), Changes()
    if rows_read or over:
        sizes = {file.key: file.size for file in listed}
        row_bytes = sum(sizes[key] for key in new) / rows_read if rows_read else 0
        found = find_unseen(run, events, new)
        accepted, added = found.accepted, sum(found.counts.values())
        manifest_file.check_unchanged()
        changes = events.merge(found, over, row_bytes)
        player_changes = rebuild_player_tables(run, events, {day for _, day in found.touched | over})
        growing = growing - over - found.touched | changes.growing
        found.rows.unpersist()

    taken_before, objects = take_objects(manifest, new, settings.raw_prefix, settings.today)
    retired, deleted = retire(run, manifest.retired, changes.retired | player_changes.retired)
    written = manifest_file.write(
        format_manifest(
            Manifest(taken_before, objects, manifest.skipped + tuple(skipped), tuple(growing), tuple(retired.items()))
        )
    )
    return {
        "objects_taken": len(new),
        "objects_skipped": len(skipped),
        "rows_read": rows_read,
        "accepted": accepted,
        "duplicates_dropped": accepted - added,
        "events_added": added,
        "partitions_created": changes.created,
        "partitions_appended": changes.appended,
        "partitions_rewritten": changes.rewritten,
        "player_partitions_written": player_changes.created + player_changes.rewritten,
        "prefixes_deleted": deleted,
        "manifest_written": written,
    }


def is_running(glue, job):
    return any(run["JobRunState"] in GOING_ON for run in glue.get_job_runs(JobName=job, MaxResults=20)["JobRuns"])


def list_raw_objects(bucket, raw_prefix, taken_before):
    start_after = f"{raw_prefix}/ingest_date={taken_before}" if taken_before else ""
    return bucket.list(f"{raw_prefix}/", start_after)


# --- reading raw objects ----------------------------------------------------------------------------------------------


def count_rows(run, keys):
    """Rows of these raw objects, by their footers. Raises `UnreadableObjects`, naming all without a good one."""
    errors, rows = {}, 0
    for key, outcome in zip(keys, in_parallel(lambda key: read_footer(run, key), keys)):
        if isinstance(outcome, str):
            errors[key] = outcome
        else:
            rows += outcome
    if errors:
        raise UnreadableObjects(errors, run.settings.skip)
    return rows


def read_footer(run, key):
    """The number of rows, or what is wrong with the file."""
    jvm = run.spark._jvm
    configuration = run.spark._jsc.hadoopConfiguration()
    try:
        path = jvm.org.apache.hadoop.fs.Path(run.bucket.uri(key))
        file = jvm.org.apache.parquet.hadoop.util.HadoopInputFile.fromPath(path, configuration)
        reader = jvm.org.apache.parquet.hadoop.ParquetFileReader.open(file)
    except Py4JJavaError as error:
        return first_line(error.java_exception.toString())
    try:
        names = {column.getName() for column in reader.getFileMetaData().getSchema().getFields()}
        rows = reader.getRecordCount()
    finally:
        reader.close()
    missing = NEEDED_RAW_COLUMNS - names
    return f"columns are missing: {', '.join(sorted(missing))}" if missing else rows


def why_unreadable(run, key):
    """What is wrong with an object that is to be skipped, for the manifest; it may have been good."""
    outcome = read_footer(run, key)
    if isinstance(outcome, str):
        return outcome
    try:
        read_raw(run, [key]).write.format("noop").mode("overwrite").save()
    except (Py4JJavaError, PySparkException) as error:
        return root_cause(error)
    return "none: it can be read"


def first_line(text):
    return str(text).partition("\n")[0][:500]


def root_cause(error):
    """What Spark's own exceptions are about, in a line."""
    cause = getattr(error, "java_exception", None)
    if cause is None:
        return first_line(error)
    while cause.getCause() is not None:
        cause = cause.getCause()
    return first_line(cause.toString())


def read_raw(run, keys):
    # By path: the raw table's partitions are projected, so that the catalog has none that Spark could see.
    return run.spark.read.schema(RAW_EVENTS).parquet(*[run.bucket.uri(key) for key in keys])


def find_unseen(run, events, new):
    """Raises `UnreadableObjects` where a raw object turns out to be damaged behind a good footer."""
    if not new:
        return Unseen(run.spark.createDataFrame([], events.schema()), {}, frozenset(), 0)
    raw = read_raw(run, new)
    if run.settings.forgotten_key:
        raw = raw.where(~read_forgotten(run.bucket, run.settings.forgotten_key).condition())
    raw.createOrReplaceTempView("new_raw_events")
    try:
        accepted = raw.where("status = 'accepted'").count()
        typed = run.statement("typed_events")
        typed.createOrReplaceTempView("typed_events")
        touched, places = find_places(typed)
        events.stored_ids(places).createOrReplaceTempView("stored_ids")
        rows = run.statement("unseen_events").select(events.column_names()).persist(StorageLevel.MEMORY_AND_DISK)
        counts = rows.groupBy("application_id", "event_date").count().collect()
    except (Py4JJavaError, PySparkException) as error:
        # Spark's message names the file, if it was one.
        named = [key for key in new if run.bucket.uri(key) in str(error)]
        if not named:
            raise
        raise UnreadableObjects(dict.fromkeys(named, root_cause(error)), run.settings.skip) from error
    return Unseen(rows, {(application, day): count for application, day, count in counts}, frozenset(touched), accepted)


def find_places(typed):
    """The partitions that accepted rows touch, and every one that may hold an earlier copy of such a row."""
    rows = typed.select(
        "application_id",
        "event_date",
        # Where the clock could not be believed, the day follows the arrival; an earlier copy may lie on the client's.
        f.expr(
            "CASE WHEN get_json_object(metadata, '$.clock') IS NOT NULL "
            "THEN to_date(timestamp_seconds(event_timestamp)) END"
        ).alias("client_date"),
    ).distinct()
    touched, places = set(), set()
    for application, day, client_day in rows.collect():
        touched.add((application, day))
        places.update((application, day - timedelta(days=back)) for back in range(CLOCK_DAYS + 1))
        if client_day is not None:
            places.add((application, client_day))
    return touched, places


# --- the events table as Parquet --------------------------------------------------------------------------------------


def events_format(run):
    """What writes the events table of this deployment."""
    formats = {"PARQUET": ParquetEvents, "ICEBERG": IcebergEvents}
    if run.settings.table_format not in formats:
        raise ValueError(f"--table_format {run.settings.table_format}: this job writes {' or '.join(formats)}")
    return formats[run.settings.table_format](run)


def decide(day, today, stored, rows, row_bytes):
    """What becomes of one partition: 'create', 'append' one object, 'rewrite' all of it, or nothing (None)."""
    if stored is None:
        return "create" if rows else None
    if not stored.files:
        return "rewrite" if rows else None
    if day < today:
        return "rewrite" if rows or stored.is_scattered else None
    if not rows:
        return None
    small = [file for file in stored.files if file.size < FILE_BYTES / 2]
    return "append" if len(small) < MOST_SMALL_FILES and rows * row_bytes <= FILE_BYTES else "rewrite"


class ParquetEvents:
    """`events` as partitions of Parquet files, moved by one catalog call each. Part of a run; not thread-safe."""

    def __init__(self, run):
        self.run = run
        self.table = run.table(run.settings.events_table)
        self.prefix = run.settings.events_prefix
        self.stored = {}

    def stored_ids(self, places):
        """(application_id, event_id, event_date) of every row of those of these partitions that exist."""
        self._look_up(places)
        files = [file for place in places if self.stored[place] for file in self.stored[place].files]
        return self._read(files, "event_id string, application_id string, event_date date")

    def merge(self, unseen, over, row_bytes):
        """Adds rows, and compacts partitions of days that are `over`. `row_bytes` guesses what one row takes."""
        counts, touched = unseen.counts, unseen.touched | over
        self._look_up(touched)
        self.table.ensure_index()
        changes = Changes()
        steps = {"create": [], "append": [], "rewrite": []}
        for place in sorted(touched):
            step = decide(place[1], self.run.settings.today, self.stored[place], counts.get(place, 0), row_bytes)
            if step:
                steps[step].append(place)

        staged = self._stage(unseen.rows, counts, steps, row_bytes)
        publish = Publication(self.run, self.table, self.prefix)
        publish.add_files({self._values(place): self.stored[place] for place in steps["append"]}, staged)
        publish.create([self._values(place) for place in steps["create"]], staged)
        publish.switch({self._values(place): self.stored[place].location for place in steps["rewrite"]}, staged)
        publish.forget_staged()

        changes.created, changes.appended, changes.rewritten = (
            len(steps[step]) for step in ("create", "append", "rewrite")
        )
        changes.retired = publish.retired | {
            orphan for place in touched if self.stored[place] for orphan in self.stored[place].orphans
        }
        for place in touched:
            self.stored.pop(place)
        self._look_up(touched)
        changes.growing = {
            place
            for place in touched
            if place[1] >= self.run.settings.today and self.stored[place] and self.stored[place].is_scattered
        }
        return changes

    def schema(self):
        """Columns of events with their types, partition keys last."""
        return schema_of(self.run.planned("events"))

    def column_names(self):
        return names_of(self.run.planned("events"))

    def day_sources(self, days):
        """By day, what the player tables of that day are made of: it changes whenever one of its events does."""
        partitions = [
            (day, partition)
            for day in sorted(days)
            for partition in self.table.partitions_where(f"event_date = '{day}'")
        ]
        places = [(partition["Values"][0], day) for day, partition in partitions]
        self._look_up(places)
        lines = {day: [] for day in days}
        for application, day in places:
            stored = self.stored[(application, day)]
            names = sorted(file.key.rpartition("/")[2] for file in stored.files)
            lines[day].append(f"{application}|{stored.location}|{','.join(names)}")
        return {day: hashlib.sha256("\n".join(sorted(lines[day])).encode()).hexdigest() for day in days}

    def day_events(self, days):
        """All events of these days, with application_id and event_date. Call `day_sources` first."""
        files = [file for place, stored in self.stored.items() if stored and place[1] in days for file in stored.files]
        return self._read(files, self.schema())

    def _values(self, place):
        return (place[0], place[1].isoformat())

    def _look_up(self, places):
        """Learns where partitions are and which files they have, once for each."""
        wanted = [place for place in set(places) if place not in self.stored]
        found = self.table.partitions(self._values(place) for place in wanted)

        def look(place):
            partition = found.get(self._values(place))
            return find_files(self.run.bucket, partition, self._folder(place)) if partition else None

        self.stored.update(zip(wanted, in_parallel(look, wanted)))

    def _folder(self, place):
        return f"{self.prefix}/{folder_of(self.table.keys, self._values(place))}"

    def _read(self, files, schema):
        if not files:
            return self.run.spark.createDataFrame([], schema)
        reader = self.run.spark.read.schema(schema).option("basePath", self.run.bucket.uri(f"{self.prefix}/"))
        rows = reader.parquet(*sorted(self.run.bucket.uri(file.key) for file in files))
        return rows.drop("run")

    def _stage(self, rows, counts, steps, row_bytes):
        """Writes what is to be written where no reader looks: a file per small partition, large ones in ranges."""
        writes = [place for step in ("create", "append", "rewrite") for place in steps[step]]
        if not writes:
            return Staged(self.run, "events")
        rewrites = set(steps["rewrite"])
        old = [file for place in rewrites for file in self.stored[place].files]
        if old:
            rows = self._read(old, self.schema()).unionByName(rows)

        parts = {}
        for place in writes:
            size = counts.get(place, 0) * row_bytes + (self.stored[place].bytes if place in rewrites else 0)
            parts[place] = max(1, math.ceil(size / FILE_BYTES))
        large = {place: number for place, number in parts.items() if number > 1}
        staged, sort = Staged(self.run, "events"), self.run.planned("events")["sorted_by"]
        small = [place for place in writes if place not in large]
        # A partition that is rewritten brings its old rows along; the others have none here.
        if small:
            staged.write(rows.where(in_places(small)), self.table.keys, sort)
        if large:
            staged.write(rows.where(in_places(large)), self.table.keys, sort, tasks=sum(large.values()))
        return staged


def in_places(places):
    """A condition on rows that lie in one of these partitions."""
    condition = f.lit(False)
    for application in sorted({application for application, _ in places}):
        days = [day for owner, day in places if owner == application]
        condition = condition | ((f.col("application_id") == application) & f.col("event_date").isin(sorted(days)))
    return condition


# --- the events table as Iceberg --------------------------------------------------------------------------------------


class IcebergEvents:
    """`events` as an Iceberg table: a run adds its rows by one MERGE, which is one commit. Part of a run.

    What ParquetEvents does with prefixes, Iceberg does with snapshots, and Glue's table optimizers compact.
    """

    def __init__(self, run):
        self.run = run
        self.table = IcebergTable(run.spark, run.settings.database, run.settings.events_table)
        self.name = self.table.name
        planned = run.planned("events")
        self.columns = planned["columns"] + planned["partition_keys"]
        self._add_columns()

    def stored_ids(self, places):
        """(application_id, event_id, event_date) of every row of those of these partitions that exist."""
        self.table.take_snapshot()
        ids = [column for column in self.columns if column["name"] in ("event_id", "application_id", "event_date")]
        return self.table.rows(ids).where(in_places(places))

    def merge(self, unseen, over, row_bytes):
        """Adds rows that no partition holds; without any there is no commit. A day that is over needs nothing more."""
        changes = Changes()
        if not unseen.counts:
            return changes
        rows = unseen.rows.select([f.col(column["name"]).cast(iceberg_type(column["type"])) for column in self.columns])
        rows.createOrReplaceTempView("unseen_events")
        names = ", ".join(f"`{column['name']}`" for column in self.columns)
        values = ", ".join(f"unseen.`{column['name']}`" for column in self.columns)
        # The partitions as literals, so that no other is read: those of a join are not known when files are chosen.
        self.run.spark.sql(
            f"MERGE INTO {self.name} AS stored USING unseen_events AS unseen "
            f"ON stored.application_id = unseen.application_id AND stored.event_date = unseen.event_date "
            f"AND stored.event_id = unseen.event_id AND ({literal_places(unseen.counts, 'stored')}) "
            f"WHEN NOT MATCHED THEN INSERT ({names}) VALUES ({values})"
        )
        changes.appended = len(unseen.counts)
        return changes

    def schema(self):
        """Columns of events with their types, partition keys last."""
        return schema_of(self.run.planned("events"))

    def column_names(self):
        return names_of(self.run.planned("events"))

    def day_sources(self, days):
        """By day, what the player tables of that day are made of: it changes whenever one of its events does."""
        self.table.take_snapshot()
        lines = {day: [] for day in days}
        for file in self.table.files(f.col("partition.event_date").isin(sorted(days))):
            lines[file.day].append(f"{file.application}|{file.file_path}")
        return {day: hashlib.sha256("\n".join(sorted(lines[day])).encode()).hexdigest() for day in days}

    def day_events(self, days):
        """All events of these days, with application_id and event_date. Call `day_sources` first."""
        return self.table.rows(self.columns).where(f.col("event_date").isin(sorted(days)))

    def _add_columns(self):
        """Gives the table the columns that schemas have declared since it was made; its template stays as it is."""
        present = {column.name: column.dataType.simpleString() for column in self.run.spark.table(self.name).schema}
        added = []
        for column in self.run.planned("events")["columns"]:
            name, kind = column["name"], iceberg_type(column["type"])
            if name not in present:
                added.append(f"`{name}` {kind}")
            elif present[name] != kind:
                raise ValueError(
                    f"column {name} of {self.name} is {present[name]}, and the event schemas say {kind}: give the "
                    f"field another name, or its type back"
                )
        if added:
            self.run.spark.sql(f"ALTER TABLE {self.name} ADD COLUMNS ({', '.join(added)})")


def literal_places(places, alias):
    """A condition on partitions that names each of them, as SQL."""

    def quote(text):
        # Spark reads backslashes in a literal.
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"

    conditions = []
    for application in sorted({application for application, _ in places}):
        days = sorted(day for owner, day in places if owner == application)
        listed = ", ".join(f"DATE '{day.isoformat()}'" for day in days)
        conditions.append(f"({alias}.application_id = {quote(application)} AND {alias}.event_date IN ({listed}))")
    return " OR ".join(conditions)


# --- writing ----------------------------------------------------------------------------------------------------------


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
        self.run.bucket.delete(f"{self.run.settings.tmp_prefix}/process-events/{self.run.settings.run_id}/")

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


# --- the player tables ------------------------------------------------------------------------------------------------


def rebuild_player_tables(run, events, days):
    """Derives player_days and player_revenue anew for those of these days whose events have changed."""
    changes = Changes()
    if not days:
        return changes
    sources = events.day_sources(days)
    tables = {
        "player_days": run.table(run.settings.player_days_table),
        "player_revenue": run.table(run.settings.player_revenue_table),
    }
    present = {name: table.partitions((day.isoformat(),) for day in days) for name, table in tables.items()}

    def is_stale(name, day):
        partition = present[name].get((day.isoformat(),))
        return partition is None or partition.get("Parameters", {}).get("source") != sources[day]

    stale = {name: {day for day in days if is_stale(name, day)} for name in tables}
    if not any(stale.values()):
        return changes
    events.day_events(set().union(*stale.values())).createOrReplaceTempView("day_events")
    for name, table in tables.items():
        if stale[name]:
            write_days(run, name, table, stale[name], sources, present[name], changes)
    return changes


def write_days(run, name, table, days, sources, present, changes):
    prefix = table_prefix(run, table)
    planned = run.planned(name)
    rows = run.statement(name).where(f.col("event_date").isin(sorted(days))).select(names_of(planned))
    staged = Staged(run, name)
    staged.write(rows, table.keys, planned["sorted_by"])
    written = staged.files()
    # A day without a row, such as one without purchases, has no partition.
    values = [(day.isoformat(),) for day in sorted(days) if folder_of(table.keys, (day.isoformat(),)) in written]
    parameters = {(day.isoformat(),): {"source": sources[day]} for day in days}
    publish = Publication(run, table, prefix)
    new = [one for one in values if one not in present]
    old = {one: present[one]["StorageDescriptor"]["Location"].rstrip("/") + "/" for one in values if one in present}
    publish.create(new, staged, parameters)
    publish.switch(old, staged, parameters)
    publish.forget_staged()
    changes.created += len(new)
    changes.rewritten += len(old)
    changes.retired |= publish.retired | find_orphans(run, table, prefix, values)


def find_orphans(run, table, prefix, values):
    """Prefixes of these partitions that runs left behind which were killed before they switched."""
    orphans = set()
    for one, partition in table.partitions(values).items():
        orphans |= find_files(run.bucket, partition, f"{prefix}/{folder_of(table.keys, one)}").orphans
    return orphans


# --- prefixes that nobody points to -----------------------------------------------------------------------------------


def retire(run, remembered, found):
    """Deletes what is due; returns the prefixes to remember, with their times, and how many were deleted."""
    due, not_due = due_prefixes(remembered, run.settings.now)
    delete_retired(run, due)
    # A prefix keeps the time at which it was first found without a partition.
    return dict.fromkeys(found - set(due), run.settings.now) | dict(not_due), len(due)


def delete_retired(run, prefixes):
    """Deletes retired prefixes, but for one that a partition points to after all."""
    if not prefixes:
        return
    names = (run.settings.events_table, run.settings.player_days_table, run.settings.player_revenue_table)
    tables = [(table, table_prefix(run, table)) for table in (run.table(name) for name in names)]
    for prefix in prefixes:
        table = next((table for table, start in tables if prefix.startswith(f"{start}/")), None)
        values = re.findall(r"/(?:application_id|event_date)=([^/]+)", f"/{prefix}")
        if table is None or "/run=" not in prefix or len(values) != len(table.keys):
            raise ValueError(f"the manifest says that {prefix} is retired, which is no prefix of a run")
        # The values as the catalog has them.
        plain = tuple(re.sub(r"%([0-9A-F]{2})", lambda found: chr(int(found.group(1), 16)), value) for value in values)
        partition = table.partitions([plain]).get(plain)
        location = partition["StorageDescriptor"]["Location"].rstrip("/") + "/" if partition else ""
        if location != run.bucket.uri(prefix):
            run.bucket.delete(prefix)


def start(spark, args):
    """One run with Glue's arguments; returns its summary."""
    return process_events(spark, boto3.client("s3"), boto3.client("glue"), read_settings(args))


if __name__ == "__main__":
    run_script(sys.argv, ARGUMENTS, OPTIONAL_ARGUMENTS, start)
