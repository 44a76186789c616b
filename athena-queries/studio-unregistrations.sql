-- description: Every unregistration that the studio asked for: who, from which game, when and by which token.
-- grain: one row per game_id, event_id
-- audience: studio
-- event_id: the request's event for this game
-- player_id: pseudonymous
-- requested_at: when the pipeline took the request (UTC)
-- effective_at: when the registration ended (UTC)
-- requested_by: id of the token that asked
-- note: a request for a player who was not registered has a row as well
-- parameter: from_date date default current_date - INTERVAL '30' DAY
-- parameter: to_date date default current_date
-- parameter: studio_id varchar bound
-- parameter: game_id varchar default '%'

SELECT
  game_id,
  event_id,
  player_id,
  received_at AS requested_at,
  coalesce(TRY_CAST(replace(replace(effective_at, 'T', ' '), 'Z', '') AS timestamp), event_at) AS effective_at,
  requested_by
FROM events
WHERE application_id = '_accounts'
  AND event_date BETWEEN ? AND ?
  AND event_type = 'game_unregistered'
  AND studio_id = ?
  AND game_id LIKE ?
ORDER BY requested_at DESC, game_id, event_id
