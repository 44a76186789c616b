-- description: Realised lifetime value: what a title's players new on a day have paid, on average, by later days.
-- grain: one row per game_id, cohort_date, currency_type that any of the game's selected cohorts paid in
-- audience: studio
-- cohort_date: UTC day of a player's first-ever event
-- players: size of the cohort, whether they paid or not
-- ltv_0: net revenue of the cohort on cohort_date / players; null until that day is over on as_of_date
-- ltv_1: the same through the day after
-- ltv_3: the same through day 3
-- ltv_7: the same through day 7
-- ltv_14: the same through day 14
-- ltv_30: the same through day 30
-- note: realised, not forecast; amounts in the currency itself, never converted; refunds are negative
-- note: reads the players of every day until to_date, because only they tell which day was a player's first
-- parameter: studio_id varchar bound
-- parameter: game_id varchar default '%'
-- parameter: to_date date default current_date
-- parameter: from_date date default current_date - INTERVAL '30' DAY
-- parameter: studio_id
-- parameter: game_id
-- parameter: from_date
-- parameter: as_of_date date default current_date
-- chart: line x=cohort_date y=ltv_7 series=currency_type

WITH first_days AS (
  SELECT
    games.game_id,
    games.name,
    player_days.player_id,
    min(player_days.event_date) AS cohort_date
  FROM games
  JOIN player_days
    ON player_days.application_id = games.game_id
  WHERE games.studio_id = ?
    AND games.game_id LIKE ?
    AND player_days.event_date <= ?
  GROUP BY games.game_id, games.name, player_days.player_id
),

cohort_players AS (
  SELECT
    game_id,
    name,
    player_id,
    cohort_date
  FROM first_days
  WHERE cohort_date >= ?
),

cohorts AS (
  SELECT
    game_id,
    name,
    cohort_date,
    count(*) AS players
  FROM cohort_players
  GROUP BY game_id, name, cohort_date
),

-- Nobody of a cohort pays before its day.
revenue AS (
  SELECT
    games.game_id,
    player_revenue.player_id,
    player_revenue.event_date,
    player_revenue.currency_type,
    player_revenue.revenue
  FROM games
  JOIN player_revenue
    ON player_revenue.application_id = games.game_id
  WHERE games.studio_id = ?
    AND games.game_id LIKE ?
    AND player_revenue.event_date >= ?
),

dated_revenue AS (
  SELECT
    cohort_players.game_id,
    cohort_players.cohort_date,
    revenue.currency_type,
    date_diff('day', cohort_players.cohort_date, revenue.event_date) AS days_later,
    revenue.revenue
  FROM cohort_players
  JOIN revenue
    ON revenue.game_id = cohort_players.game_id
    AND revenue.player_id = cohort_players.player_id
),

cohort_revenue AS (
  SELECT
    game_id,
    cohort_date,
    currency_type,
    sum(CASE WHEN days_later <= 0 THEN revenue ELSE 0 END) AS revenue_0,
    sum(CASE WHEN days_later <= 1 THEN revenue ELSE 0 END) AS revenue_1,
    sum(CASE WHEN days_later <= 3 THEN revenue ELSE 0 END) AS revenue_3,
    sum(CASE WHEN days_later <= 7 THEN revenue ELSE 0 END) AS revenue_7,
    sum(CASE WHEN days_later <= 14 THEN revenue ELSE 0 END) AS revenue_14,
    sum(CASE WHEN days_later <= 30 THEN revenue ELSE 0 END) AS revenue_30
  FROM dated_revenue
  GROUP BY game_id, cohort_date, currency_type
),

-- Each cohort beside every currency of its game: with its own revenue once, and with 0 for every other cohort's.
cohort_currencies AS (
  SELECT
    cohorts.game_id,
    cohorts.name,
    cohorts.cohort_date,
    cohorts.players,
    cohort_revenue.currency_type,
    sum(CASE WHEN cohort_revenue.cohort_date = cohorts.cohort_date THEN cohort_revenue.revenue_0 ELSE 0 END) AS revenue_0,
    sum(CASE WHEN cohort_revenue.cohort_date = cohorts.cohort_date THEN cohort_revenue.revenue_1 ELSE 0 END) AS revenue_1,
    sum(CASE WHEN cohort_revenue.cohort_date = cohorts.cohort_date THEN cohort_revenue.revenue_3 ELSE 0 END) AS revenue_3,
    sum(CASE WHEN cohort_revenue.cohort_date = cohorts.cohort_date THEN cohort_revenue.revenue_7 ELSE 0 END) AS revenue_7,
    sum(CASE WHEN cohort_revenue.cohort_date = cohorts.cohort_date THEN cohort_revenue.revenue_14 ELSE 0 END) AS revenue_14,
    sum(CASE WHEN cohort_revenue.cohort_date = cohorts.cohort_date THEN cohort_revenue.revenue_30 ELSE 0 END) AS revenue_30
  FROM cohorts
  JOIN cohort_revenue
    ON cohort_revenue.game_id = cohorts.game_id
  GROUP BY cohorts.game_id, cohorts.name, cohorts.cohort_date, cohorts.players, cohort_revenue.currency_type
),

horizons AS (
  SELECT -1 AS days_later
  UNION ALL
  SELECT 0 AS days_later
  UNION ALL
  SELECT 1 AS days_later
  UNION ALL
  SELECT 3 AS days_later
  UNION ALL
  SELECT 7 AS days_later
  UNION ALL
  SELECT 14 AS days_later
  UNION ALL
  SELECT 30 AS days_later
),

-- One row for each horizon that is over; -1 stays, so that a cohort of today has its row.
mature_cohorts AS (
  SELECT
    cohort_currencies.game_id,
    cohort_currencies.name,
    cohort_currencies.cohort_date,
    cohort_currencies.currency_type,
    cohort_currencies.players,
    CASE WHEN horizons.days_later = 0 THEN cohort_currencies.revenue_0 END AS revenue_0,
    CASE WHEN horizons.days_later = 1 THEN cohort_currencies.revenue_1 END AS revenue_1,
    CASE WHEN horizons.days_later = 3 THEN cohort_currencies.revenue_3 END AS revenue_3,
    CASE WHEN horizons.days_later = 7 THEN cohort_currencies.revenue_7 END AS revenue_7,
    CASE WHEN horizons.days_later = 14 THEN cohort_currencies.revenue_14 END AS revenue_14,
    CASE WHEN horizons.days_later = 30 THEN cohort_currencies.revenue_30 END AS revenue_30
  FROM cohort_currencies
  CROSS JOIN horizons
  WHERE horizons.days_later = -1
    OR date_diff('day', cohort_currencies.cohort_date, ?) > horizons.days_later
)

SELECT
  game_id,
  name,
  cohort_date,
  currency_type,
  players,
  CAST(max(revenue_0) AS double) / players AS ltv_0,
  CAST(max(revenue_1) AS double) / players AS ltv_1,
  CAST(max(revenue_3) AS double) / players AS ltv_3,
  CAST(max(revenue_7) AS double) / players AS ltv_7,
  CAST(max(revenue_14) AS double) / players AS ltv_14,
  CAST(max(revenue_30) AS double) / players AS ltv_30
FROM mature_cohorts
GROUP BY game_id, name, cohort_date, currency_type, players
ORDER BY game_id, cohort_date, currency_type NULLS LAST
