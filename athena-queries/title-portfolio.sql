-- description: A sheet of every published title: daily players, retention and revenue per player in a period.
-- grain: one row per game_id, currency_type that the game sold anything in, or one row without a currency
-- audience: publisher
-- dau: mean of the daily players, over the days on which anybody played; null where nobody did
-- d1_rate: share of the players new in the period who are active exactly 1 day later, where that day is over
-- d7_rate: the same for day 7
-- d30_rate: the same for day 30
-- revenue: sum of the amounts in the currency itself, never converted; refunds are negative
-- arpdau: revenue / sum of the daily players
-- note: reads the players of every day until 30 days after to_date, because only they tell which day was the first
-- parameter: to_date date default current_date
-- parameter: from_date date default current_date - INTERVAL '30' DAY
-- parameter: to_date
-- parameter: from_date
-- parameter: to_date
-- parameter: as_of_date date default current_date
-- parameter: from_date
-- parameter: to_date
-- parameter: studio_id varchar default '%'
-- chart: bar x=name y=dau

WITH player_dates AS (
  SELECT
    application_id,
    event_date,
    min(event_date) OVER (PARTITION BY application_id, player_id) AS cohort_date
  FROM player_days
  WHERE event_date <= ? + INTERVAL '30' DAY
),

cohort_days AS (
  SELECT
    application_id,
    cohort_date,
    event_date,
    date_diff('day', cohort_date, event_date) AS days_later,
    count(*) AS players
  FROM player_dates
  GROUP BY application_id, cohort_date, event_date, date_diff('day', cohort_date, event_date)
),

-- 0 stands for the days of the period themselves.
horizons AS (
  SELECT 0 AS horizon
  UNION ALL
  SELECT 1 AS horizon
  UNION ALL
  SELECT 7 AS horizon
  UNION ALL
  SELECT 30 AS horizon
),

measured_days AS (
  SELECT
    cohort_days.application_id,
    cohort_days.event_date,
    cohort_days.days_later,
    cohort_days.players,
    horizons.horizon
  FROM cohort_days
  CROSS JOIN horizons
  WHERE (horizons.horizon = 0 AND cohort_days.event_date BETWEEN ? AND ?)
    OR (
      horizons.horizon > 0
      AND (cohort_days.days_later = 0 OR cohort_days.days_later = horizons.horizon)
      AND cohort_days.cohort_date BETWEEN ? AND ?
      AND date_diff('day', cohort_days.cohort_date, ?) > horizons.horizon
    )
),

sheets AS (
  SELECT
    application_id,
    count(DISTINCT CASE WHEN horizon = 0 THEN event_date END) AS days,
    sum(CASE WHEN horizon = 0 THEN players ELSE 0 END) AS daily_players,
    sum(CASE WHEN horizon = 1 AND days_later = 0 THEN players ELSE 0 END) AS cohort_1,
    sum(CASE WHEN horizon = 1 AND days_later = 1 THEN players ELSE 0 END) AS retained_1,
    sum(CASE WHEN horizon = 7 AND days_later = 0 THEN players ELSE 0 END) AS cohort_7,
    sum(CASE WHEN horizon = 7 AND days_later = 7 THEN players ELSE 0 END) AS retained_7,
    sum(CASE WHEN horizon = 30 AND days_later = 0 THEN players ELSE 0 END) AS cohort_30,
    sum(CASE WHEN horizon = 30 AND days_later = 30 THEN players ELSE 0 END) AS retained_30
  FROM measured_days
  GROUP BY application_id
),

transactions AS (
  SELECT
    application_id,
    currency_type,
    currency_amount
  FROM events
  WHERE event_date BETWEEN ? AND ?
    AND event_type = 'iap_transaction'
    AND currency_amount IS NOT NULL
),

game_revenue AS (
  SELECT
    application_id,
    currency_type,
    sum(currency_amount) AS revenue
  FROM transactions
  GROUP BY application_id, currency_type
)

SELECT
  games.game_id,
  games.name,
  games.category,
  games.studio_id,
  CAST(sheets.daily_players AS double) / nullif(sheets.days, 0) AS dau,
  CAST(sheets.retained_1 AS double) / nullif(sheets.cohort_1, 0) AS d1_rate,
  CAST(sheets.retained_7 AS double) / nullif(sheets.cohort_7, 0) AS d7_rate,
  CAST(sheets.retained_30 AS double) / nullif(sheets.cohort_30, 0) AS d30_rate,
  game_revenue.currency_type,
  game_revenue.revenue,
  CAST(game_revenue.revenue AS double) / nullif(sheets.daily_players, 0) AS arpdau
FROM games
LEFT JOIN sheets
  ON sheets.application_id = games.game_id
LEFT JOIN game_revenue
  ON game_revenue.application_id = games.game_id
WHERE games.studio_id LIKE ?
ORDER BY games.game_id, game_revenue.currency_type NULLS LAST
