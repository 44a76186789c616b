"""What the jobs of account tables remember: which events each table is made of."""

import json
from dataclasses import dataclass, field

from playlake.runs import format_time, parse_time


@dataclass(frozen=True)
class TableState:
    """Of one table."""

    # By day of events, what they were.
    sources: dict = field(default_factory=dict)
    # When a run last found any change; None before the first run.
    built_at: object = None
    # Prefixes that no partition points to any more, with the times since when.
    retired: tuple = ()


def parse_state(text):
    """By name of table."""
    content = json.loads(text)
    if content.get("version") != 1:
        raise ValueError(f"the state has version {content.get('version')!r}; this job reads version 1")
    return {
        name: TableState(
            sources=table["sources"],
            built_at=parse_time(table["built_at"]),
            retired=tuple((entry["prefix"], parse_time(entry["at"])) for entry in table["retired"]),
        )
        for name, table in content["tables"].items()
    }


def format_state(tables):
    """The same text for the same state, so that an unchanged one need not be written."""
    return json.dumps(
        {
            "version": 1,
            "tables": {
                name: {
                    "built_at": format_time(table.built_at),
                    "sources": dict(sorted(table.sources.items())),
                    "retired": [{"prefix": prefix, "at": format_time(at)} for prefix, at in sorted(table.retired)],
                }
                for name, table in sorted(tables.items())
            },
        },
        indent=1,
    )
