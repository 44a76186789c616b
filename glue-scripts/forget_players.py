"""Removes forgotten players from the lake: raw events, events, tables of players, records that were not delivered.

Runs on Glue 5.1 (Spark 3.5, Python 3.11). Nothing is written where a reader reads: partitions are written beside and
moved, single objects are put again under their own keys in one put. Killed anywhere and run again, it ends with the
same rows. docs/decisions/0036 says what is removed and what stays.
"""

import gzip
import hashlib
import json
import sys
import time
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote

import boto3
from botocore.exceptions import ClientError
from pyspark.sql import functions as f

from playlake.catalog import folder_of
from playlake.cut_records import cut_errors, cut_records
from playlake.forgotten import read_forgotten
from playlake.iceberg import IcebergTable
from playlake.publishing import find_files, parquet_writer, table_prefix
from playlake.runs import Run, configure, format_time, read_arguments, run_script, schema_of
from playlake.s3_objects import Bucket, in_parallel
from playlake.state_file import StateFile

ARGUMENTS = (
    "bucket",
    "database",
    "raw_prefix",
    "errors_prefix",
    "backup_prefix",
    "events_prefix",
    "events_table",
    "player_days_table",
    "player_revenue_table",
    "tmp_prefix",
    "manifest_key",
    "accounts_state_key",
    "player_names_state_key",
    "forgotten_key",
    "report_prefix",
    "events_job",
    "plan",
    "compression",
    "table_format",
)
OPTIONAL_ARGUMENTS = ("now",)

GOING_ON = frozenset(["STARTING", "RUNNING", "STOPPING", "WAITING"])
# Seconds between two looks at the events job.
PAUSE = 10
# A day that no table has: account jobs make a table anew when a day is gone that it was made of.
NO_DAY = "forgotten"
# The columns of raw events that tell whose one was; a rejected event may have no more than its own text.
RAW_PLAYERS = "player_id string, application_id string, original array<string>"


@dataclass(frozen=True)
class Settings:
    """The job's arguments."""

    bucket: str
    database: str
    raw_prefix: str
    errors_prefix: str
    backup_prefix: str
    events_prefix: str
    events_table: str
    player_days_table: str
    player_revenue_table: str
    tmp_prefix: str
    manifest_key: str
    accounts_state_key: str
    player_names_state_key: str
    forgotten_key: str
    report_prefix: str
    events_job: str
    plan: str
    compression: str
    table_format: str
    run_id: str
    now: datetime


def forget_players(spark, s3, glue, settings):
    """One run of the job; returns its summary."""
    bucket = Bucket(s3, settings.bucket)
    forgotten = read_forgotten(bucket, settings.forgotten_key)
    if not forgotten:
        return {"players": 0}
    # This run is seen to go on by now, so that no further one of the events job begins.
    wait_until_idle(glue, settings.events_job)
    configure(spark)
    run = Run(spark, bucket, glue, settings, json.loads(bucket.read(settings.plan)))
    try:
        tables = remove_rows(run, s3, forgotten)
    finally:
        bucket.delete(f"{staging(settings)}/")
    # An account table may hold rows of a player whose events went with an earlier run that was killed.
    if forgotten.everywhere:
        start_account_tables_anew(s3, settings)
    report = {"version": 1, "run_id": settings.run_id, "at": format_time(settings.now), "tables": tables}
    key = f"{settings.report_prefix}/{settings.run_id}.json"
    body = json.dumps(report, indent=1).encode()
    s3.put_object(Bucket=settings.bucket, Key=key, Body=body, ContentType="application/json")
    return {
        "players": len(forgotten),
        "rows_removed": sum(table["rows_removed"] for table in tables),
        "report": key,
    }


def wait_until_idle(glue, job):
    while any(run["JobRunState"] in GOING_ON for run in glue.get_job_runs(JobName=job, MaxResults=20)["JobRuns"]):
        time.sleep(PAUSE)


def remove_rows(run, s3, forgotten):
    """The raw events first: what is gone there, no later run of the events job takes again."""
    settings = run.settings
    proofs = [cut_raw_events(run, forgotten)]
    if settings.table_format == "ICEBERG":
        proofs.append(delete_from_iceberg(run, settings.events_table, forgotten))
    else:
        proofs.append(cut_partitions(run, s3, "events", settings.events_table, settings.events_prefix, forgotten))
    for name, table in (
        ("player_days", settings.player_days_table),
        ("player_revenue", settings.player_revenue_table),
    ):
        proofs.append(cut_partitions(run, s3, name, table, None, forgotten))
    proofs.append(cut_record_files(run, "firehose-errors", settings.errors_prefix, cut_errors, forgotten))
    proofs.append(cut_record_files(run, "firehose-backup", settings.backup_prefix, cut_records, forgotten))
    return proofs


