"""The lake's objects."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from botocore.exceptions import ClientError

THREADS = 16


@dataclass(frozen=True)
class StoredFile:
    key: str
    size: int


class Bucket:
    """The lake's objects. Keys in, keys out; every failure of a batch is an error."""

    def __init__(self, s3, name):
        self.s3, self.name = s3, name

    def uri(self, key):
        return f"s3://{self.name}/{key}"

    def key(self, uri):
        start = f"s3://{self.name}/"
        if not uri.startswith(start):
            raise ValueError(f"{uri} lies outside of {start}: this job moves nothing between buckets")
        return uri[len(start) :]

    def read(self, uri):
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        return self.s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode()

    def read_bytes(self, key):
        return self.s3.get_object(Bucket=self.name, Key=key)["Body"].read()

    def etag(self, key):
        """The ETag of an object; None where there is none."""
        try:
            return self.s3.head_object(Bucket=self.name, Key=key)["ETag"]
        except ClientError as error:
            if error.response["Error"]["Code"] in ("404", "NoSuchKey"):
                return None
            raise

    def replace(self, key, body, etag):
        """Puts other bytes in the place of an object that still has this ETag. False where it has expired meanwhile."""
        if etag is None:
            return False

        # As a header: a Glue version's own botocore may be older than S3's conditional writes.
        def add_condition(params, **_):
            params["headers"]["If-Match"] = etag

        event = "before-call.s3.PutObject"
        self.s3.meta.events.register(event, add_condition)
        try:
            self.s3.put_object(Bucket=self.name, Key=key, Body=body)
        except ClientError as error:
            if error.response["Error"]["Code"] in ("404", "NoSuchKey"):
                return False
            raise
        finally:
            self.s3.meta.events.unregister(event, add_condition)
        return True

    def list(self, prefix, start_after=""):
        """Files below a prefix in the order of their keys, without what every reader of a lake passes over."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(
            Bucket=self.name, Prefix=prefix, **({"StartAfter": start_after} if start_after else {})
        )
        entries = (entry for page in pages for entry in page.get("Contents", []))
        files = [StoredFile(entry["Key"], entry["Size"]) for entry in entries]
        return [file for file in files if file.key.rpartition("/")[2][:1] not in ("", "_", ".")]

    def copy(self, pairs):
        """Copies objects within the bucket, each in one atomic put."""

        def copy_one(pair):
            source, target = pair
            self.s3.copy_object(Bucket=self.name, Key=target, CopySource={"Bucket": self.name, "Key": source})

        in_parallel(copy_one, pairs)

    def delete(self, prefix):
        """Deletes everything below a prefix, markers of folders included."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=prefix)
        for page in pages:
            keys = [{"Key": entry["Key"]} for entry in page.get("Contents", [])]
            if not keys:
                continue
            answer = self.s3.delete_objects(Bucket=self.name, Delete={"Objects": keys, "Quiet": True})
            if answer.get("Errors"):
                raise RuntimeError(f"objects below {prefix} could not be deleted: {answer['Errors'][:3]}")


def in_parallel(action, items):
    """The results in the order of the items; the first failure is raised."""
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(action, items))


def chunks(items, size):
    return [items[start : start + size] for start in range(0, len(items), size)]
