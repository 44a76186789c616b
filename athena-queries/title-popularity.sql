-- description: Popularity of every published title: registrations at a moment, and how a period changed them.
-- grain: one row per game_id that is published or that any player was registered for in the period or at the moment
-- audience: publisher
-- name: the title; null where the game is not published
-- active: registrations at the moment, of accounts open then; it counts from its start on and no longer at its end
-- new_registrations: those that begin in the period
-- closed_registrations: those that end in the period, by themselves or with the account
-- active_before: registrations as the period begins
-- trend_rate: (new - closed) / active_before; null where nobody was registered before
-- active_rate: active / active of all titles, from 0 to 1
-- popularity_rank: 1 is the title with the most active registrations of all titles; ties share a rank
-- rank_in_studio: the same among the titles of its studio
-- note: active of all titles is the sum over the games, as a player of two games has two registrations
-- parameter: at timestamp default localtimestamp
-- parameter: at
-- parameter: from_date date default current_date - INTERVAL '30' DAY
-- parameter: from_date
-- parameter: from_date
-- parameter: to_date date default current_date
-- parameter: from_date
-- parameter: to_date
-- parameter: studio_id varchar default '%'
-- chart: bar x=name y=active

-- A registration ends with its account; what began before the account did counts from the account's start.
WITH registrations AS (
  SELECT
    player_games.game_id,
    CASE
      WHEN players.account_start_at > player_games.subscription_start_at THEN players.account_start_at
      ELSE player_games.subscription_start_at
    END AS active_from,
    player_games.subscription_end_at AS active_until
  FROM player_games
  JOIN players
    ON players.player_id = player_games.player_id
  WHERE players.account_start_at IS NULL
    OR player_games.subscription_end_at IS NULL
    OR players.account_start_at < player_games.subscription_end_at
),

measures AS (
  SELECT 'active' AS measure
  UNION ALL
  SELECT 'before' AS measure
  UNION ALL
  SELECT 'new' AS measure
  UNION ALL
  SELECT 'closed' AS measure
),

-- Each registration beside every measure that it counts for, so that the table is read once.
measured AS (
  SELECT
    registrations.game_id,
    measures.measure,
    count(*) AS registrations
  FROM registrations
  CROSS JOIN measures
  WHERE (
      measures.measure = 'active'
      AND registrations.active_from <= ?
      AND (registrations.active_until IS NULL OR registrations.active_until > ?)
    )
    OR (
      measures.measure = 'before'
      AND CAST(registrations.active_from AS date) < ?
      AND (registrations.active_until IS NULL OR CAST(registrations.active_until AS date) >= ?)
    )
    OR (measures.measure = 'new' AND CAST(registrations.active_from AS date) BETWEEN ? AND ?)
    OR (measures.measure = 'closed' AND CAST(registrations.active_until AS date) BETWEEN ? AND ?)
  GROUP BY registrations.game_id, measures.measure
),

counts AS (
  SELECT
    game_id,
    sum(CASE WHEN measure = 'active' THEN registrations ELSE 0 END) AS active,
    sum(CASE WHEN measure = 'before' THEN registrations ELSE 0 END) AS active_before,
    sum(CASE WHEN measure = 'new' THEN registrations ELSE 0 END) AS new_registrations,
    sum(CASE WHEN measure = 'closed' THEN registrations ELSE 0 END) AS closed_registrations
  FROM measured
  GROUP BY game_id
),

titles AS (
  SELECT
    coalesce(games.game_id, counts.game_id) AS game_id,
    games.name,
    games.category,
    games.studio_id,
    coalesce(counts.active, 0) AS active,
    coalesce(counts.active_before, 0) AS active_before,
    coalesce(counts.new_registrations, 0) AS new_registrations,
    coalesce(counts.closed_registrations, 0) AS closed_registrations
  FROM games
  FULL JOIN counts
    ON counts.game_id = games.game_id
),

ranked_titles AS (
  SELECT
    game_id,
    name,
    category,
    studio_id,
    active,
    active_before,
    new_registrations,
    closed_registrations,
    sum(active) OVER () AS active_of_all,
    rank() OVER (ORDER BY active DESC) AS popularity_rank,
    rank() OVER (PARTITION BY studio_id ORDER BY active DESC) AS rank_in_studio
  FROM titles
)

SELECT
  game_id,
  name,
  category,
  studio_id,
  active,
  new_registrations,
  closed_registrations,
  active_before,
  CAST(new_registrations - closed_registrations AS double) / nullif(active_before, 0) AS trend_rate,
  CAST(active AS double) / nullif(active_of_all, 0) AS active_rate,
  popularity_rank,
  rank_in_studio
FROM ranked_titles
WHERE coalesce(studio_id, '') LIKE ?
ORDER BY popularity_rank, game_id
