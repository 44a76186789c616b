-- description: Studios by the popularity of all their titles at a moment, and how a period changed it.
-- grain: one row per studio_id that is registered or has a published game
-- audience: publisher
-- name: the studio's; null where the studio is not registered
-- games: its published games
-- players: distinct players with an active registration for any of its games
-- active: registrations at the moment, of accounts open then; it counts from its start on and no longer at its end
-- new_registrations: those that begin in the period
-- closed_registrations: those that end in the period, by themselves or with the account
-- active_before: registrations as the period begins
-- trend_rate: (new - closed) / active_before; null where nobody was registered before
-- league_rank: 1 is the studio with the most active registrations; ties share a rank
-- parameter: at timestamp default localtimestamp
-- parameter: at
-- parameter: from_date date default current_date - INTERVAL '30' DAY
-- parameter: from_date
-- parameter: from_date
-- parameter: to_date date default current_date
-- parameter: from_date
-- parameter: to_date
-- chart: bar x=name y=active

-- A registration ends with its account; what began before the account did counts from the account's start.
WITH registrations AS (
  SELECT
    games.studio_id,
    player_games.player_id,
    CASE
      WHEN players.account_start_at > player_games.subscription_start_at THEN players.account_start_at
      ELSE player_games.subscription_start_at
    END AS active_from,
    player_games.subscription_end_at AS active_until
  FROM player_games
  JOIN games
    ON games.game_id = player_games.game_id
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
    registrations.studio_id,
    measures.measure,
    count(*) AS registrations,
    count(DISTINCT CASE WHEN measures.measure = 'active' THEN registrations.player_id END) AS players
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
  GROUP BY registrations.studio_id, measures.measure
),

counts AS (
  SELECT
    studio_id,
    sum(players) AS players,
    sum(CASE WHEN measure = 'active' THEN registrations ELSE 0 END) AS active,
    sum(CASE WHEN measure = 'before' THEN registrations ELSE 0 END) AS active_before,
    sum(CASE WHEN measure = 'new' THEN registrations ELSE 0 END) AS new_registrations,
    sum(CASE WHEN measure = 'closed' THEN registrations ELSE 0 END) AS closed_registrations
  FROM measured
  GROUP BY studio_id
),

portfolios AS (
  SELECT
    studio_id,
    count(*) AS games
  FROM games
  GROUP BY studio_id
),

named_studios AS (
  SELECT
    coalesce(studios.studio_id, portfolios.studio_id) AS studio_id,
    studios.name,
    studios.location,
    coalesce(portfolios.games, 0) AS games
  FROM studios
  FULL JOIN portfolios
    ON portfolios.studio_id = studios.studio_id
),

league AS (
  SELECT
    named_studios.studio_id,
    named_studios.name,
    named_studios.location,
    named_studios.games,
    coalesce(counts.players, 0) AS players,
    coalesce(counts.active, 0) AS active,
    coalesce(counts.active_before, 0) AS active_before,
    coalesce(counts.new_registrations, 0) AS new_registrations,
    coalesce(counts.closed_registrations, 0) AS closed_registrations
  FROM named_studios
  LEFT JOIN counts
    ON counts.studio_id = named_studios.studio_id
)

SELECT
  studio_id,
  name,
  location,
  games,
  players,
  active,
  new_registrations,
  closed_registrations,
  active_before,
  CAST(new_registrations - closed_registrations AS double) / nullif(active_before, 0) AS trend_rate,
  rank() OVER (ORDER BY active DESC) AS league_rank
FROM league
ORDER BY league_rank, studio_id
