-- description: Players of a title who are also registered for another, for the closest other titles of each.
-- grain: one row per game_id, other_game_id
-- audience: publisher
-- name: the title; null where the game is not published
-- players: players registered for game_id at the moment
-- both_players: those among them registered for other_game_id as well
-- overlap_rate: both_players / players, from 0 to 1
-- overlap_rank: 1 is the other title with the most players in common; ties share a rank
-- note: both titles may be one studio's or two studios'
-- parameter: at timestamp default localtimestamp
-- parameter: at
-- parameter: at
-- parameter: game_id varchar default '%'
-- parameter: closest integer default 10

WITH player_titles AS (
  SELECT
    player_games.player_id,
    player_games.game_id
  FROM player_games
  JOIN players
    ON players.player_id = player_games.player_id
  WHERE player_games.subscription_start_at <= ?
    AND (player_games.subscription_end_at IS NULL OR player_games.subscription_end_at > ?)
    AND (players.account_start_at IS NULL OR players.account_start_at <= ?)
),

-- Each title beside itself as well: so many players it has.
common_players AS (
  SELECT
    player_titles.game_id,
    other_titles.game_id AS other_game_id,
    count(*) AS both_players
  FROM player_titles
  JOIN player_titles AS other_titles
    ON other_titles.player_id = player_titles.player_id
  WHERE player_titles.game_id LIKE ?
  GROUP BY player_titles.game_id, other_titles.game_id
),

pairs AS (
  SELECT
    game_id,
    other_game_id,
    both_players,
    max(CASE WHEN other_game_id = game_id THEN both_players END) OVER (PARTITION BY game_id) AS players
  FROM common_players
),

ranked_pairs AS (
  SELECT
    game_id,
    other_game_id,
    players,
    both_players,
    rank() OVER (PARTITION BY game_id ORDER BY both_players DESC) AS overlap_rank
  FROM pairs
  WHERE other_game_id <> game_id
),

closest_pairs AS (
  SELECT
    game_id,
    other_game_id,
    players,
    both_players,
    overlap_rank
  FROM ranked_pairs
  WHERE overlap_rank <= ?
)

SELECT
  closest_pairs.game_id,
  games.name,
  games.studio_id,
  closest_pairs.other_game_id,
  other_games.name AS other_name,
  other_games.studio_id AS other_studio_id,
  closest_pairs.players,
  closest_pairs.both_players,
  CAST(closest_pairs.both_players AS double) / closest_pairs.players AS overlap_rate,
  closest_pairs.overlap_rank
FROM closest_pairs
LEFT JOIN games
  ON games.game_id = closest_pairs.game_id
LEFT JOIN games AS other_games
  ON other_games.game_id = closest_pairs.other_game_id
ORDER BY closest_pairs.game_id, closest_pairs.overlap_rank, closest_pairs.other_game_id
