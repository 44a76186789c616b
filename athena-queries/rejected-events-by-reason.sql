-- description: Events that were received and rejected, per game and reason.
-- grain: one row per application_id, reason
-- application_id: null where the event came without a valid one
-- reason: code of the first rule the event broke
-- events: arrivals; an event that was sent twice counts twice
-- note: the period is that of arrival; the day of a folder may be one beside the day an event was received on
-- parameter: from_date date default current_date - INTERVAL '30' DAY
-- parameter: to_date date default current_date
-- parameter: from_date
-- parameter: to_date
-- parameter: application_id varchar default '%'
-- chart: bar x=reason y=events series=application_id

SELECT
  application_id,
  reason,
  count(*) AS events
FROM rejected_events
WHERE ingest_date >= CAST(? - INTERVAL '1' DAY AS varchar)
  AND ingest_date <= CAST(? + INTERVAL '1' DAY AS varchar)
  AND CAST(received_at AS date) BETWEEN ? AND ?
  AND coalesce(application_id, '') LIKE ?
  AND coalesce(application_id, '') <> '_accounts'
GROUP BY application_id, reason
ORDER BY application_id NULLS LAST, events DESC, reason
