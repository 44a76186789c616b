"""Runs jobs in one Spark session, one a line of standard input; answers each with a line of JSON.

A line is `{"script": "...", "argv": [...], "constants": {...}}`: a script by its name, arguments as Glue passes them,
and values for the script's constants; or `{"bucket": "...", "int96": [...]}`: keys of raw objects to write again with
INT96 times, as Firehose writes them.
"""

import importlib
import json
import os
import sys
import traceback
from unittest import mock

import boto3
from pyspark.sql import SparkSession

sys.path.insert(0, os.environ["GLUE_SCRIPTS"])
import process_events  # noqa: E402


def main():
    # Whatever else is printed, by Spark's Java too, goes to standard error; standard output holds answers only.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    spark = SparkSession.builder.getOrCreate()
    for line in sys.stdin:
        request = json.loads(line)
        outcome = write_int96(spark, **request) if "int96" in request else answer(spark, **request)
        print(json.dumps(outcome, default=str), file=answers, flush=True)


def answer(spark, script, argv, constants):
    from awsglue.utils import getResolvedOptions

    job = importlib.import_module(script)
    given = {argument.partition("=")[0] for argument in argv}
    optional = [name for name in job.OPTIONAL_ARGUMENTS if f"--{name}" in given]
    try:
        with mock.patch.dict(vars(job), constants):
            return {"summary": job.start(spark, getResolvedOptions(argv, ["JOB_NAME", *job.ARGUMENTS, *optional]))}
    except Exception as error:  # The test judges what a job raised.
        traceback.print_exc()
        return {"error": f"{type(error).__name__}: {error}"}
    finally:
        spark.catalog.clearCache()


def write_int96(spark, bucket, int96):
    s3 = boto3.client("s3")
    spark.conf.set("spark.sql.parquet.outputTimestampType", "INT96")
    for key in int96:
        rows = spark.read.schema(process_events.RAW_EVENTS).parquet(f"s3://{bucket}/{key}")
        rows.coalesce(1).write.mode("overwrite").parquet(f"s3://{bucket}/int96/")
        written = s3.list_objects_v2(Bucket=bucket, Prefix="int96/part-")["Contents"]
        s3.copy_object(Bucket=bucket, Key=key, CopySource={"Bucket": bucket, "Key": written[0]["Key"]})
    spark.conf.unset("spark.sql.parquet.outputTimestampType")
    return {"summary": {"rewritten": len(int96)}}


if __name__ == "__main__":
    main()
