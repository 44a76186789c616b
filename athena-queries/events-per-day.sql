-- description: Events per game, UTC day and event type.
-- grain: one row per application_id, event_date, event_type
-- parameter: application_id varchar default '%'
-- parameter: from_date date default current_date - INTERVAL '30' DAY
-- parameter: to_date date default current_date
-- chart: line x=event_date y=events series=event_type

WITH events_in_period AS (
  SELECT
    application_id,
    event_date,
    event_type
  FROM events
  WHERE application_id LIKE ?
    AND application_id <> '_accounts'
    AND event_date BETWEEN ? AND ?
)

SELECT
  application_id,
  event_date,
  event_type,
  count(*) AS events
FROM events_in_period
GROUP BY application_id, event_date, event_type
ORDER BY application_id, event_date, event_type
