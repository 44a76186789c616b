-- description: Events of the last day as the stream has them, each (application_id, event_id) once: the copy that arrived first.
-- grain: one row per application_id, event_id
-- validated: always false: no schema has judged these events, and no application was looked up
-- note: a record is a packed request with an array of events, or one event that bears its application

WITH received AS (
  SELECT
    landing.approximate_arrival_timestamp,
    landing.sequence_number,
    landing.payload.application_id AS application_id,
    landing.payload.country AS country,
    landing.payload.request_id AS request_id,
    packed AS event
  FROM public.live_landing AS landing, landing.payload.events AS packed

  UNION ALL

  SELECT
    landing.approximate_arrival_timestamp,
    landing.sequence_number,
    landing.payload.application_id AS application_id,
    landing.payload.country AS country,
    CAST(NULL AS SUPER) AS request_id,
    landing.payload AS event
  FROM public.live_landing AS landing
  WHERE landing.payload.request_id IS NULL
    AND landing.payload.event_id IS NOT NULL
),

described AS (
  SELECT
    CASE WHEN json_typeof(received.application_id) = 'string' THEN CAST(received.application_id AS VARCHAR(1024)) END AS application_id,
    CASE WHEN json_typeof(received.event.event_id) = 'string' THEN lower(CAST(received.event.event_id AS VARCHAR(1024))) END AS event_id,
    CASE WHEN json_typeof(received.event.event_type) = 'string' THEN CAST(received.event.event_type AS VARCHAR(1024)) END AS event_type,
    CASE WHEN json_typeof(received.event.event_name) = 'string' THEN CAST(received.event.event_name AS VARCHAR(1024)) END AS event_name,
    CASE WHEN json_typeof(received.event.event_version) = 'string' THEN CAST(received.event.event_version AS VARCHAR(1024)) END AS event_version,
    CASE WHEN json_typeof(received.event.event_timestamp) = 'number' THEN CAST(received.event.event_timestamp AS DOUBLE PRECISION) END AS event_timestamp,
    CASE WHEN json_typeof(received.event.app_version) = 'string' THEN CAST(received.event.app_version AS VARCHAR(1024)) END AS app_version,
    CASE WHEN json_typeof(received.event.player_id) = 'string' THEN CAST(received.event.player_id AS VARCHAR(1024)) END AS player_id,
    CASE WHEN json_typeof(received.event.session_id) = 'string' THEN CAST(received.event.session_id AS VARCHAR(1024)) END AS session_id,
    CASE WHEN json_typeof(received.country) = 'string' THEN CAST(received.country AS VARCHAR(1024)) END AS country,
    CASE WHEN json_typeof(received.request_id) = 'string' THEN CAST(received.request_id AS VARCHAR(1024)) END AS request_id,
    received.event.event_data AS event_data,
    approximate_arrival_timestamp AS received_at,
    sequence_number
  FROM received
),

arrivals AS (
  SELECT
    application_id,
    event_id,
    event_type,
    event_name,
    event_version,
    event_timestamp,
    app_version,
    player_id,
    session_id,
    country,
    request_id,
    event_data,
    received_at,
    row_number() OVER (PARTITION BY application_id, event_id ORDER BY received_at, sequence_number) AS arrival
  FROM described
  WHERE application_id IS NOT NULL
    AND event_id IS NOT NULL
)

SELECT
  application_id,
  event_id,
  event_type,
  coalesce(event_name, event_type) AS event_name,
  event_version,
  event_timestamp,
  app_version,
  player_id,
  session_id,
  country,
  request_id,
  event_data,
  received_at,
  false AS validated
FROM arrivals
WHERE arrival = 1
