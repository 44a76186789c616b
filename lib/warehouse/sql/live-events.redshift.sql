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
    NULL AS request_id,
    landing.payload AS event
  FROM public.live_landing AS landing
  WHERE landing.payload.request_id IS NULL
    AND landing.payload.event_id IS NOT NULL
),

described AS (
  SELECT
    CASE WHEN json_typeof(application_id) = 'string' THEN CAST(application_id AS VARCHAR(1024)) END AS application_id,
    CASE WHEN json_typeof(event.event_id) = 'string' THEN lower(CAST(event.event_id AS VARCHAR(1024))) END AS event_id,
    CASE WHEN json_typeof(event.event_type) = 'string' THEN CAST(event.event_type AS VARCHAR(1024)) END AS event_type,
    CASE WHEN json_typeof(event.event_name) = 'string' THEN CAST(event.event_name AS VARCHAR(1024)) END AS event_name,
    CASE WHEN json_typeof(event.event_version) = 'string' THEN CAST(event.event_version AS VARCHAR(1024)) END AS event_version,
    CASE WHEN json_typeof(event.event_timestamp) = 'number' THEN CAST(event.event_timestamp AS DOUBLE PRECISION) END AS event_timestamp,
    CASE WHEN json_typeof(event.app_version) = 'string' THEN CAST(event.app_version AS VARCHAR(1024)) END AS app_version,
    CASE WHEN json_typeof(event.player_id) = 'string' THEN CAST(event.player_id AS VARCHAR(1024)) END AS player_id,
    CASE WHEN json_typeof(event.session_id) = 'string' THEN CAST(event.session_id AS VARCHAR(1024)) END AS session_id,
    CASE WHEN json_typeof(country) = 'string' THEN CAST(country AS VARCHAR(1024)) END AS country,
    CASE WHEN json_typeof(request_id) = 'string' THEN CAST(request_id AS VARCHAR(1024)) END AS request_id,
    event.event_data AS event_data,
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