def staging(settings):
    return f"{settings.tmp_prefix}/forget-players/{settings.run_id}"


# --- one file ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cut:
    """A file without the rows of forgotten players, as staged under `key`."""

    key: str
    bytes_before: int
    bytes_after: int
    removed: int
    others: int
    checksum: int


def cut_file(run, file, gone, compression, sort=()):
    """Stages a Parquet file again without some rows. Raises where those that stay are not those that were there."""
    rows = run.spark.read.parquet(run.bucket.uri(file.key))
    stays = rows.where(~gone)
    prefix = f"{staging(run.settings)}/{hashlib.sha256(file.key.encode()).hexdigest()}/"
    one = stays.coalesce(1)
    parquet_writer(one.sortWithinPartitions(*sort) if sort else one, compression).mode("overwrite").parquet(
        run.bucket.uri(prefix)
    )
    (staged,) = run.bucket.list(prefix)
    before, after = checksum(stays), checksum(run.spark.read.parquet(run.bucket.uri(staged.key)))
    if before != after:
        raise RuntimeError(
            f"{file.key} would lose rows of others: {before[0]} rows with checksum {before[1]} became {after[0]} with "
            f"{after[1]}; nothing of it was written"
        )
    return Cut(staged.key, file.size, staged.size, rows.count() - after[0], *after)


def checksum(rows):
    """How many rows, and a sum over all of them, whatever their order."""
    names = [f.col(f"`{name}`") for name in rows.columns]
    total = f.sum(f.xxhash64(*names).cast("decimal(38,0)"))
    count, found = rows.agg(f.count(f.lit(1)), total).first()
    return count, int(found or 0)


def table_proof(table, files, rows, cuts):
    removed = sum(cut.removed for cut in cuts)
    return {
        "table": table,
        "files": files,
        "files_rewritten": len(cuts),
        "rows_before": rows,
        "rows_after": rows - removed,
        "rows_removed": removed,
        "bytes_before": sum(cut.bytes_before for cut in cuts),
        "bytes_after": sum(cut.bytes_after for cut in cuts),
        "others": sum(cut.others for cut in cuts),
        "others_checksum": format(sum(cut.checksum for cut in cuts), "x"),
    }


# --- raw events -------------------------------------------------------------------------------------------------------


def cut_raw_events(run, forgotten):
    """Puts each raw object that holds such rows again without them, under its own key.

    One put is one step, and whoever has taken the object goes on knowing it.
    """
    bucket = run.bucket
    listed = bucket.list(f"{run.settings.raw_prefix}/")
    unreadable = unreadable_objects(run)
    files = {file.key: file for file in listed if file.key not in unreadable}
    if not files:
        return table_proof("raw_events", 0, 0, [])
    rows = run.spark.read.schema(RAW_PLAYERS).parquet(*[bucket.uri(key) for key in files])
    # Spark would count what is there by then.
    rows_before = rows.count()
    player = f.coalesce(f.col("player_id"), f.get_json_object(f.array_join("original", ""), "$.player_id"))
    gone = forgotten.condition(player)
    named = rows.where(gone).select(f.input_file_name().alias("name")).distinct().collect()
    keys = sorted({key_of(bucket, name, files) for (name,) in named})
    # The type of times is a setting of the session.
    int96 = [key for key in keys if has_int96(run, key)]
    cuts = {}
    for some, kind in ((int96, "INT96"), ([key for key in keys if key not in int96], "TIMESTAMP_MICROS")):
        run.spark.conf.set("spark.sql.parquet.outputTimestampType", kind)
        cuts.update(zip(some, in_parallel(lambda key: cut_file(run, files[key], gone, "snappy"), some)))
    run.spark.conf.set("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")
    # The ETags of before the files were read would be better, but a raw object changes by this job alone.
    done = [cut for key, cut in cuts.items() if bucket.replace(key, bucket.read_bytes(cut.key), bucket.etag(key))]
    proof = table_proof("raw_events", len(files), rows_before, done)
    return proof if len(files) == len(listed) else {**proof, "unreadable_files": len(listed) - len(files)}


def unreadable_objects(run):
    """Those that the events job was told to skip, since nobody can read them."""
    manifest = StateFile(run.bucket.s3, run.settings.bucket, run.settings.manifest_key).text
    skipped = json.loads(manifest)["skipped"] if manifest else []
    return {entry["object"] for entry in skipped if not entry["error"].startswith("none")}


