-- description: The newest 100 events, by the time they were received.
-- grain: one row per application_id, event_id
-- event_at: time by the sender's clock, or the time of arrival where that clock is far off
-- event_data: the fields of the event type, as JSON
-- note: shows what the events table does not hold yet; reads every raw partition
-- parameter: application_id varchar default '%'

SELECT
  application_id,
  event_at,
  received_at,
  event_type,
  event_id,
  player_id,
  session_id,
  event_data
FROM recent_events
WHERE application_id LIKE ?
ORDER BY received_at DESC, application_id, event_id
LIMIT 100
