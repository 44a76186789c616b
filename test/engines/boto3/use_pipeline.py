"""Uses a pipeline's AWS endpoint as any program with boto3 would, and prints what it saw as JSON.

Reads the pipeline's endpoints.json, with `applicationId` and `folder` beside it, from standard input.
"""

import datetime
import io
import json
import os
import sys
import time
import urllib.parse
import urllib.request
import uuid

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ClientError
from prometheus_client.openmetrics.parser import text_string_to_metric_families


def main():
    pipeline = json.load(sys.stdin)
    session = boto3.Session(
        aws_access_key_id=pipeline["accessKeyId"],
        aws_secret_access_key=pipeline["secretAccessKey"],
        region_name=pipeline["region"],
    )

    def client(service):
        return session.client(service, endpoint_url=pipeline["awsUrl"])

    seen = {
        "records": put_records(client("firehose"), pipeline),
        "catalog": read_catalog(client("glue"), pipeline),
        "workflow": run_workflow(client("glue"), pipeline),
        "query": run_named_query(client("athena"), pipeline),
        "files": move_files(client("s3"), pipeline),
        "table": read_table(client("dynamodb"), pipeline),
        "keys": use_keys(client("kms")),
        "secrets": read_secrets(client("secretsmanager")),
        "metrics": read_metrics(client("cloudwatch"), pipeline),
    }
    json.dump(seen, sys.stdout)


def put_records(firehose, pipeline):
    ids = [str(uuid.uuid4()) for _ in range(500)]
    records = [{"Data": json.dumps(an_event(pipeline, event_id)).encode()} for event_id in ids]
    batch = firehose.put_record_batch(DeliveryStreamName=pipeline["deliveryStream"], Records=records)
    too_many = error_of(
        lambda: firehose.put_record_batch(DeliveryStreamName=pipeline["deliveryStream"], Records=records + records[:1])
    )
    unknown = error_of(lambda: firehose.put_record(DeliveryStreamName="nobody", Record=records[0]))
    wait_for_delivery(pipeline)
    return {
        "ids": ids,
        "failed": batch["FailedPutCount"],
        "responses": len(batch["RequestResponses"]),
        "tooMany": too_many,
        "unknownStream": unknown,
    }


def an_event(pipeline, event_id):
    return {
        "application_id": pipeline["applicationId"],
        "event_id": event_id,
        "event_type": "login",
        "event_timestamp": time.time(),
        "player_id": "игрок 😀",
        "event_data": {"platform": "ios"},
    }


def wait_for_delivery(pipeline):
    url = urllib.parse.urljoin(pipeline["apiUrl"], "/_local/flush")
    urllib.request.urlopen(urllib.request.Request(url, method="POST"), timeout=60).read()


def read_catalog(glue, pipeline):
    database = pipeline["database"]
    pages = glue.get_paginator("get_tables").paginate(DatabaseName=database)
    names = [table["Name"] for page in pages for table in page["TableList"]]
    table = glue.get_table(DatabaseName=database, Name="raw_events")["Table"]

    days = [f"2001-02-{day:02}" for day in range(1, 29)]
    raw = {"DatabaseName": database, "TableName": "raw_events"}
    inputs = [{"Values": [day], "StorageDescriptor": {"Location": f"s3://nowhere/{day}/"}} for day in days]
    created = glue.batch_create_partition(**raw, PartitionInputList=inputs)
    again = glue.batch_create_partition(**raw, PartitionInputList=inputs[:1])
    pages = glue.get_paginator("get_partitions").paginate(**raw, PaginationConfig={"PageSize": 10})
    found = [partition["Values"][0] for page in pages for partition in page["Partitions"]]
    moved = {"Values": [days[0]], "StorageDescriptor": {"Location": "s3://elsewhere/"}}
    glue.update_partition(**raw, PartitionValueList=[days[0]], PartitionInput=moved)
    location = glue.get_partition(**raw, PartitionValues=[days[0]])["Partition"]["StorageDescriptor"]["Location"]
    glue.batch_delete_partition(**raw, PartitionsToDelete=[{"Values": [day]} for day in days[:25]])
    for day in days[25:]:
        glue.delete_partition(**raw, PartitionValues=[day])
    return {
        "tables": names,
        "columns": [column["Name"] for column in table["StorageDescriptor"]["Columns"]],
        "partitionKeys": [key["Name"] for key in table["PartitionKeys"]],
        "createErrors": created.get("Errors", []),
        "createdTwice": [error["ErrorDetail"]["ErrorCode"] for error in again["Errors"]],
        "created": sorted(found) == days,
        "movedTo": location,
        "left": glue.get_partitions(**raw)["Partitions"],
        "unknownTable": error_of(lambda: glue.get_table(DatabaseName=database, Name="nothing")),
    }


