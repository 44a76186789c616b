-- description: Popularity of the studio's titles: registrations at a moment, and how a period changed them.
-- grain: one row per game_id of the studio
-- audience: studio
-- active: registrations at the moment, of accounts open then; it counts from its start on and no longer at its end
-- new_registrations: those that begin in the period
-- closed_registrations: those that end in the period, by themselves or with the account
-- active_before: registrations as the period begins
-- trend_rate: (new - closed) / active_before; null where nobody was registered before
-- rank_in_studio: 1 is the studio's title with the most active registrations; ties share a rank
-- note: each row is that of title-popularity for the game, in the columns that both have
-- parameter: studio_id varchar bound
-- parameter: at timestamp default localtimestamp
-- parameter: at
-- parameter: from_date date default current_date - INTERVAL '30' DAY
-- parameter: from_date
-- parameter: from_date
-- parameter: to_date date default current_date
-- parameter: from_date
-- parameter: to_date
-- parameter: studio_id
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
  FROM games
  JOIN player_games
    ON player_games.game_id = games.game_id
  JOIN players
    ON players.player_id = player_games.player_id
  WHERE games.studio_id = ?
    AND (
      players.account_start_at IS NULL
      OR player_games.subscription_end_at IS NULL
      OR players.account_start_at < player_games.subscription_end_at
    )
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
    games.game_id,
    games.name,
    games.category,
    coalesce(counts.active, 0) AS active,
    coalesce(counts.active_before, 0) AS active_before,
    coalesce(counts.new_registrations, 0) AS new_registrations,
    coalesce(counts.closed_registrations, 0) AS closed_registrations
  FROM games
  LEFT JOIN counts
    ON counts.game_id = games.game_id
  WHERE games.studio_id = ?
)

SELECT
  game_id,
  name,
  category,
  active,
  new_registrations,
  closed_registrations,
  active_before,
  CAST(new_registrations - closed_registrations AS double) / nullif(active_before, 0) AS trend_rate,
  rank() OVER (ORDER BY active DESC) AS rank_in_studio
FROM titles
ORDER BY rank_in_studio, game_id
