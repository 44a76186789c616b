-- description: Share of a title's players new on a day who are active exactly 1, 3, 7, 14 and 30 days later.
-- grain: one row per game_id, cohort_date with a new player
-- audience: studio
-- cohort_date: UTC day of a player's first-ever event in the game
-- players: size of the cohort
-- d1_rate: share with an event on cohort_date + 1, from 0 to 1; null until that day is over on as_of_date
-- d3_rate: the same for day 3
-- d7_rate: the same for day 7
-- d14_rate: the same for day 14
-- d30_rate: the same for day 30
-- note: classic retention: exactly that UTC day counts, not that day or later
-- note: reads the players of every day until 30 days after to_date, because only they tell which day was the first
-- parameter: studio_id varchar bound
-- parameter: game_id varchar default '%'
-- parameter: to_date date default current_date
-- parameter: from_date date default current_date - INTERVAL '30' DAY
-- parameter: to_date
-- parameter: as_of_date date default current_date
-- chart: line x=cohort_date y=d1_rate series=game_id

WITH player_dates AS (
  SELECT
    games.game_id,
    games.name,
    player_days.event_date,
    min(player_days.event_date) OVER (PARTITION BY games.game_id, player_days.player_id) AS cohort_date
  FROM games
  JOIN player_days
    ON player_days.application_id = games.game_id
  WHERE games.studio_id = ?
    AND games.game_id LIKE ?
    AND player_days.event_date <= ? + INTERVAL '30' DAY
),

cohort_days AS (
  SELECT
    game_id,
    name,
    cohort_date,
    date_diff('day', cohort_date, event_date) AS days_later,
    count(*) AS players
  FROM player_dates
  WHERE cohort_date BETWEEN ? AND ?
  GROUP BY game_id, name, cohort_date, date_diff('day', cohort_date, event_date)
),

cohorts AS (
  SELECT
    game_id,
    name,
    cohort_date,
    sum(CASE WHEN days_later = 0 THEN players ELSE 0 END) AS players,
    sum(CASE WHEN days_later = 1 THEN players ELSE 0 END) AS players_1,
    sum(CASE WHEN days_later = 3 THEN players ELSE 0 END) AS players_3,
    sum(CASE WHEN days_later = 7 THEN players ELSE 0 END) AS players_7,
    sum(CASE WHEN days_later = 14 THEN players ELSE 0 END) AS players_14,
    sum(CASE WHEN days_later = 30 THEN players ELSE 0 END) AS players_30
  FROM cohort_days
  GROUP BY game_id, name, cohort_date
),

horizons AS (
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

-- One row for each horizon that is over; day 0 stays, for the cohort itself.
mature_cohorts AS (
  SELECT
    cohorts.game_id,
    cohorts.name,
    cohorts.cohort_date,
    cohorts.players,
    CASE WHEN horizons.days_later = 1 THEN cohorts.players_1 END AS players_1,
    CASE WHEN horizons.days_later = 3 THEN cohorts.players_3 END AS players_3,
    CASE WHEN horizons.days_later = 7 THEN cohorts.players_7 END AS players_7,
    CASE WHEN horizons.days_later = 14 THEN cohorts.players_14 END AS players_14,
    CASE WHEN horizons.days_later = 30 THEN cohorts.players_30 END AS players_30
  FROM cohorts
  CROSS JOIN horizons
  WHERE horizons.days_later = 0
    OR date_diff('day', cohorts.cohort_date, ?) > horizons.days_later
)

SELECT
  game_id,
  name,
  cohort_date,
  players,
  CAST(max(players_1) AS double) / players AS d1_rate,
  CAST(max(players_3) AS double) / players AS d3_rate,
  CAST(max(players_7) AS double) / players AS d7_rate,
  CAST(max(players_14) AS double) / players AS d14_rate,
  CAST(max(players_30) AS double) / players AS d30_rate
FROM mature_cohorts
GROUP BY game_id, name, cohort_date, players
ORDER BY game_id, cohort_date