def run_workflow(glue, pipeline):
    name = pipeline["workflow"]
    run_id = glue.start_workflow_run(Name=name, RunProperties={"asked-by": "boto3"})["RunId"]
    again = error_of(lambda: glue.start_workflow_run(Name=name))
    while True:
        run = glue.get_workflow_run(Name=name, RunId=run_id)["Run"]
        if run["Status"] != "RUNNING":
            break
        time.sleep(0.05)
    jobs = [job["Name"] for job in glue.get_jobs()["Jobs"] if job["Name"].endswith("-process-events")]
    runs = glue.get_job_runs(JobName=jobs[0])["JobRuns"]
    events = {"DatabaseName": pipeline["database"], "TableName": "events"}
    partitions = glue.get_paginator("get_partitions").paginate(**events, PaginationConfig={"PageSize": 10})
    games = [partition["Values"][0] for page in partitions for partition in page["Partitions"]]
    return {
        "again": again,
        "status": run["Status"],
        "succeeded": run["Statistics"]["SucceededActions"],
        "seconds": (run["CompletedOn"] - run["StartedOn"]).total_seconds(),
        "properties": glue.get_workflow_run_properties(Name=name, RunId=run_id)["RunProperties"],
        "jobRuns": [[one["JobRunState"], one["TriggerName"]] for one in runs],
        "games": sorted(set(games)),
        "triggers": sorted(trigger["Type"] for trigger in glue.get_triggers()["Triggers"]),
        "crawlers": [crawler["State"] for crawler in glue.get_crawlers()["Crawlers"]],
        "unknownRun": error_of(lambda: glue.get_workflow_run(Name=name, RunId="wr_0")),
        "unknownJob": error_of(lambda: glue.start_job_run(JobName="nothing")),
    }


def run_named_query(athena, pipeline):
    ids = athena.list_named_queries(WorkGroup=pipeline["workGroup"])["NamedQueryIds"]
    queries = athena.batch_get_named_query(NamedQueryIds=ids)["NamedQueries"]
    query = next(query for query in queries if query["Name"] == "latest-events")
    execution = athena.start_query_execution(
        QueryString=query["QueryString"],
        QueryExecutionContext={"Database": query["Database"]},
        ExecutionParameters=(["current_date - INTERVAL '1' DAY"] * 2 + ["'%'"]) * 2,
        WorkGroup=pipeline["workGroup"],
    )["QueryExecutionId"]
    state = end_of(athena, execution)
    pages = list(
        athena.get_paginator("get_query_results").paginate(
            QueryExecutionId=execution, PaginationConfig={"PageSize": 30}
        )
    )
    rows = [[cell.get("VarCharValue") for cell in row["Data"]] for page in pages for row in page["ResultSet"]["Rows"]]
    wrong = athena.start_query_execution(
        QueryString="SELECT * FROM nothing",
        QueryExecutionContext={"Database": query["Database"]},
        WorkGroup=pipeline["workGroup"],
    )["QueryExecutionId"]
    return {
        "names": [query["Name"] for query in queries],
        "state": state,
        "pages": len(pages),
        "header": rows[0],
        "rows": len(rows) - 1,
        "wrong": end_of(athena, wrong),
    }


def end_of(athena, execution):
    while True:
        state = athena.get_query_execution(QueryExecutionId=execution)["QueryExecution"]["Status"]["State"]
        if state not in ("QUEUED", "RUNNING"):
            return state
        time.sleep(0.05)


def move_files(s3, pipeline):
    bucket, folder = pipeline["bucket"], pipeline["folder"]
    large = os.urandom(13 * 1024 * 1024 + 5)
    in_parts = TransferConfig(multipart_threshold=5 * 1024 * 1024, multipart_chunksize=5 * 1024 * 1024)
    s3.upload_fileobj(io.BytesIO(large), bucket, "tmp/large", Config=in_parts)
    s3.put_object(Bucket=bucket, Key="tmp/checked", Body=b"checked", ChecksumAlgorithm="CRC32")
    s3.put_object(Bucket=bucket, Key="tmp/with metadata", Body="größer".encode(), Metadata={"made-by": "a test"})
    s3.copy({"Bucket": bucket, "Key": "tmp/large"}, bucket, "tmp/copy", Config=in_parts)
    back = io.BytesIO()
    s3.download_fileobj(bucket, "tmp/copy", back, Config=in_parts)

    head = s3.head_object(Bucket=bucket, Key="tmp/with metadata")
    first = error_of(lambda: s3.put_object(Bucket=bucket, Key="tmp/checked", Body=b"x", IfNoneMatch="*"))
    stale = error_of(lambda: s3.put_object(Bucket=bucket, Key="tmp/checked", Body=b"x", IfMatch='"0"'))
    etag = s3.head_object(Bucket=bucket, Key="tmp/checked")["ETag"]
    s3.put_object(Bucket=bucket, Key="tmp/checked", Body=b"changed", IfMatch=etag)
    changed = s3.get_object(Bucket=bucket, Key="tmp/checked")["Body"].read()
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=bucket, Prefix="tmp/", PaginationConfig={"PageSize": 2}
    )
    keys = [entry["Key"] for page in pages for entry in page.get("Contents", [])]
    folders = s3.list_objects_v2(Bucket=bucket, Delimiter="/")["CommonPrefixes"]
    parquet = download_raw_events(s3, bucket, folder)
    s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": key} for key in keys]})
    return {
        "same": back.getvalue() == large,
        "metadata": head["Metadata"],
        "length": head["ContentLength"],
        "ifNoneMatch": first,
        "ifMatch": stale,
        "changed": changed.decode(),
        "keys": keys,
        "folders": [prefix["Prefix"] for prefix in folders],
        "parquet": parquet,
        "left": s3.list_objects_v2(Bucket=bucket, Prefix="tmp/")["KeyCount"],
        "unknownKey": error_of(lambda: s3.get_object(Bucket=bucket, Key="nothing")),
    }


