"""Runs jobs in one Spark session, one a line of standard input; answers each with a line of JSON.

A line is `{"argv": [...], "constants": {...}}`: arguments as Glue passes them, and values for the script's constants.
"""

import json
import os
import sys
import traceback
from unittest import mock

import boto3
from pyspark.sql import SparkSession

sys.path.insert(0, os.environ["GLUE_SCRIPTS"])
import process_events as job  # noqa: E402


def main():
    # Whatever else is printed, by Spark's Java too, goes to standard error; standard output holds answers only.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    spark = SparkSession.builder.getOrCreate()
    clients = boto3.client("s3"), boto3.client("glue")
    for line in sys.stdin:
        print(json.dumps(answer(spark, clients, **json.loads(line)), default=str), file=answers, flush=True)


def answer(spark, clients, argv, constants):
    from awsglue.utils import getResolvedOptions

    given = {argument.partition("=")[0] for argument in argv}
    optional = [name for name in job.OPTIONAL_ARGUMENTS if f"--{name}" in given]
    try:
        settings = job.read_settings(getResolvedOptions(argv, [*job.ARGUMENTS, *optional]))
        with mock.patch.dict(vars(job), constants):
            return {"summary": job.process_events(spark, *clients, settings)}
    except Exception as error:  # The test judges what a job raised.
        traceback.print_exc()
        return {"error": f"{type(error).__name__}: {error}"}
    finally:
        spark.catalog.clearCache()


if __name__ == "__main__":
    main()
