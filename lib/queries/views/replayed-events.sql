-- description: Accepted events that were rejected or could not be delivered at first, and that a replay has brought in.
-- grain: one row per accepted event as it was replayed; replayed twice, it stands here twice
-- replay_source: rejected, or the folder of firehose-errors that it lay in
-- replay_key: equal whenever the same arrival is replayed
-- replay_of: application_id, request_id, position and event_id of the rejected row, with slashes between; null of others
-- received_at: when the event arrived first; the day of the folder is that of the replay

WITH replays AS (
  SELECT
    json_extract_scalar(replay, '$.run') AS replay_run,
    json_extract_scalar(replay, '$.source') AS replay_source,
    json_extract_scalar(replay, '$.key') AS replay_key,
    json_extract_scalar(replay, '$.of') AS replay_of,
    event_id,
    event_type,
    event_name,
    event_version,
    event_timestamp,
    event_at,
    received_at,
    app_version,
    player_id,
    session_id,
    country,
    application_id,
    application_name,
    event_data,
    metadata,
    ingest_date
  FROM raw_events
  WHERE status = 'accepted'
    AND replay IS NOT NULL
)

SELECT
  CAST(replay_run AS varchar) AS replay_run,
  CAST(replay_source AS varchar) AS replay_source,
  CAST(replay_key AS varchar) AS replay_key,
  CAST(replay_of AS varchar) AS replay_of,
  CAST(event_id AS varchar) AS event_id,
  CAST(event_type AS varchar) AS event_type,
  CAST(event_name AS varchar) AS event_name,
  CAST(event_version AS varchar) AS event_version,
  CAST(event_timestamp AS double) AS event_timestamp,
  CAST(event_at AS timestamp) AS event_at,
  CAST(received_at AS timestamp) AS received_at,
  CAST(app_version AS varchar) AS app_version,
  CAST(player_id AS varchar) AS player_id,
  CAST(session_id AS varchar) AS session_id,
  CAST(country AS varchar) AS country,
  CAST(application_id AS varchar) AS application_id,
  CAST(application_name AS varchar) AS application_name,
  CAST(event_data AS varchar) AS event_data,
  CAST(metadata AS varchar) AS metadata,
  CAST(ingest_date AS varchar) AS ingest_date
FROM replays
