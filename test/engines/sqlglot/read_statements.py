"""Reads SQL statements (a JSON list on standard input) in Redshift's dialect and says what each is."""

import json
import logging
import sys

import sqlglot
from sqlglot import expressions as exp
from sqlglot.errors import ErrorLevel, SqlglotError

# What it does not know it keeps as a command, with a warning.
logging.disable(logging.WARNING)


def read(statement):
    try:
        trees = sqlglot.parse(statement, read="redshift", error_level=ErrorLevel.RAISE)
    except SqlglotError as error:
        return {"error": str(error).splitlines()[0]}
    if len(trees) != 1 or trees[0] is None:
        return {"error": f"{len(trees)} statements"}
    tree = trees[0]
    if isinstance(tree, exp.Command):
        return {"command": tree.name.upper()}
    unknown = sorted({call.name.lower() for call in tree.find_all(exp.Anonymous)})
    return {"kind": type(tree).__name__, "functions": unknown}


json.dump([read(statement) for statement in json.load(sys.stdin)], sys.stdout)
