-- description: Players registered for a studio's titles at a moment, with their names.
-- grain: one row per studio_id, player_id with an active registration
-- audience: publisher
-- restricted: player_names
-- games: the studio's games that the player is registered for at the moment
-- registered_since: start of the oldest of these registrations
-- user_id: the account system's; null where the account was closed since, as its names can no longer be read
-- player_name: the same
-- parameter: studio_id varchar
-- parameter: at timestamp default localtimestamp
-- parameter: at
-- parameter: at

WITH active_registrations AS (
  SELECT
    games.studio_id,
    player_games.player_id,
    player_games.game_id,
    player_games.subscription_start_at,
    players.country
  FROM games
  JOIN player_games
    ON player_games.game_id = games.game_id
  JOIN players
    ON players.player_id = player_games.player_id
  WHERE games.studio_id = ?
    AND player_games.subscription_start_at <= ?
    AND (player_games.subscription_end_at IS NULL OR player_games.subscription_end_at > ?)
    AND (players.account_start_at IS NULL OR players.account_start_at <= ?)
),

active_players AS (
  SELECT
    studio_id,
    player_id,
    country,
    count(DISTINCT game_id) AS games,
    min(subscription_start_at) AS registered_since
  FROM active_registrations
  GROUP BY studio_id, player_id, country
)

SELECT
  active_players.studio_id,
  active_players.player_id,
  player_names.user_id,
  player_names.player_name,
  active_players.country,
  active_players.games,
  active_players.registered_since
FROM active_players
LEFT JOIN player_names
  ON player_names.player_id = active_players.player_id
ORDER BY active_players.studio_id, active_players.player_id
