"""What the events job decides, without Spark: its manifest, its plans, its names."""

import os
import sys
import unittest
from datetime import date, datetime, timedelta, timezone

sys.path.insert(0, os.environ["GLUE_SCRIPTS"])
import process_events as job  # noqa: E402
from playlake.catalog import escape, folder_of  # noqa: E402
from playlake.publishing import FILE_BYTES, StoredPartition, due_prefixes  # noqa: E402
from playlake.runs import parse_time  # noqa: E402
from playlake.s3_objects import StoredFile  # noqa: E402

TODAY = date(2026, 11, 21)
NOON = datetime(2026, 11, 21, 12, tzinfo=timezone.utc)


def a_partition(*files, size=1000):
    found = tuple(StoredFile(f"events/a/run=1/{name}", size) for name in files)
    return StoredPartition("s3://lake/events/a/run=1/", found)


def appended(count):
    return [f"jr_{number}.parquet" for number in range(count)]


class Decide(unittest.TestCase):
    def decide(self, stored, rows, day=TODAY, row_bytes=100):
        return job.decide(day, TODAY, stored, rows, row_bytes)

    def test_creates_a_partition_for_rows_alone(self):
        self.assertEqual(self.decide(None, 5), "create")
        self.assertIsNone(self.decide(None, 0))

    def test_adds_objects_to_a_growing_day_until_the_eighth(self):
        self.assertEqual(self.decide(a_partition("part-00000.parquet", *appended(5)), 5), "append")
        self.assertEqual(self.decide(a_partition("part-00000.parquet", *appended(6)), 5), "rewrite")

    def test_counts_small_files_only_so_that_a_large_day_is_not_rewritten_every_hour(self):
        large = a_partition(*[f"part-{number:05}.parquet" for number in range(20)], size=FILE_BYTES)
        self.assertEqual(self.decide(large, 5), "append")

    def test_rewrites_a_growing_day_for_more_than_one_file_holds(self):
        rows = FILE_BYTES // 100 + 1
        self.assertEqual(self.decide(a_partition("part-00000.parquet"), rows), "rewrite")

    def test_leaves_a_growing_day_alone_that_gets_nothing(self):
        self.assertIsNone(self.decide(a_partition("part-00000.parquet", *appended(5)), 0))

    def test_rewrites_a_day_that_is_over_for_a_late_event_or_if_it_is_scattered(self):
        yesterday = TODAY - timedelta(days=1)
        whole = a_partition("part-00000.parquet", "part-00001.parquet")
        self.assertEqual(self.decide(whole, 1, yesterday), "rewrite")
        self.assertIsNone(self.decide(whole, 0, yesterday))
        self.assertEqual(self.decide(a_partition("part-00000.parquet", "jr_1.parquet"), 0, yesterday), "rewrite")

    def test_an_event_an_hour_ahead_makes_a_day_that_grows(self):
        self.assertEqual(self.decide(a_partition("part-00000.parquet"), 1, TODAY + timedelta(days=1)), "append")

    def test_moves_a_partition_whose_files_are_gone(self):
        self.assertEqual(self.decide(a_partition(), 1), "rewrite")
        self.assertIsNone(self.decide(a_partition(), 0))


class TheManifest(unittest.TestCase):
    manifest = job.Manifest(
        taken_before="2026-11-18",
        objects=frozenset(
            ["raw_events/ingest_date=2026-11-18/a.parquet", "raw_events/ingest_date=2026-11-20/b.parquet"]
        ),
        skipped=({"object": "raw_events/ingest_date=2026-11-20/bad.parquet", "run_id": "jr", "at": "x", "error": "y"},),
        growing=(("game", date(2026, 11, 20)),),
        retired=(("events/x/run=1/", NOON),),
    )

    def test_is_read_as_it_was_written(self):
        text = job.format_manifest(self.manifest)
        self.assertEqual(job.parse_manifest(text), self.manifest)
        self.assertEqual(job.format_manifest(job.parse_manifest(text)), text)

    def test_of_another_version_is_refused(self):
        with self.assertRaisesRegex(ValueError, "version 2"):
            job.parse_manifest('{"version": 2}')

    def test_says_which_objects_are_new(self):
        listed = [
            *sorted(self.manifest.objects),
            self.manifest.skipped[0]["object"],
            "raw_events/ingest_date=2026-11-21/c",
        ]
        self.assertEqual(job.choose_objects(self.manifest, listed, ()), (listed[3:], []))
        self.assertEqual(job.choose_objects(self.manifest, listed, (listed[3],)), ([], [listed[3]]))
        with self.assertRaisesRegex(ValueError, "no new raw object: raw_events/ingest_date=2026-11-20/bad.parquet"):
            job.choose_objects(self.manifest, listed, (listed[2],))

    def test_closes_folders_after_three_days_and_never_opens_one_again(self):
        new = ["raw_events/ingest_date=2026-11-21/c", "raw_events/ingest_date=2026-11-17/late"]
        taken_before, objects = job.take_objects(self.manifest, new, "raw_events", TODAY)
        self.assertEqual(taken_before, "2026-11-18")
        self.assertEqual(objects, self.manifest.objects | {new[0]})
        taken_before, objects = job.take_objects(self.manifest, [], "raw_events", date(2026, 11, 23))
        self.assertEqual((taken_before, len(objects)), ("2026-11-20", 1))
        self.assertEqual(job.take_objects(self.manifest, [], "raw_events", date(2026, 11, 1))[0], "2026-11-18")

    def test_keeps_retired_prefixes_for_a_day(self):
        retired = [("old/", NOON - timedelta(hours=24)), ("young/", NOON - timedelta(hours=23))]
        self.assertEqual(due_prefixes(retired, NOON), (["old/"], retired[1:]))


class Names(unittest.TestCase):
    def test_paths_are_escaped_as_spark_escapes_them(self):
        self.assertEqual(escape("a-b_c.d"), "a-b_c.d")
        self.assertEqual(escape("a/b=c:d%e f"), "a%2Fb%3Dc%3Ad%25e f")
        self.assertEqual(
            folder_of(["application_id", "event_date"], ("g", "2026-11-21")),
            "application_id=g/event_date=2026-11-21",
        )

    def test_times_without_an_offset_are_utc(self):
        for text in ("2026-11-21T12:00:00Z", "2026-11-21T12:00:00", "2026-11-21T14:00:00+02:00"):
            self.assertEqual(parse_time(text), NOON)


class Settings(unittest.TestCase):
    args = {name: f"/{name}/" if name.endswith("_prefix") else name for name in job.ARGUMENTS}

    def test_take_glues_run_id_and_several_keys_to_skip(self):
        settings = job.read_settings(
            {**self.args, "JOB_RUN_ID": "jr_1", "skip": "a, b,", "now": "2026-11-21T12:00:00Z"}
        )
        self.assertEqual(
            (settings.run_id, settings.skip, settings.now, settings.today), ("jr_1", ("a", "b"), NOON, TODAY)
        )
        self.assertEqual(settings.raw_prefix, "raw_prefix")

    def test_make_a_run_id_where_there_is_none(self):
        ids = {job.read_settings({**self.args, "JOB_RUN_ID": None}).run_id for _ in range(2)}
        self.assertEqual(len(ids), 2)


if __name__ == "__main__":
    unittest.main()
