-- description: Accepted events of new raw objects, each (application_id, event_id) once: the copy that arrived first.
-- grain: one row per application_id, event_id
-- note: lib/etl/typed-fields.ts adds a column per declared field to the last two SELECTs

WITH accepted AS (
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
    row_number() OVER (
      PARTITION BY application_id, event_id
      ORDER BY
        received_at NULLS LAST,
        json_extract_scalar(metadata, '$.request_id') NULLS LAST,
        TRY_CAST(json_extract_scalar(metadata, '$.position') AS bigint) NULLS LAST
    ) AS arrival
  FROM new_raw_events
  WHERE status = 'accepted'
    AND application_id IS NOT NULL
    AND event_id IS NOT NULL
    AND event_at IS NOT NULL
),

fields AS (
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
    metadata
  FROM accepted
  WHERE arrival = 1
)

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
  application_name,
  event_data,
  metadata,
  application_id,
  CAST(event_at AS date) AS event_date
FROM fields
