"""Keeps player_names, the restricted table of who the players with an open account are, from account events.

Runs on Glue 5.1 (Spark 3.5, Python 3.11), in the name of the one role of the lake that may decrypt. Names stand in
clear nowhere but below the table's own prefix, where a run deletes at once whatever the partition does not point to:
readers that began before a switch fail rather than read the name of somebody who has left. docs/decisions/0019 says how
personal data is encrypted, 0022 what a run makes anew.
"""

import sys
import time

import boto3
from pyspark.sql import functions as f
from pyspark.storagelevel import StorageLevel

from playlake.account_tables import ARGUMENTS as SHARED_ARGUMENTS
from playlake.account_tables import OPTIONAL_ARGUMENTS, keep_table, read_settings
from playlake.runs import run_script
from playlake.s3_objects import chunks

ARGUMENTS = (*SHARED_ARGUMENTS, "restricted_bucket", "player_keys_table", "pii_key_id")

# As business-logic/shared/personal-data.ts writes them.
CIPHERTEXT_MARK = "enc:v1:"
# As many as DynamoDB takes in one call.
BATCH = 100
# Waits between calls for items that DynamoDB left out, in seconds: half a minute in all.
WAITS = (0.1, 0.2, 0.5, 1, 2, 4, 8, 15)

PLAYER_KEYS = "player_id string, key_id string, wrapped_key binary, kek string"


def process_player_names(spark, s3, glue, dynamodb, kms, settings):
    """One run of the job; returns its summary."""

    def decrypt(candidates):
        return decrypt_names(candidates, player_keys(candidates, dynamodb, kms, settings))

    return keep_table(spark, s3, glue, settings, settings.restricted_bucket, decrypt, forget)


def forget(run, remembered, found):
    """Deletes every prefix that the partition does not point to; see `keep_table`. There is nothing to remember."""
    for prefix in found:
        run.bucket.delete(prefix)
    return (), len(found)


def player_keys(candidates, dynamodb, kms, settings):
    """Keys of those of these players who have one, by player_id. No clear key stands in a plan or a file."""
    table, region, spark = settings.player_keys_table, dynamodb.meta.region_name, candidates.sparkSession

    def look_up(rows):
        # On the executors, each with a client of its own.
        client = boto3.client("dynamodb", region_name=region)
        for some in chunks([row.player_id for row in rows], BATCH):
            ids = {f"player#{player}": player for player in some}
            for item in read_items(client, table, list(ids)):
                # What is left of an erased key bears none.
                if "wrapped_key" in item:
                    key_id = item["key_id"]["S"]
                    yield ids[key_id], key_id, bytearray(item["wrapped_key"]["B"]), item["kek"]["S"]

    found = spark.createDataFrame(candidates.select("player_id").rdd.mapPartitions(look_up), PLAYER_KEYS)
    # Looked up once, though Spark reads it twice.
    wrapped = found.persist(StorageLevel.MEMORY_AND_DISK)
    wrapping = [row.kek for row in wrapped.select("kek").distinct().collect()]
    clear = [(kek, bytearray(key)) for kek, key in wrapping_keys(wrapping, dynamodb, kms, settings).items()]
    keks = spark.createDataFrame(spark.sparkContext.parallelize(clear, 1), "kek string, kek_key binary")
    key = "try_aes_decrypt(wrapped_key, kek_key, 'GCM', 'DEFAULT', encode(key_id, 'UTF-8'))"
    return wrapped.join(f.broadcast(keks), "kek").select("player_id", f.expr(key).alias("player_key"))


def wrapping_keys(names, dynamodb, kms, settings):
    """The keys that wrap players' keys, in clear, by their names."""
    found = {}
    for some in chunks(names, BATCH):
        for item in read_items(dynamodb, settings.player_keys_table, some):
            name = item["key_id"]["S"]
            if "wrapped_key" not in item:
                continue
            answer = kms.decrypt(
                KeyId=settings.pii_key_id,
                CiphertextBlob=item["wrapped_key"]["B"],
                EncryptionContext={"purpose": "player-keys", "kek": name},
            )
            found[name] = answer["Plaintext"]
    missing = sorted(set(names) - set(found))
    if missing:
        raise RuntimeError(
            f"{settings.player_keys_table} has no {', '.join(missing[:3])}, by which keys of players are wrapped: "
            f"without them these players' names cannot be read, and nothing was written"
        )
    return found


def read_items(dynamodb, table, key_ids):
    """Items of the table of keys, as they are now; those that do not exist are left out."""
    items, keys = [], [{"key_id": {"S": key_id}} for key_id in key_ids]
    for wait in (*WAITS, None):
        request = {
            "Keys": keys,
            "ProjectionExpression": "key_id, wrapped_key, kek",
            # A key that was erased just now should not be found.
            "ConsistentRead": True,
        }
        answer = dynamodb.batch_get_item(RequestItems={table: request})
        items += answer["Responses"].get(table, [])
        keys = answer.get("UnprocessedKeys", {}).get(table, {}).get("Keys", [])
        if not keys:
            return items
        if wait is not None:
            time.sleep(wait)
    raise RuntimeError(f"DynamoDB left out {len(keys)} items of {table} again and again: it is throttled")


def decrypt_names(candidates, keys):
    """The table's rows: of players who have a key. A field that it does not open is null."""

    def clear(name):
        payload = f"try_to_binary(substring({name}, {len(CIPHERTEXT_MARK) + 1}), 'base64')"
        context = f"encode(concat(player_id, '|{name}'), 'UTF-8')"
        plain = f"decode(try_aes_decrypt({payload}, player_key, 'GCM', 'DEFAULT', {context}), 'UTF-8')"
        return f.expr(f"CASE WHEN startswith({name}, '{CIPHERTEXT_MARK}') THEN {plain} END").alias(name)

    opened = candidates.join(keys.where("player_key IS NOT NULL"), "player_id")
    return opened.select("player_id", clear("user_id"), clear("player_name"))


def start(spark, args):
    """One run with Glue's arguments; returns its summary."""
    clients = [boto3.client(service) for service in ("s3", "glue", "dynamodb", "kms")]
    return process_player_names(spark, *clients, read_settings(args, ARGUMENTS))


if __name__ == "__main__":
    run_script(sys.argv, ARGUMENTS, OPTIONAL_ARGUMENTS, start)
