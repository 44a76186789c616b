-- description: Accepted events of new raw objects, each (application_id, event_id) once: the copy that arrived first.
-- grain: one row per application_id, event_id
-- note: only what came more than once is ranked: few rows, where ranking all of them would move every one
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
    replay
  FROM new_raw_events
  WHERE status = 'accepted'
    AND application_id IS NOT NULL
    AND event_id IS NOT NULL
    AND event_at IS NOT NULL
),

repeated AS (
  SELECT
    application_id,
    event_id
  FROM accepted
  GROUP BY application_id, event_id
  HAVING count(*) > 1
),

arrivals AS (
  SELECT
    accepted.event_id,
    accepted.event_type,
    accepted.event_name,
    accepted.event_version,
    accepted.event_timestamp,
    accepted.event_at,
    accepted.received_at,
    accepted.app_version,
    accepted.player_id,
    accepted.session_id,
    accepted.country,
    accepted.application_id,
    accepted.application_name,
    accepted.event_data,
    accepted.metadata,
    accepted.replay,
    row_number() OVER (
      PARTITION BY accepted.application_id, accepted.event_id
      ORDER BY
        accepted.received_at NULLS LAST,
        json_extract_scalar(accepted.metadata, '$.request_id') NULLS LAST,
        TRY_CAST(json_extract_scalar(accepted.metadata, '$.position') AS bigint) NULLS LAST
    ) AS arrival
  FROM accepted
  INNER JOIN repeated
    ON repeated.application_id = accepted.application_id
    AND repeated.event_id = accepted.event_id
),

arrived_once AS (
  SELECT
    accepted.event_id,
    accepted.event_type,
    accepted.event_name,
    accepted.event_version,
    accepted.event_timestamp,
    accepted.event_at,
    accepted.received_at,
    accepted.app_version,
    accepted.player_id,
    accepted.session_id,
    accepted.country,
    accepted.application_id,
    accepted.application_name,
    accepted.event_data,
    accepted.metadata,
    accepted.replay
  FROM accepted
  LEFT JOIN repeated
    ON repeated.application_id = accepted.application_id
    AND repeated.event_id = accepted.event_id
  WHERE repeated.event_id IS NULL

  UNION ALL

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
    replay
  FROM arrivals
  WHERE arrival = 1
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
    metadata,
    replay
  FROM arrived_once
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
  replay,
  application_id,
  CAST(event_at AS date) AS event_date
FROM fields
