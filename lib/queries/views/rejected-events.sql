-- description: Events that were received and not accepted, with the reason.
-- grain: one row per rejected event as it arrived; sent twice, it stands here twice
-- reason: code of the first rule the event broke, e.g. schema_mismatch
-- original: the event as it was received, in pieces of at most 60,000 bytes

SELECT
  CAST(json_extract_scalar(rejection, '$.code') AS varchar) AS reason,
  CAST(rejection AS varchar) AS rejection,
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
  CAST(original AS array(varchar)) AS original,
  CAST(replay AS varchar) AS replay,
  CAST(ingest_date AS varchar) AS ingest_date
FROM raw_events
WHERE status = 'rejected'
