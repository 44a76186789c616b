-- description: Rows of raw files that a load has staged, numbered: of those that are one event, the copy that arrived first is 1.
-- grain: one row per staged row
-- rejection_key: what a rejected event is told apart by: its game and id, or without an id how it arrived

WITH keyed AS (
  SELECT
    json_extract_scalar(rejection, '$.code') AS reason,
    coalesce(application_id, '') || '/' || coalesce(
      event_id,
      '@' || coalesce(json_extract_scalar(metadata, '$.request_id'), CAST(received_at AS varchar), '') || '/'
      || coalesce(json_extract_scalar(metadata, '$.position'), '')
    ) AS rejection_key,
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
    status,
    rejection,
    metadata,
    original,
    replay
  FROM staged_raw_events
)

SELECT
  row_number() OVER (
    PARTITION BY status, rejection_key
    ORDER BY
      received_at NULLS LAST,
      json_extract_scalar(metadata, '$.request_id') NULLS LAST,
      TRY_CAST(json_extract_scalar(metadata, '$.position') AS bigint) NULLS LAST
  ) AS arrival,
  rejection_key,
  reason,
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
  status,
  rejection,
  metadata,
  original,
  replay
FROM keyed
