-- description: Events that were received and rejected, per game and reason, and how many of them were replayed since.
-- grain: one row per application_id, reason
-- application_id: null where the event came without a valid one
-- reason: code of the first rule the event broke
-- events: arrivals; an event that was sent twice counts twice, replaying it does not count
-- replayed: those among them that a replay has brought in since
-- note: the period is that of arrival; a replay keeps the time of the first one, in a folder of a later day
-- parameter: from_date date default current_date - INTERVAL '30' DAY
-- parameter: from_date
-- parameter: to_date date default current_date
-- parameter: application_id varchar default '%'
-- parameter: from_date
-- parameter: from_date
-- parameter: to_date
-- chart: bar x=reason y=events series=application_id

-- A rejected event and the accepted one of its replay meet in the name that the replay gives of it.
WITH arrivals AS (
  SELECT
    application_id,
    reason,
    received_at,
    0 AS is_replay,
    json_extract_scalar(replay, '$.key') AS replay_key,
    coalesce(application_id, '') || '/' || coalesce(json_extract_scalar(metadata, '$.request_id'), '') || '/'
      || coalesce(json_extract_scalar(metadata, '$.position'), '') || '/' || coalesce(event_id, '') AS arrival_name
  FROM rejected_events
  WHERE ingest_date >= CAST(? - INTERVAL '1' DAY AS varchar)
    AND CAST(received_at AS date) BETWEEN ? AND ?
    AND coalesce(application_id, '') LIKE ?
    AND coalesce(application_id, '') <> '_accounts'
    AND coalesce(json_extract_scalar(replay, '$.source'), '') <> 'rejected'

  UNION ALL

  SELECT
    application_id,
    CAST(NULL AS varchar) AS reason,
    received_at,
    1 AS is_replay,
    replay_key,
    replay_of AS arrival_name
  FROM replayed_events
  WHERE ingest_date >= CAST(? - INTERVAL '1' DAY AS varchar)
    AND CAST(received_at AS date) BETWEEN ? AND ?
    AND replay_source = 'rejected'
    AND coalesce(application_id, '') <> '_accounts'
),

marked_arrivals AS (
  SELECT
    application_id,
    reason,
    is_replay,
    replay_key,
    max(is_replay) OVER (PARTITION BY received_at, arrival_name) AS was_replayed
  FROM arrivals
),

-- What Firehose could not deliver has a key from the first, and counts once however often it was sent.
counted_arrivals AS (
  SELECT
    application_id,
    reason,
    replay_key,
    was_replayed,
    CASE WHEN was_replayed = 1 THEN replay_key END AS replayed_key
  FROM marked_arrivals
  WHERE is_replay = 0
)

SELECT
  application_id,
  reason,
  sum(CASE WHEN replay_key IS NULL THEN 1 ELSE 0 END) + count(DISTINCT replay_key) AS events,
  sum(CASE WHEN replay_key IS NULL THEN was_replayed ELSE 0 END) + count(DISTINCT replayed_key) AS replayed
FROM counted_arrivals
GROUP BY application_id, reason
ORDER BY application_id NULLS LAST, events DESC, reason
