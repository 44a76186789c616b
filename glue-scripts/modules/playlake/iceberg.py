"""Reading Iceberg tables of the Glue catalog."""

from pyspark.sql import functions as f

# As the jobs' `--conf` names the catalog of Iceberg tables.
ICEBERG_CATALOG = "glue_catalog"


class IcebergTable:
    """A table as one of its snapshots has it. Part of a run; not thread-safe."""

    def __init__(self, spark, database, table):
        self.spark = spark
        self.name = f"{ICEBERG_CATALOG}.`{database}`.`{table}`"
        # None before `take_snapshot`, and where nothing was ever written.
        self.snapshot = None

    def take_snapshot(self):
        """Reads the table as it is from now on, whatever an optimizer commits meanwhile."""
        self.spark.sql(f"REFRESH TABLE {self.name}")
        found = self.spark.sql(f"SELECT snapshot_id FROM {self.name}.refs WHERE name = 'main'").collect()
        self.snapshot = found[0].snapshot_id if found else None

    def rows(self, columns):
        """These columns of the snapshot, with the plan's types. A snapshot has the columns of its time."""
        if self.snapshot is None:
            return self.spark.createDataFrame([], ", ".join(f"`{one['name']}` {one['type']}" for one in columns))
        rows = self.spark.sql(f"SELECT * FROM {self.name} VERSION AS OF {self.snapshot}")
        present = set(rows.columns)
        return rows.select(
            [
                (f.col(one["name"]) if one["name"] in present else f.lit(None)).cast(one["type"]).alias(one["name"])
                for one in columns
            ]
        )

    def files(self, condition):
        """Data and delete files whose `partition` meets a condition: (application, day, file_path, size)."""
        if self.snapshot is None:
            return []
        files = self.spark.sql(f"SELECT * FROM {self.name}.files VERSION AS OF {self.snapshot}")
        return (
            files.where(condition)
            .select(
                f.col("partition.application_id").alias("application"),
                f.col("partition.event_date").alias("day"),
                "file_path",
                f.col("file_size_in_bytes").alias("size"),
            )
            .collect()
        )


def iceberg_type(glue_type):
    """The type of a column in the Iceberg table. Its times bear no zone, as Athena's do: they are UTC."""
    return {"timestamp": "timestamp_ntz"}.get(glue_type, glue_type)
