-- description: Accepted events, each (application_id, event_id) once: the copy that arrived first.
-- grain: one row per application_id, event_id
-- note: a filter on ingest_date cannot reach the files below the window, so every raw partition is read

WITH arrivals AS (
  SELECT
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
    ingest_date,
    row_number() OVER (
      PARTITION BY application_id, event_id
      ORDER BY
        received_at NULLS LAST,
        json_extract_scalar(metadata, '$.request_id') NULLS LAST,
        TRY_CAST(json_extract_scalar(metadata, '$.position') AS bigint) NULLS LAST
    ) AS arrival
  FROM raw_events
  WHERE status = 'accepted'
)

SELECT
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
FROM arrivals
WHERE arrival = 1
