-- description: Share of the received events that were rejected, per game and UTC day of arrival.
-- grain: one row per application_id, arrival_date
-- application_id: null where the event came without a valid one
-- arrival_date: UTC day on which the gateway took the event
-- events: arrivals, accepted or not; an event that was sent twice counts twice
-- rejected: those among them that broke a rule
-- rejected_rate: rejected / events, from 0 to 1
-- note: a guard on all other reports, which see accepted events only
-- parameter: from_date date default current_date - INTERVAL '30' DAY
-- parameter: to_date date default current_date
-- parameter: from_date
-- parameter: to_date
-- parameter: application_id varchar default '%'
-- chart: line x=arrival_date y=rejected_rate series=application_id

-- The day of a folder may be one beside the day an event was received on.
WITH arrivals AS (
  SELECT
    application_id,
    CAST(received_at AS date) AS arrival_date,
    status
  FROM raw_events
  WHERE ingest_date >= CAST(? - INTERVAL '1' DAY AS varchar)
    AND ingest_date <= CAST(? + INTERVAL '1' DAY AS varchar)
    AND CAST(received_at AS date) BETWEEN ? AND ?
    AND coalesce(application_id, '') LIKE ?
    AND coalesce(application_id, '') <> '_accounts'
),

daily_arrivals AS (
  SELECT
    application_id,
    arrival_date,
    count(*) AS events,
    sum(CASE WHEN status = 'rejected' THEN 1 ELSE 0 END) AS rejected
  FROM arrivals
  GROUP BY application_id, arrival_date
)

SELECT
  application_id,
  arrival_date,
  events,
  rejected,
  CAST(rejected AS double) / events AS rejected_rate
FROM daily_arrivals
ORDER BY application_id NULLS LAST, arrival_date
