"""Keeps player_names, the restricted table of who the players with an open account are, from account events.

Runs on Glue 5.1 (Spark 3.5, Python 3.11), in the name of the one role of the lake that may decrypt. Names stand in
clear below the table's own prefix and, while a run lasts, on its workers' disks. What no partition points to is
deleted at once: readers that began before a switch fail rather than read the name of somebody who has left.
docs/decisions/0019 says how personal data is encrypted, 0022 what a run makes anew.
"""

import sys
import time

import boto3
from pyspark.sql import functions as f
from pyspark.storagelevel import StorageLevel

from playlake.account_tables import ARGUMENTS as SHARED_ARGUMENTS
from playlake.account_tables import OPTIONAL_ARGUMENTS, keep_table, read_settings
from playlake.runs import log, run_script
from playlake.s3_objects import chunks

ARGUMENTS = (*SHARED_ARGUMENTS, "restricted_bucket", "player_keys_table", "pii_key_id")

# As business-logic/shared/personal-data.ts writes them.
CIPHERTEXT_MARK = "enc:v1:"
# As many as DynamoDB takes in one call.
BATCH = 100
# Waits between calls for items that DynamoDB left out, in seconds: half a minute in all.
WAITS = (0.1, 0.2, 0.5, 1, 2, 4, 8, 15)

ITEMS = "player_id string, key_id string, wrapped_key binary, kek string, is_erased boolean"


def process_player_names(spark, s3, glue, dynamodb, kms, settings):
    """One run of the job; returns its summary."""

    counts = {"names_decrypted": 0, "players_erased": 0, "players_unreadable": 0}

    def decrypt(candidates):
        # Encrypted as they are, they may lie on a worker's disk.
        candidates = candidates.persist(StorageLevel.MEMORY_AND_DISK)
        opened = open_names(candidates, player_keys(candidates, dynamodb, kms, settings))
        counts.update(count_names(opened))
        if counts["players_unreadable"] > 0:
            log("names of players could not be decrypted", players=counts["players_unreadable"])
        return opened.where("has_key").drop("has_key", "is_erased")

    summary = keep_table(spark, s3, glue, settings, settings.restricted_bucket, decrypt, forget)
    return {**summary, **counts}


def forget(run, remembered, found):
    """Deletes every prefix that the partition does not point to; see `keep_table`. There is nothing to remember."""
    for prefix in found:
        run.bucket.delete(prefix)
    return (), len(found)


def player_keys(candidates, dynamodb, kms, settings):
    """What the table of keys says of these players: player_id, player_key (null without one), is_erased.

    No clear key stands in a plan or a file.
    """
    table, region, spark = settings.player_keys_table, dynamodb.meta.region_name, candidates.sparkSession

    def look_up(rows):
        # On the executors, each with a client of its own.
        client = boto3.client("dynamodb", region_name=region)
        for some in chunks([row.player_id for row in rows], BATCH):
            ids = {f"player#{player}": player for player in some}
            for item in read_items(client, table, list(ids)):
                key_id, is_erased = item["key_id"]["S"], "erased_at" in item
                has_key = "wrapped_key" in item and not is_erased
                wrapped_key = bytearray(item["wrapped_key"]["B"]) if has_key else None
                yield ids[key_id], key_id, wrapped_key, item["kek"]["S"] if has_key else None, is_erased

    found = spark.createDataFrame(candidates.select("player_id").rdd.mapPartitions(look_up), ITEMS)
    # Looked up once, though Spark reads it twice.
    wrapped = found.persist(StorageLevel.MEMORY_AND_DISK)
    wrapping = [row.kek for row in wrapped.where("kek IS NOT NULL").select("kek").distinct().collect()]
    clear = [(kek, bytearray(key)) for kek, key in wrapping_keys(wrapping, dynamodb, kms, settings).items()]
    keks = spark.createDataFrame(spark.sparkContext.parallelize(clear, 1), "kek string, kek_key binary")
    key = "try_aes_decrypt(wrapped_key, kek_key, 'GCM', 'DEFAULT', encode(key_id, 'UTF-8'))"
    return wrapped.join(f.broadcast(keks), "kek", "left").select(
        "player_id", f.expr(key).alias("player_key"), "is_erased"
    )


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
            "ProjectionExpression": "key_id, wrapped_key, kek, erased_at",
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


def open_names(candidates, keys):
    """Names in clear, null where the player's key does not open them, and why there may be none: has_key, is_erased."""

    def clear(name):
        payload = f"try_to_binary(substring({name}, {len(CIPHERTEXT_MARK) + 1}), 'base64')"
        context = f"encode(concat(player_id, '|{name}'), 'UTF-8')"
        plain = f"decode(try_aes_decrypt({payload}, player_key, 'GCM', 'DEFAULT', {context}), 'UTF-8')"
        return f.expr(f"CASE WHEN startswith({name}, '{CIPHERTEXT_MARK}') THEN {plain} END").alias(name)

    return candidates.join(keys, "player_id", "left").select(
        "player_id",
        clear("user_id"),
        clear("player_name"),
        f.expr("player_key IS NOT NULL").alias("has_key"),
        f.expr("coalesce(is_erased, false)").alias("is_erased"),
    )


def count_names(opened):
    """What became of the candidates, for the summary."""
    is_clear = "user_id IS NOT NULL AND player_name IS NOT NULL"
    decrypted, erased, every = opened.selectExpr(
        f"count(CASE WHEN {is_clear} THEN 1 END)", "count(CASE WHEN is_erased THEN 1 END)", "count(*)"
    ).first()
    return {"names_decrypted": decrypted, "players_erased": erased, "players_unreadable": every - decrypted - erased}


def start(spark, args):
    """One run with Glue's arguments; returns its summary."""
    clients = [boto3.client(service) for service in ("s3", "glue", "dynamodb", "kms")]
    return process_player_names(spark, *clients, read_settings(args, ARGUMENTS))


if __name__ == "__main__":
    run_script(sys.argv, ARGUMENTS, OPTIONAL_ARGUMENTS, start)
