"""The events of the reserved application, from which the account tables are made."""

import hashlib
from datetime import date

from pyspark.sql import functions as f

from playlake.catalog import CatalogTable
from playlake.iceberg import IcebergTable
from playlake.s3_objects import Bucket, in_parallel


def account_events(spark, s3, glue, settings, columns):
    """What reads them where this deployment has its events; `columns` are the plan's."""
    formats = {"PARQUET": ParquetAccountEvents, "ICEBERG": IcebergAccountEvents}
    if settings.table_format not in formats:
        raise ValueError(f"--table_format {settings.table_format}: this job reads {' or '.join(formats)}")
    return formats[settings.table_format](spark, s3, glue, settings, columns)


class ParquetAccountEvents:
    """Partitions of Parquet files. They are looked up once: a run reads one state of them."""

    def __init__(self, spark, s3, glue, settings, columns):
        self.spark, self.columns = spark, columns
        self.bucket = Bucket(s3, settings.bucket)
        table = CatalogTable(glue, settings.database, settings.events_table)
        partitions = table.partitions_where(f"application_id = '{settings.application_id}'")

        def look(partition):
            location = partition["StorageDescriptor"]["Location"].rstrip("/") + "/"
            return location, self.bucket.list(self.bucket.key(location))

        self.application = settings.application_id
        self.days = dict(zip((partition["Values"][1] for partition in partitions), in_parallel(look, partitions)))

    def sources(self):
        """By day, what its events are: it changes whenever one of them does."""
        return {day: self._source(*stored) for day, stored in self.days.items()}

    def rows(self, days=None):
        """Events of these days, or all."""
        keys = [file.key for file in self._files(days)]
        schema = ", ".join(f"`{column['name']}` {column['type']}" for column in self.columns)
        if not keys:
            return self.spark.createDataFrame([], schema)
        return self.spark.read.schema(schema).parquet(*sorted(self.bucket.uri(key) for key in keys))

    def bytes(self, days=None):
        """What the events of these days, or all, take as files."""
        return sum(file.size for file in self._files(days))

    def _files(self, days):
        return [file for day, (_, files) in self.days.items() if days is None or day in days for file in files]

    def _source(self, location, files):
        names = ",".join(sorted(file.key.rpartition("/")[2] for file in files))
        return hashlib.sha256(f"{self.application}|{location}|{names}".encode()).hexdigest()


class IcebergAccountEvents:
    """Partitions of an Iceberg table, as one snapshot has them."""

    def __init__(self, spark, s3, glue, settings, columns):
        self.columns, self.application = columns, settings.application_id
        self.table = IcebergTable(spark, settings.database, settings.events_table)
        self.table.take_snapshot()
        self.files = self.table.files(f.col("partition.application_id") == self.application)

    def sources(self):
        """By day, what its events are: it changes whenever one of them does."""
        lines = {}
        for file in self.files:
            lines.setdefault(file.day.isoformat(), []).append(f"{self.application}|{file.file_path}")
        return {day: hashlib.sha256("\n".join(sorted(own)).encode()).hexdigest() for day, own in lines.items()}

    def rows(self, days=None):
        """Events of these days, or all."""
        keys = [{"name": "application_id", "type": "string"}, {"name": "event_date", "type": "date"}]
        rows = self.table.rows([*self.columns, *keys]).where(f.col("application_id") == self.application)
        if days is not None:
            # As dates, so that files of other days are not read.
            rows = rows.where(f.col("event_date").isin([date.fromisoformat(day) for day in sorted(days)]))
        return rows.select([column["name"] for column in self.columns])

    def bytes(self, days=None):
        """What the events of these days, or all, take as files."""
        return sum(file.size for file in self.files if days is None or file.day.isoformat() in days)
