-- description: Players active on a day, in its last 7 and its last 30 days (DAU, WAU, MAU), and stickiness.
-- grain: one row per application_id, event_date with a player
-- dau: distinct players with an event on the day
-- wau: distinct players with an event on the day or the 6 days before it
-- mau: distinct players with an event on the day or the 29 days before it
-- stickiness: dau / mau, from 0 to 1
-- parameter: application_id varchar default '%'
-- parameter: from_date date default current_date - INTERVAL '30' DAY
-- parameter: to_date date default current_date
-- parameter: application_id
-- parameter: from_date
-- parameter: to_date
-- chart: line x=event_date y=mau series=application_id

-- Whoever comes back counts in a window by the latest of their days in it: each day of a player counts until the day
-- before the next one. So nobody counts twice, and no list of players is kept for any window.
WITH player_dates AS (
  SELECT
    application_id,
    event_date,
    lead(event_date) OVER (
      PARTITION BY application_id, player_id
      ORDER BY event_date
    ) AS next_date
  FROM player_days
  WHERE application_id LIKE ?
    AND event_date BETWEEN ? - INTERVAL '29' DAY AND ?
),

absences AS (
  SELECT
    application_id,
    event_date,
    least(coalesce(date_diff('day', event_date, next_date), 30), 30) AS days_until_next
  FROM player_dates
),

players_by_absence AS (
  SELECT
    application_id,
    event_date,
    days_until_next,
    count(*) AS players
  FROM absences
  GROUP BY application_id, event_date, days_until_next
),

days AS (
  SELECT DISTINCT
    application_id,
    event_date
  FROM player_days
  WHERE application_id LIKE ?
    AND event_date BETWEEN ? AND ?
),

window_players AS (
  SELECT
    days.application_id,
    days.event_date,
    date_diff('day', players_by_absence.event_date, days.event_date) AS days_ago,
    players_by_absence.players
  FROM days
  JOIN players_by_absence
    ON players_by_absence.application_id = days.application_id
    AND players_by_absence.event_date <= days.event_date
    AND players_by_absence.days_until_next > date_diff('day', players_by_absence.event_date, days.event_date)
),

active_players AS (
  SELECT
    application_id,
    event_date,
    sum(CASE WHEN days_ago = 0 THEN players ELSE 0 END) AS dau,
    sum(CASE WHEN days_ago <= 6 THEN players ELSE 0 END) AS wau,
    sum(players) AS mau
  FROM window_players
  GROUP BY application_id, event_date
)

SELECT
  application_id,
  event_date,
  dau,
  wau,
  mau,
  CAST(dau AS double) / mau AS stickiness
FROM active_players
ORDER BY application_id, event_date