def key_of(bucket, name, files):
    """The key of a file as Spark names it, which escapes what stands in a URL."""
    for uri in (name, unquote(name)):
        key = uri.partition(f"//{bucket.name}/")[2]
        if key in files:
            return key
    raise RuntimeError(f"Spark read {name}, which is none of the raw objects")


def has_int96(run, key):
    jvm = run.spark._jvm
    path = jvm.org.apache.hadoop.fs.Path(run.bucket.uri(key))
    file = jvm.org.apache.parquet.hadoop.util.HadoopInputFile.fromPath(path, run.spark._jsc.hadoopConfiguration())
    reader = jvm.org.apache.parquet.hadoop.ParquetFileReader.open(file)
    try:
        return "int96" in reader.getFileMetaData().getSchema().toString()
    finally:
        reader.close()


# --- tables of partitions ---------------------------------------------------------------------------------------------


def cut_partitions(run, s3, planned, name, prefix, forgotten):
    """Writes each partition that holds such rows again without them, beside its files and under their names."""
    table = run.table(name)
    prefix = prefix or table_prefix(run, table)
    partitions = every_partition(table)
    stored = dict(
        zip(
            partitions,
            in_parallel(
                lambda values: find_files(run.bucket, partitions[values], f"{prefix}/{folder_of(table.keys, values)}"),
                partitions,
            ),
        )
    )
    files = [file for one in stored.values() for file in one.files]
    # What a killed run left beside the partitions holds such rows as well.
    retired = {orphan for one in stored.values() for orphan in one.orphans}
    if not files:
        remember_retired(s3, run.settings, retired)
        return table_proof(name, 0, 0, [])
    keys = [column["name"] for column in run.planned(planned)["partition_keys"]]
    schema = ", ".join(f"`{column}` string" for column in {"player_id", "application_id", *keys})
    reader = run.spark.read.schema(schema).option("basePath", run.bucket.uri(f"{prefix}/"))
    rows = reader.parquet(*[run.bucket.uri(file.key) for file in files])
    affected = [tuple(row) for row in rows.where(forgotten.condition()).select(*keys).distinct().collect()]

    sort, locations, parameters, cuts = run.planned(planned)["sorted_by"], {}, {}, []
    for values in sorted(affected):
        # The game stands in the path where it is a key.
        application = f.lit(values[keys.index("application_id")]) if "application_id" in keys else "application_id"
        gone = forgotten.condition("player_id", application)
        made = in_parallel(
            lambda file: cut_file(run, file, gone, run.settings.compression, sort),  # noqa: B023
            stored[values].files,
        )
        target = f"{prefix}/{folder_of(table.keys, values)}/run={run.settings.run_id}/"
        names = [file.key.rpartition("/")[2] for file in stored[values].files]
        # A file of others alone stays as it is.
        sources = [cut.key if cut.removed else file.key for file, cut in zip(stored[values].files, made)]
        run.bucket.copy([(source, f"{target}{name}") for source, name in zip(sources, names)])
        cuts += [cut for cut in made if cut.removed]
        locations[values] = run.bucket.uri(target)
        parameters[values] = {**partitions[values].get("Parameters", {}), "run_id": run.settings.run_id}
    # Before they are left: what is remembered and in use after all is not deleted.
    remember_retired(s3, run.settings, retired | {run.bucket.key(stored[values].location) for values in affected})
    table.switch(locations, parameters)
    return table_proof(name, len(files), rows.count(), cuts)


def every_partition(table):
    pages = table.glue.get_paginator("get_partitions").paginate(**table.names, ExcludeColumnSchema=True)
    return {tuple(partition["Values"]): partition for page in pages for partition in page["Partitions"]}


def delete_from_iceberg(run, name, forgotten):
    """One DELETE, which is one commit. Older snapshots hold the rows until Glue's optimizer expires them."""
    table = IcebergTable(run.spark, run.settings.database, name)
    table.take_snapshot()
    if table.snapshot is None:
        return table_proof(name, 0, 0, [])
    columns = run.planned("events")["columns"] + run.planned("events")["partition_keys"]
    gone = forgotten.condition()
    before, files = table.rows(columns), files_of(table)
    rows, places = before.count(), before.where(gone).select("application_id", "event_date").distinct().collect()
    if not places:
        return table_proof(name, len(files), rows, [])
    touched = f.struct("application_id", "event_date").isin(
        [f.struct(f.lit(place.application_id), f.lit(place.event_date)) for place in places]
    )
    expected = checksum(before.where(touched & ~gone))
    removed = before.where(gone).count()
    run.spark.sql(f"DELETE FROM {table.name} WHERE {forgotten.sql()}")
    table.take_snapshot()
    left = files_of(table)
    after = checksum(table.rows(columns).where(touched))
    if after != expected:
        raise RuntimeError(f"{name} lost rows of others: {expected} became {after}; its last snapshot has them")
    pairs = ((files, left), (left, files))
    sizes = [sum(size for path, size in one.items() if path not in other) for one, other in pairs]
    cut = Cut("", *sizes, removed, *after)
    return {**table_proof(name, len(files), rows, [cut]), "files_rewritten": len(files.keys() - left.keys())}


