"""Tables of the Glue catalog, and how the values of their partitions stand in paths."""

import re

from botocore.exceptions import ClientError

from playlake.s3_objects import chunks, in_parallel


class CatalogTable:
    """A table of the Glue catalog and its partitions. Values of a partition are strings, as in the catalog."""

    def __init__(self, glue, database, name):
        self.glue = glue
        self.names = {"DatabaseName": database, "TableName": name}
        self.table = glue.get_table(DatabaseName=database, Name=name)["Table"]
        self.keys = [key["Name"] for key in self.table.get("PartitionKeys", [])]

    def partitions(self, values):
        """Those of these partitions that exist, by their values."""
        found = {}
        # As many as Glue takes in one call.
        for some in chunks(sorted(set(values)), 1000):
            wanted = [{"Values": list(one)} for one in some]
            while wanted:
                answer = self.glue.batch_get_partition(**self.names, PartitionsToGet=wanted)
                found.update({tuple(partition["Values"]): partition for partition in answer["Partitions"]})
                wanted = answer.get("UnprocessedKeys", [])
        return found

    def partitions_where(self, condition):
        """Those that meet a condition on the partition keys, without their columns."""
        pages = self.glue.get_paginator("get_partitions").paginate(
            **self.names, Expression=condition, ExcludeColumnSchema=True
        )
        return [partition for page in pages for partition in page["Partitions"]]

    def create(self, locations, parameters):
        """Registers new partitions: `locations` and `parameters` by partition values."""
        for some in chunks(sorted(locations), 100):
            inputs = [self._input(values, locations[values], parameters[values]) for values in some]
            answer = self.glue.batch_create_partition(**self.names, PartitionInputList=inputs)
            if answer.get("Errors"):
                raise RuntimeError(f"partitions could not be created: {answer['Errors'][:3]}")

    def switch(self, locations, parameters):
        """Moves existing partitions; a query sees the old files of one or its new ones."""

        def switch_one(values):
            self.glue.update_partition(
                **self.names,
                PartitionValueList=list(values),
                PartitionInput=self._input(values, locations[values], parameters[values]),
            )

        in_parallel(switch_one, sorted(locations))

    def _input(self, values, location, parameters):
        descriptor = {**self.table["StorageDescriptor"], "Location": location}
        return {"Values": list(values), "StorageDescriptor": descriptor, "Parameters": parameters}

    def ensure_index(self):
        """Lets Glue find partitions by all of their keys without reading every one; the template cannot say that."""
        answer = self.glue.get_partition_indexes(**self.names)
        present = [[key["Name"] for key in index["Keys"]] for index in answer["PartitionIndexDescriptorList"]]
        if self.keys in present:
            return
        index = {"Keys": self.keys, "IndexName": "_".join(self.keys)}
        try:
            self.glue.create_partition_index(**self.names, PartitionIndex=index)
        except ClientError as error:
            if error.response["Error"]["Code"] != "AlreadyExistsException":
                raise


def escape(value):
    """A partition value as Spark and Hive write it into a path."""
    return re.sub(r"[\x01-\x1f\x7f\"#%'*/:=?\\{\[\]^]", lambda found: f"%{ord(found.group()):02X}", value)


def folder_of(keys, values):
    return "/".join(f"{key}={escape(value)}" for key, value in zip(keys, values))
