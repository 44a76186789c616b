"""What a job remembers between its runs: one object, which a run puts last."""

from botocore.exceptions import ClientError


class AnotherRunFinished(Exception):
    """What is remembered is not what this run began with."""

    def __init__(self, key):
        super().__init__(f"another run finished first: {key} has changed since this run began; run the job again")


class StateFile:
    """A text in S3: what was read, and a put that fails if another run has put its own meanwhile."""

    def __init__(self, s3, bucket, key):
        self.s3, self.bucket, self.key = s3, bucket, key
        # None where there is none yet.
        self.text, self.etag = self._read()

    def _read(self):
        try:
            answer = self.s3.get_object(Bucket=self.bucket, Key=self.key)
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchKey":
                return None, None
            raise
        return answer["Body"].read().decode(), answer["ETag"]

    def check_unchanged(self):
        """Called before anything is published: the loser of two runs should not get that far."""
        if self._read()[1] != self.etag:
            raise AnotherRunFinished(self.key)

    def write(self, text):
        """Returns whether there was anything to write."""
        if text == self.text:
            return False
        condition = {"If-Match": self.etag} if self.etag else {"If-None-Match": "*"}

        # As a header: a Glue version's own botocore may be older than S3's conditional writes.
        def add_condition(params, **_):
            params["headers"].update(condition)

        event = "before-call.s3.PutObject"
        self.s3.meta.events.register(event, add_condition)
        try:
            self.s3.put_object(Bucket=self.bucket, Key=self.key, Body=text.encode(), ContentType="application/json")
        except ClientError as error:
            lost = error.response["Error"]["Code"] in ("PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey")
            # A put whose answer was lost is tried again by the SDK, and then meets what it wrote itself.
            if not lost:
                raise
            if self._read()[0] != text:
                raise AnotherRunFinished(self.key) from error
        finally:
            self.s3.meta.events.unregister(event, add_condition)
        return True
