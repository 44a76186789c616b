"""What one run of a job is: its arguments, its Spark, and what it says."""

import json
import uuid
from dataclasses import dataclass
from datetime import datetime, timezone

from playlake.catalog import CatalogTable
from playlake.s3_objects import Bucket


@dataclass
class Run:
    """What the parts of one run share."""

    spark: object
    bucket: Bucket
    glue: object
    # The job's arguments; all jobs have `database`, `compression`, `run_id` and `now`.
    settings: object
    plan: dict

    def table(self, name):
        return CatalogTable(self.glue, self.settings.database, name)

    def statement(self, name):
        return self.spark.sql(self.plan["statements"][name]["spark"])

    def planned(self, table):
        return self.plan["tables"][table]


def parse_time(text):
    """A time in ISO 8601; without an offset it is UTC."""
    time = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return time.replace(tzinfo=timezone.utc) if time.tzinfo is None else time.astimezone(timezone.utc)


def format_time(time):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def log(message, **fields):
    print(json.dumps({"message": message, **fields}, default=str), flush=True)


def configure(spark):
    for name, value in {
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.ansi.enabled": "false",
        # INT64 microseconds, adjusted to UTC; Spark's own default is INT96.
        "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
        "spark.sql.parquet.int96RebaseModeInRead": "CORRECTED",
        "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
        "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
        "spark.sql.files.ignoreCorruptFiles": "false",
        "spark.sql.files.ignoreMissingFiles": "false",
        # A run's id is text even where it looks like a number.
        "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
    }.items():
        spark.conf.set(name, value)


def schema_of(planned):
    return ", ".join(
        f"`{column['name']}` {column['type']}" for column in planned["columns"] + planned["partition_keys"]
    )


def names_of(planned):
    return [f"`{column['name']}`" for column in planned["columns"] + planned["partition_keys"]]


def read_arguments(args, names):
    """These of the resolved arguments, the run's id (Glue's, else a new one), and its clock (`now`, else the time)."""
    now = args.get("now")
    return {
        **{name: args[name].strip("/") if name.endswith("_prefix") else args[name] for name in names},
        "run_id": args.get("JOB_RUN_ID") or f"jr_{uuid.uuid4().hex}",
        "now": parse_time(now) if now else datetime.now(timezone.utc),
    }


def run_script(argv, arguments, optional_arguments, start):
    """What every script is when Glue starts it: `start` gets Spark and the resolved arguments."""
    from awsglue.context import GlueContext
    from awsglue.job import Job
    from awsglue.utils import getResolvedOptions
    from pyspark.context import SparkContext

    given = {argument.partition("=")[0] for argument in argv}
    optional = [name for name in optional_arguments if f"--{name}" in given]
    args = getResolvedOptions(argv, ["JOB_NAME", *arguments, *optional])
    context = GlueContext(SparkContext.getOrCreate())
    job = Job(context)
    job.init(args["JOB_NAME"], args)
    log(f"{args['JOB_NAME']} has finished", run_id=args.get("JOB_RUN_ID"), **start(context.spark_session, args))
    job.commit()
