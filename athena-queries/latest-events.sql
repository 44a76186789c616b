-- description: The newest 100 events, by the time they were received.
-- grain: one row per application_id, event_id
-- event_at: time by the sender's clock, or the time of arrival where that clock is far off
-- event_data: the fields of the event type, as JSON
-- note: shows what the events table does not hold yet; reads raw partitions from from_date on
-- note: a copy that arrives from from_date on counts as new, also where the event arrived first before that day
-- parameter: from_date date default current_date - INTERVAL '1' DAY
-- parameter: from_date
-- parameter: application_id varchar default '%'

-- The day of a folder may be one before the day an event was received on.
WITH arrivals AS (
  SELECT
    application_id,
    event_at,
    received_at,
    event_type,
    event_id,
    player_id,
    session_id,
    event_data,
    row_number() OVER (
      PARTITION BY application_id, event_id
      ORDER BY
        received_at NULLS LAST,
        json_extract_scalar(metadata, '$.request_id') NULLS LAST,
        TRY_CAST(json_extract_scalar(metadata, '$.position') AS bigint) NULLS LAST
    ) AS arrival
  FROM raw_events
  WHERE ingest_date >= CAST(? - INTERVAL '1' DAY AS varchar)
    AND CAST(received_at AS date) >= ?
    AND status = 'accepted'
    AND application_id LIKE ?
    AND application_id <> '_accounts'
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
FROM arrivals
WHERE arrival = 1
ORDER BY received_at DESC, application_id, event_id
LIMIT 100
