"""Who is forgotten: digests in the place of ids, as business-logic/shared/forgotten-players.ts writes them."""

import hashlib
import json
from dataclasses import dataclass

from botocore.exceptions import ClientError
from pyspark.sql import functions as f


@dataclass(frozen=True)
class Forgotten:
    """The list. `everywhere` are digests; `in_games` are pairs of a digest and the one game that forgets the player."""

    salt: str
    everywhere: frozenset = frozenset()
    in_games: frozenset = frozenset()

    def __len__(self):
        return len(self.everywhere) + len(self.in_games)

    def condition(self, player="player_id", application="application_id"):
        """A condition that holds for what forgotten players sent, and is never null."""
        digest = f.sha2(f.concat(f.lit(self.salt), _column(player)), 256)
        condition = f.lit(False)
        if self.everywhere:
            condition = condition | digest.isin(sorted(self.everywhere))
        if self.in_games:
            pairs = [f"{player} {game}" for player, game in sorted(self.in_games)]
            condition = condition | f.concat(digest, f.lit(" "), _column(application)).isin(pairs)
        return f.coalesce(condition, f.lit(False))

    def sql(self):
        """The same as SQL over `player_id` and `application_id`."""
        digest = f"sha2(concat('{self.salt}', player_id), 256)"
        conditions = ["false"]
        if self.everywhere:
            conditions.append(f"{digest} IN ({', '.join(_quote(one) for one in sorted(self.everywhere))})")
        for player, game in sorted(self.in_games):
            conditions.append(f"({digest} = {_quote(player)} AND application_id = {_quote(game)})")
        return " OR ".join(conditions)

    def holds(self, player, application):
        """The same of one event; an unknown application (None) counts as any."""
        if not isinstance(player, str):
            return False
        # A lone surrogate, which JSON can escape, is nobody's id.
        digest = hashlib.sha256(f"{self.salt}{player}".encode(errors="replace")).hexdigest()
        if digest in self.everywhere:
            return True
        return any(one == digest and application in (None, game) for one, game in self.in_games)


def _quote(text):
    # Spark reads backslashes in a literal.
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _column(name):
    return f.col(name) if isinstance(name, str) else name


def read_forgotten(bucket, key):
    """The list; an empty one where there is none."""
    try:
        content = json.loads(bucket.read(bucket.uri(key)))
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchKey":
            raise
        return Forgotten("")
    if content.get("version") != 1:
        raise ValueError(f"{key} has version {content.get('version')!r}; this job reads version 1")
    players = [(entry["player"], entry["application_id"]) for entry in content["players"]]
    return Forgotten(
        content["salt"],
        frozenset(player for player, game in players if game is None),
        frozenset((player, game) for player, game in players if game is not None),
    )
