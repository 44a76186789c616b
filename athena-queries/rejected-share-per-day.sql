-- description: Share of the received events that were rejected, per game and UTC day of arrival.
-- grain: one row per application_id, arrival_date
-- application_id: null where the event came without a valid one
-- arrival_date: UTC day on which the gateway took the event
-- events: arrivals, accepted or not; an event that was sent twice counts twice, replaying it does not count
-- rejected: those among them that broke a rule
-- replayed: those among the rejected ones that a replay has brought in since
-- rejected_rate: rejected / events, from 0 to 1, whatever was replayed
-- note: a guard on all other reports, which see accepted events only
-- note: what Firehose could not deliver counts once it is replayed, on the day on which it arrived
-- parameter: from_date date default current_date - INTERVAL '30' DAY
-- parameter: from_date
-- parameter: to_date date default current_date
-- parameter: application_id varchar default '%'
-- chart: line x=arrival_date y=rejected_rate series=application_id

-- The day of a folder may be one beside the day an event was received on, and of a replay any later one.
WITH received AS (
  SELECT
    application_id,
    CAST(received_at AS date) AS arrival_date,
    status,
    replay
  FROM raw_events
  WHERE ingest_date >= CAST(? - INTERVAL '1' DAY AS varchar)
    AND CAST(received_at AS date) BETWEEN ? AND ?
    AND coalesce(application_id, '') LIKE ?
    AND coalesce(application_id, '') <> '_accounts'
),

-- All first arrivals of a day and status become one row: nothing replayed them.
counted AS (
  SELECT
    application_id,
    arrival_date,
    status,
    replay,
    count(*) AS arrivals
  FROM received
  GROUP BY application_id, arrival_date, status, replay
),

marked AS (
  SELECT
    application_id,
    arrival_date,
    status,
    json_extract_scalar(replay, '$.source') AS replay_source,
    json_extract_scalar(replay, '$.key') AS replay_key,
    arrivals
  FROM counted
),

-- One that a replay has brought in counts once, however often it was replayed.
arrivals AS (
  SELECT
    application_id,
    arrival_date,
    status,
    CASE WHEN replay_key IS NULL THEN arrivals ELSE 0 END AS first_arrivals,
    CASE WHEN replay_source <> 'rejected' THEN replay_key END AS late_key,
    CASE WHEN replay_source = 'rejected' AND status = 'accepted' THEN replay_key END AS repaired_key
  FROM marked
),

daily_arrivals AS (
  SELECT
    application_id,
    arrival_date,
    sum(first_arrivals) + count(DISTINCT late_key) AS events,
    sum(CASE WHEN status = 'rejected' THEN first_arrivals ELSE 0 END)
      + count(DISTINCT CASE WHEN status = 'rejected' THEN late_key END) AS rejected,
    count(DISTINCT repaired_key) AS replayed
  FROM arrivals
  GROUP BY application_id, arrival_date
)

SELECT
  application_id,
  arrival_date,
  events,
  rejected,
  replayed,
  CAST(rejected AS double) / nullif(events, 0) AS rejected_rate
FROM daily_arrivals
ORDER BY application_id NULLS LAST, arrival_date
