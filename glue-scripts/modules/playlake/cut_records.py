"""Takes events out of records as they were sent, and leaves every other byte as it was."""

import base64
import json
import re
from dataclasses import dataclass, field

PLAYER_IDS = re.compile(r'"player_id"\s*:\s*("(?:[^"\\]|\\.)*")')


@dataclass
class CutText:
    """A text without what forgotten players sent. `kept`: events of others, as they stood."""

    text: str
    kept: list = field(default_factory=list)
    removed: int = 0
    # Stretches that are no JSON and name such a player: they went as a whole.
    unreadable: int = 0


def _refuse(name):
    raise ValueError(f"{name} is no JSON")


DECODER = json.JSONDecoder(parse_constant=_refuse)


def cut_records(text, holds):
    """Cuts packed requests, single events, or rows of the transform, one behind the other.

    The text is Latin-1, so that every byte is a character. `holds` says of a player and an application whether what the
    one sent to the other goes.
    """
    result, cuts = CutText(""), []
    for start, end, is_json, value in _documents(text):
        source = text[start:end]
        if not is_json:
            if any(_names(found, holds) for found in PLAYER_IDS.findall(source)):
                cuts.append((start, end))
                result.unreadable += 1
            else:
                result.kept.append(source)
            continue
        events = value.get("events") if isinstance(value, dict) else None
        if not isinstance(events, list):
            fields = value if isinstance(value, dict) else {}
            if _holds(fields.get("player_id"), fields.get("application_id"), holds):
                cuts.append((start, end))
                result.removed += 1
            else:
                result.kept.append(source)
            continue
        players = [event.get("player_id") if isinstance(event, dict) else None for event in events]
        gone = [_holds(player, value.get("application_id"), holds) for player in players]
        places = list(_elements(text, _member(text, start, "events")))
        result.removed += sum(gone)
        result.kept += [text[first:last] for (first, last), goes in zip(places, gone) if not goes]
        if gone and all(gone):
            cuts.append((start, end))
        elif any(gone):
            cuts += _cuts_of_elements(places, gone)
    position = 0
    for start, end in cuts:
        result.text += text[position:start]
        position = end
    result.text += text[position:]
    return result


def cut_errors(text, holds):
    """Cuts error objects of Firehose: a line of JSON for each record, which lies in `rawData` or `RawData`.

    A line whose record is gone goes; one that is no such line stays as it is.
    """
    result, lines = CutText(""), []
    for line in text.splitlines(keepends=True) if text.isascii() else re.split(r"(?<=\n)", text):
        data = _raw_data(line)
        if data is None:
            lines.append(line)
            result.kept += [line] if line.strip() else []
            continue
        cut = cut_records(base64.b64decode(data).decode("latin-1"), holds)
        result.removed += cut.removed
        result.unreadable += cut.unreadable
        result.kept += cut.kept
        if cut.removed + cut.unreadable == 0:
            lines.append(line)
        elif cut.text.strip():
            lines.append(line.replace(data, base64.b64encode(cut.text.encode("latin-1")).decode(), 1))
    result.text = "".join(lines)
    return result


def _raw_data(line):
    try:
        fields = DECODER.decode(line.strip())
    except ValueError:
        return None
    if not isinstance(fields, dict):
        return None
    data = fields.get("rawData", fields.get("RawData"))
    return data if isinstance(data, str) else None


def _holds(player, application, holds):
    """Ids were read byte by byte; what they are is UTF-8, but for characters that were escaped."""
    return holds(player, application) or holds(_utf8(player), _utf8(application))


def _utf8(value):
    if not isinstance(value, str):
        return value
    try:
        return value.encode("latin-1").decode("utf-8", errors="replace")
    except UnicodeEncodeError:
        return value


def _names(literal, holds):
    try:
        return _holds(json.loads(literal, strict=False), None, holds)
    except ValueError:
        return False


def _skip(text, position):
    while position < len(text) and text[position] in " \t\r\n":
        position += 1
    return position


def _documents(text):
    """(start, end, is JSON, value) of what follows each other in a text; what is none reaches to the next such line."""
    position = _skip(text, 0)
    while position < len(text):
        try:
            value, end = DECODER.raw_decode(text, position)
            yield position, end, True, value
        except (ValueError, RecursionError):
            found = text.find("\n{", position + 1)
            end = len(text) if found < 0 else found
            yield position, end, False, None
        position = _skip(text, end)


def _member(text, start, name):
    """Where the value of a member of the object at `start` begins; of equal keys the last counts."""
    found, position = None, _skip(text, start + 1)
    while text[position] != "}":
        key, position = DECODER.raw_decode(text, position)
        position = _skip(text, _skip(text, position) + 1)
        if key == name:
            found = position
        _, position = DECODER.raw_decode(text, position)
        position = _skip(text, position)
        if text[position] == ",":
            position = _skip(text, position + 1)
    return found


def _elements(text, start):
    """Where the elements of the array at `start` begin and end."""
    position = _skip(text, start + 1)
    while text[position] != "]":
        _, end = DECODER.raw_decode(text, position)
        yield position, end
        position = _skip(text, end)
        if text[position] == ",":
            position = _skip(text, position + 1)


def _cuts_of_elements(places, gone):
    """Each element that goes takes the comma behind it along, or the one before it where nothing follows that stays."""
    last_kept = max(at for at, goes in enumerate(gone) if not goes)
    for at, (start, end) in enumerate(places):
        if gone[at]:
            yield (start, places[at + 1][0]) if at < last_kept else (places[at - 1][1], end)
