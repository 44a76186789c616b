-- description: Events of the studio's titles that were received and rejected, by reason and version of the game.
-- grain: one row per game_id, reason, app_version
-- audience: studio
-- reason: code of the first rule the event broke
-- app_version: of the game that sent it; null where the event names none that is valid
-- events: arrivals; an event that was sent twice counts twice, replaying it does not count
-- replayed: those among them that were repaired and replayed since, and count in every other report
-- last_received_at: when the newest arrived (UTC)
-- note: the period is that of arrival; a replay keeps the time of the first one, in a folder of a later day
-- parameter: studio_id varchar bound
-- parameter: game_id varchar default '%'
-- parameter: from_date date default current_date - INTERVAL '30' DAY
-- parameter: from_date
-- parameter: to_date date default current_date
-- parameter: studio_id
-- parameter: game_id
-- parameter: from_date
-- parameter: from_date
-- parameter: to_date
-- chart: bar x=reason y=events series=game_id

-- A rejected event and the accepted one of its replay meet in the name that the replay gives of it.
WITH arrivals AS (
  SELECT
    games.game_id,
    games.name,
    rejected_events.reason,
    rejected_events.app_version,
    rejected_events.received_at,
    0 AS is_replay,
    json_extract_scalar(rejected_events.replay, '$.key') AS replay_key,
    rejected_events.application_id || '/'
      || coalesce(json_extract_scalar(rejected_events.metadata, '$.request_id'), '') || '/'
      || coalesce(json_extract_scalar(rejected_events.metadata, '$.position'), '') || '/'
      || coalesce(rejected_events.event_id, '') AS arrival_name
  FROM games
  JOIN rejected_events
    ON rejected_events.application_id = games.game_id
  WHERE games.studio_id = ?
    AND games.game_id LIKE ?
    AND rejected_events.ingest_date >= CAST(? - INTERVAL '1' DAY AS varchar)
    AND CAST(rejected_events.received_at AS date) BETWEEN ? AND ?
    AND coalesce(json_extract_scalar(rejected_events.replay, '$.source'), '') <> 'rejected'

  UNION ALL

  SELECT
    games.game_id,
    games.name,
    CAST(NULL AS varchar) AS reason,
    CAST(NULL AS varchar) AS app_version,
    replayed_events.received_at,
    1 AS is_replay,
    replayed_events.replay_key,
    replayed_events.replay_of AS arrival_name
  FROM games
  JOIN replayed_events
    ON replayed_events.application_id = games.game_id
  WHERE games.studio_id = ?
    AND games.game_id LIKE ?
    AND replayed_events.ingest_date >= CAST(? - INTERVAL '1' DAY AS varchar)
    AND CAST(replayed_events.received_at AS date) BETWEEN ? AND ?
    AND replayed_events.replay_source = 'rejected'
),

marked_arrivals AS (
  SELECT
    game_id,
    name,
    reason,
    app_version,
    received_at,
    is_replay,
    replay_key,
    max(is_replay) OVER (PARTITION BY received_at, arrival_name) AS was_replayed
  FROM arrivals
),

-- What Firehose could not deliver has a key from the first, and counts once however often it was sent.
counted_arrivals AS (
  SELECT
    game_id,
    name,
    reason,
    app_version,
    received_at,
    replay_key,
    was_replayed,
    CASE WHEN was_replayed = 1 THEN replay_key END AS replayed_key
  FROM marked_arrivals
  WHERE is_replay = 0
)

SELECT
  game_id,
  name,
  reason,
  app_version,
  sum(CASE WHEN replay_key IS NULL THEN 1 ELSE 0 END) + count(DISTINCT replay_key) AS events,
  sum(CASE WHEN replay_key IS NULL THEN was_replayed ELSE 0 END) + count(DISTINCT replayed_key) AS replayed,
  max(received_at) AS last_received_at
FROM counted_arrivals
GROUP BY game_id, name, reason, app_version
ORDER BY game_id, events DESC, reason, app_version NULLS LAST
