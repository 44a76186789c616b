-- description: Events of the studio's titles that were received and rejected, by reason and version of the game.
-- grain: one row per game_id, reason, app_version
-- audience: studio
-- reason: code of the first rule the event broke
-- app_version: of the game that sent it; null where the event names none that is valid
-- events: arrivals; an event that was sent twice counts twice
-- last_received_at: when the newest arrived (UTC)
-- note: the period is that of arrival; the day of a folder may be one beside the day an event was received on
-- parameter: studio_id varchar bound
-- parameter: game_id varchar default '%'
-- parameter: from_date date default current_date - INTERVAL '30' DAY
-- parameter: to_date date default current_date
-- parameter: from_date
-- parameter: to_date
-- chart: bar x=reason y=events series=game_id

SELECT
  games.game_id,
  games.name,
  rejected_events.reason,
  rejected_events.app_version,
  count(*) AS events,
  max(rejected_events.received_at) AS last_received_at
FROM games
JOIN rejected_events
  ON rejected_events.application_id = games.game_id
WHERE games.studio_id = ?
  AND games.game_id LIKE ?
  AND rejected_events.ingest_date >= CAST(? - INTERVAL '1' DAY AS varchar)
  AND rejected_events.ingest_date <= CAST(? + INTERVAL '1' DAY AS varchar)
  AND CAST(rejected_events.received_at AS date) BETWEEN ? AND ?
GROUP BY games.game_id, games.name, rejected_events.reason, rejected_events.app_version
ORDER BY games.game_id, events DESC, rejected_events.reason, rejected_events.app_version NULLS LAST
