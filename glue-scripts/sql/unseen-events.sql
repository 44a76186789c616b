-- description: Typed events that no partition holds yet.
-- grain: one row per application_id, event_id
-- note: lib/etl/events-job-plan.ts adds the column of every declared field

SELECT
  typed_events.event_id,
  typed_events.event_type,
  typed_events.event_name,
  typed_events.event_version,
  typed_events.event_timestamp,
  typed_events.event_at,
  typed_events.received_at,
  typed_events.app_version,
  typed_events.player_id,
  typed_events.session_id,
  typed_events.country,
  typed_events.application_name,
  typed_events.event_data,
  typed_events.metadata,
  typed_events.replay,
  typed_events.application_id,
  typed_events.event_date
FROM typed_events
LEFT JOIN stored_ids
  ON stored_ids.application_id = typed_events.application_id
  AND stored_ids.event_id = typed_events.event_id
WHERE stored_ids.event_id IS NULL