def files_of(table):
    return {file.file_path: file.size for file in table.files(f.lit(True))}


# --- records as they were sent ----------------------------------------------------------------------------------------


def cut_record_files(run, name, prefix, cut, forgotten):
    """Puts each object of a folder again without what forgotten players sent, under its own key."""
    bucket = run.bucket
    keys = [file.key for file in bucket.list(f"{prefix}/") if file.size > 0]
    proof = dict.fromkeys(("rewritten", "rows", "removed", "unreadable", "before", "after", "others"), 0)
    digest = hashlib.sha256()

    def look(key):
        etag, body = bucket.etag(key), bucket.read_bytes(key)
        is_compressed = body[:2] == b"\x1f\x8b"
        # Latin-1 keeps every byte, also of text that is no UTF-8.
        text = (gzip.decompress(body) if is_compressed else body).decode("latin-1")
        return etag, len(body), is_compressed, cut(text, forgotten.holds)

    for some in (keys[start : start + 64] for start in range(0, len(keys), 64)):
        for key, (etag, size, is_compressed, result) in zip(some, in_parallel(look, some)):
            proof["rows"] += len(result.kept) + result.removed + result.unreadable
            if result.removed + result.unreadable == 0:
                continue
            again = cut(result.text, forgotten.holds)
            if again.removed + again.unreadable > 0 or again.kept != result.kept:
                raise RuntimeError(f"{key} would lose what others sent; nothing of it was written")
            left = result.text.encode("latin-1")
            body = gzip.compress(left) if is_compressed else left
            if not bucket.replace(key, body, etag):
                continue
            for one in result.kept:
                digest.update(f"{one}\n".encode("latin-1"))
            for field, value in (
                ("rewritten", 1),
                ("removed", result.removed),
                ("unreadable", result.unreadable),
                ("before", size),
                ("after", len(body)),
                ("others", len(result.kept)),
            ):
                proof[field] += value
    removed = proof["removed"] + proof["unreadable"]
    return {
        "table": name,
        "files": len(keys),
        "files_rewritten": proof["rewritten"],
        "rows_before": proof["rows"],
        "rows_after": proof["rows"] - removed,
        "rows_removed": removed,
        "bytes_before": proof["before"],
        "bytes_after": proof["after"],
        "others": proof["others"],
        "others_checksum": digest.hexdigest(),
        "unreadable_removed": proof["unreadable"],
    }


# --- what other jobs remember -----------------------------------------------------------------------------------------


def remember_retired(s3, settings, prefixes):
    """Has the events job delete prefixes once no running query can be reading them any more."""
    state = StateFile(s3, settings.bucket, settings.manifest_key)
    if not prefixes or state.text is None:
        return
    manifest = json.loads(state.text)
    known = {entry["prefix"] for entry in manifest["retired"]}
    added = [{"prefix": prefix, "at": format_time(settings.now)} for prefix in prefixes if prefix not in known]
    manifest["retired"] = sorted(manifest["retired"] + added, key=lambda entry: entry["prefix"])
    state.write(json.dumps(manifest, indent=1))


def start_account_tables_anew(s3, settings):
    """Has the account jobs make their tables anew, of the events that are left."""
    for key in (settings.accounts_state_key, settings.player_names_state_key):
        state = StateFile(s3, settings.bucket, key)
        if state.text is None:
            continue
        content = json.loads(state.text)
        for table in content["tables"].values():
            table["sources"][NO_DAY] = ""
        state.write(json.dumps(content, indent=1))


def start(spark, args):
    """One run with Glue's arguments; returns its summary."""
    return forget_players(spark, boto3.client("s3"), boto3.client("glue"), Settings(**read_arguments(args, ARGUMENTS)))


if __name__ == "__main__":
    run_script(sys.argv, ARGUMENTS, OPTIONAL_ARGUMENTS, start)