def download_raw_events(s3, bucket, folder):
    paths = []
    for entry in s3.list_objects_v2(Bucket=bucket, Prefix="raw_events/")["Contents"]:
        paths.append(os.path.join(folder, os.path.basename(entry["Key"])))
        s3.download_file(bucket, entry["Key"], paths[-1])
    return paths


def read_table(dynamodb, pipeline):
    names = dynamodb.list_tables()["TableNames"]
    items = [item for name in names for item in dynamodb.scan(TableName=name)["Items"]]
    ids = [item["application_id"]["S"] for item in items if "application_name" in item]
    return {"tables": len(names), "applications": ids}


def use_keys(kms):
    key_ids = [key["KeyId"] for page in kms.get_paginator("list_keys").paginate() for key in page["Keys"]]
    context = {"purpose": "a test"}
    made = kms.generate_data_key(KeyId=key_ids[0], KeySpec="AES_256", EncryptionContext=context)
    blob = made["CiphertextBlob"]
    back = kms.decrypt(CiphertextBlob=blob, EncryptionContext=context)
    return {
        "keys": len(key_ids),
        "state": kms.describe_key(KeyId=key_ids[0])["KeyMetadata"]["KeyState"],
        "same": back["Plaintext"] == made["Plaintext"] and len(made["Plaintext"]) == 32,
        "otherContext": error_of(lambda: kms.decrypt(CiphertextBlob=blob)),
        "unknownKey": error_of(lambda: kms.encrypt(KeyId="alias/nothing", Plaintext=b"x")),
    }


def read_secrets(secrets):
    pages = secrets.get_paginator("list_secrets").paginate()
    arns = [secret["ARN"] for page in pages for secret in page["SecretList"]]
    values = [secrets.get_secret_value(SecretId=arn)["SecretString"] for arn in arns]
    return {
        "lengths": [len(value) for value in values],
        "distinct": len(set(values)),
        "unknown": error_of(lambda: secrets.get_secret_value(SecretId="nothing")),
    }


def read_metrics(cloudwatch, pipeline):
    now = datetime.datetime.now(datetime.timezone.utc)
    span = {"StartTime": now - datetime.timedelta(minutes=30), "EndTime": now + datetime.timedelta(minutes=1)}
    dimensions = [{"Name": "DeliveryStreamName", "Value": pipeline["deliveryStream"]}]
    incoming = {"Namespace": "AWS/Firehose", "MetricName": "IncomingRecords", "Dimensions": dimensions}
    queries = [
        {"Id": "half", "Expression": "taken / 2"},
        {"Id": "taken", "MetricStat": {"Metric": incoming, "Period": 60, "Stat": "Sum"}, "ReturnData": False},
    ]
    [result] = cloudwatch.get_metric_data(MetricDataQueries=queries, **span)["MetricDataResults"]
    alarms = [alarm for page in cloudwatch.get_paginator("describe_alarms").paginate() for alarm in page["MetricAlarms"]]
    with urllib.request.urlopen(urllib.parse.urljoin(pipeline["apiUrl"], "/_local/metrics")) as answer:
        media_type = answer.headers["content-type"]
        families = list(text_string_to_metric_families(answer.read().decode()))
    samples = [sample for family in families for sample in family.samples]
    return {
        "half": sum(result["Values"]),
        "aware": all(moment.tzinfo is not None for moment in result["Timestamps"]),
        "alarms": sorted(alarm["AlarmName"] for alarm in alarms),
        "unknown": error_of(lambda: cloudwatch.set_alarm_state(AlarmName="x", StateValue="OK", StateReason="r")),
        "mediaType": media_type,
        "families": {family.name: [family.type, family.unit] for family in families},
        "taken": [sample.value for sample in samples if sample.name == "aws_firehose_incoming_records_total"],
        "shown": sorted(s.labels["alarm_name"] for s in samples if s.name == "playlake_alarm"),
    }


def error_of(call):
    try:
        call()
    except ClientError as error:
        return error.response["Error"]["Code"]
    return None


if __name__ == "__main__":
    main()
