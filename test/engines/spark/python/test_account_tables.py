"""What the jobs of account tables decide, without Spark: their state, their prefixes, what they ask of DynamoDB."""

import os
import sys
import unittest
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace
from unittest import mock

sys.path.insert(0, os.environ["GLUE_SCRIPTS"])
import process_accounts  # noqa: E402
import process_player_names  # noqa: E402
from playlake.account_events import ParquetAccountEvents  # noqa: E402
from playlake.account_state import TableState, format_state, parse_state  # noqa: E402
from playlake.s3_objects import StoredFile  # noqa: E402

NOON = datetime(2026, 11, 21, 12, tzinfo=timezone.utc)
DAY = timedelta(hours=24)


class ABucket:
    """Remembers which prefixes were deleted."""

    def __init__(self):
        self.deleted = []

    def delete(self, prefix):
        self.deleted.append(prefix)


class State(unittest.TestCase):
    tables = {
        "studios": TableState({"2026-11-20": "b", "2026-11-19": "a"}, NOON, ()),
        "players": TableState({}, NOON, (("players/snapshot=current/run=jr_1/", NOON),)),
    }

    def test_is_read_as_it_was_written_and_always_written_alike(self):
        text = format_state(self.tables)
        self.assertEqual(parse_state(text), self.tables)
        self.assertEqual(format_state(dict(reversed(parse_state(text).items()))), text)
        self.assertLess(text.index("players"), text.index("studios"))
        self.assertLess(text.index("2026-11-19"), text.index("2026-11-20"))

    def test_of_another_version_is_refused(self):
        with self.assertRaisesRegex(ValueError, "version 2; this job reads version 1"):
            parse_state('{"version": 2}')


class Sources(unittest.TestCase):
    def source(self, location, *names):
        events = ParquetAccountEvents.__new__(ParquetAccountEvents)
        events.application = "_accounts"
        events.days = {"2026-11-20": (location, [StoredFile(f"events/x/{name}", 1) for name in names])}
        return events.sources()["2026-11-20"]

    def test_change_with_the_files_of_a_day_and_with_nothing_else(self):
        before = self.source("s3://lake/run=1/", "a", "b")
        self.assertEqual(self.source("s3://lake/run=1/", "b", "a"), before)
        self.assertNotEqual(self.source("s3://lake/run=1/", "a", "b", "c"), before)
        self.assertNotEqual(self.source("s3://lake/run=2/", "a", "b"), before)


class Prefixes(unittest.TestCase):
    def run_at(self, now):
        return SimpleNamespace(bucket=ABucket(), settings=SimpleNamespace(now=now))

    def test_of_account_tables_are_kept_for_a_day_from_when_they_were_found(self):
        run = self.run_at(NOON)
        retired, deleted = process_accounts.retire(run, (("old/", NOON - DAY),), frozenset(["old/", "new/"]))
        self.assertEqual((retired, deleted, run.bucket.deleted), ((("new/", NOON),), 1, ["old/"]))
        run = self.run_at(NOON + DAY / 2)
        self.assertEqual(process_accounts.retire(run, retired, frozenset(["new/"])), (retired, 0))

    def test_that_a_partition_points_to_after_all_stay(self):
        run = self.run_at(NOON)
        self.assertEqual(process_accounts.retire(run, (("old/", NOON - DAY),), frozenset()), ((), 0))
        self.assertEqual(run.bucket.deleted, [])

    def test_of_names_go_at_once(self):
        run = self.run_at(NOON)
        self.assertEqual(process_player_names.forget(run, (), frozenset(["names/"])), ((), 1))
        self.assertEqual(run.bucket.deleted, ["names/"])


class Keys(unittest.TestCase):
    """A table of keys that answers so many of those asked for at a time."""

    def __init__(self, *args):
        super().__init__(*args)
        self.asked, self.at_a_time = [], 2

    def batch_get_item(self, RequestItems):
        ((table, request),) = RequestItems.items()
        self.asked.append(len(request["Keys"]))
        answered, rest = request["Keys"][: self.at_a_time], request["Keys"][self.at_a_time :]
        self.assertTrue(request["ConsistentRead"])
        unprocessed = {table: {"Keys": rest}} if rest else {}
        return {
            "Responses": {table: [key for key in answered if key != {"key_id": {"S": "no"}}]},
            "UnprocessedKeys": unprocessed,
        }

    def test_that_were_left_out_are_asked_for_again(self):
        with mock.patch("time.sleep") as sleep:
            items = process_player_names.read_items(self, "keys", ["a", "no", "b", "c", "d"])
        self.assertEqual([item["key_id"]["S"] for item in items], ["a", "b", "c", "d"])
        self.assertEqual((self.asked, sleep.call_count), ([5, 3, 1], 2))

    def test_that_are_left_out_for_good_end_the_run(self):
        self.at_a_time = 0
        with mock.patch("time.sleep"), self.assertRaisesRegex(RuntimeError, "left out 1 items of keys again and again"):
            process_player_names.read_items(self, "keys", ["a"])
        self.assertEqual(len(self.asked), len(process_player_names.WAITS) + 1)


if __name__ == "__main__":
    unittest.main()
