-- description: The newest 100 events, by the time they were received.
-- grain: one row per application_id, event_id
-- event_at: time by the sender's clock, or the time of arrival where that clock is far off
-- event_data: the fields of the event type, as JSON
-- note: shows what the events table does not hold yet; reads raw partitions from from_date on
-- note: a copy that arrives from from_date on counts as new, also where the event arrived first before that day
-- parameter: from_date date default current_date - INTERVAL '1' DAY
-- parameter: from_date
-- parameter: application_id varchar default '%'
-- parameter: from_date
-- parameter: from_date
-- parameter: application_id

-- Which the newest are is found without what they say: the whole rows of all arrivals would have to be sorted.
-- The day of a folder may be one before the day an event was received on.
WITH arrivals AS (
  SELECT
    application_id,
    event_id,
    received_at
  FROM raw_events
  WHERE ingest_date >= CAST(? - INTERVAL '1' DAY AS varchar)
    AND CAST(received_at AS date) >= ?
    AND status = 'accepted'
    AND application_id LIKE ?
    AND application_id <> '_accounts'
),

newest_events AS (
  SELECT
    application_id,
    event_id,
    min(received_at) AS first_received_at
  FROM arrivals
  GROUP BY application_id, event_id
  ORDER BY first_received_at DESC, application_id, event_id
  LIMIT 100
),

whole_arrivals AS (
  SELECT
    application_id,
    event_at,
    received_at,
    event_type,
    event_id,
    player_id,
    session_id,
    event_data,
    metadata
  FROM raw_events
  WHERE ingest_date >= CAST(? - INTERVAL '1' DAY AS varchar)
    AND CAST(received_at AS date) >= ?
    AND status = 'accepted'
    AND application_id LIKE ?
    AND application_id <> '_accounts'
),

-- Copies may have arrived at one instant.
newest_arrivals AS (
  SELECT
    whole_arrivals.application_id,
    whole_arrivals.event_at,
    whole_arrivals.received_at,
    whole_arrivals.event_type,
    whole_arrivals.event_id,
    whole_arrivals.player_id,
    whole_arrivals.session_id,
    whole_arrivals.event_data,
    row_number() OVER (
      PARTITION BY whole_arrivals.application_id, whole_arrivals.event_id
      ORDER BY
        json_extract_scalar(whole_arrivals.metadata, '$.request_id') NULLS LAST,
        TRY_CAST(json_extract_scalar(whole_arrivals.metadata, '$.position') AS bigint) NULLS LAST
    ) AS arrival
  FROM newest_events
  JOIN whole_arrivals
    ON whole_arrivals.received_at = newest_events.first_received_at
    AND whole_arrivals.application_id = newest_events.application_id
    AND whole_arrivals.event_id = newest_events.event_id
)

SELECT
  application_id,
  event_at,
  received_at,
  event_type,
  event_id,
  player_id,
  session_id,
  event_data
FROM newest_arrivals
WHERE arrival = 1
ORDER BY received_at DESC, application_id, event_id
