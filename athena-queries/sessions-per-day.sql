-- description: Sessions, their length and the time played, per game and UTC day.
-- grain: one row per application_id, event_date on which anybody played
-- sessions: sessions that start on the day; a session is a player's events of one session_id, or,
-- sessions: where they have none, events at most 30 minutes apart
-- dau: distinct players with an event on the day
-- sessions_per_dau: sessions / dau
-- average_session_seconds: mean time from first to last event of the day's sessions; null where none started
-- playtime_per_dau_seconds: summed length of the day's sessions / dau
-- note: a session belongs wholly to the day it starts on, also when it runs past midnight
-- note: one more day is read on both sides for such sessions; what lies further from the period is not seen
-- parameter: application_id varchar default '%'
-- parameter: from_date date default current_date - INTERVAL '30' DAY
-- parameter: to_date date default current_date
-- parameter: from_date
-- parameter: to_date
-- parameter: application_id
-- parameter: from_date
-- parameter: to_date
-- chart: line x=event_date y=sessions series=application_id

-- A session_id is one row at once. Without one each moment is, once: events of one moment have no order, and two windows
-- could take them in different ones.
WITH player_moments AS (
  SELECT
    application_id,
    player_id,
    session_id,
    min(event_at) AS first_event_at,
    max(event_at) AS last_event_at
  FROM events
  WHERE application_id LIKE ?
    AND application_id <> '_accounts'
    AND event_date BETWEEN ? - INTERVAL '1' DAY AND ? + INTERVAL '1' DAY
    AND player_id IS NOT NULL
  GROUP BY application_id, player_id, session_id, CASE WHEN session_id IS NULL THEN event_at END
),

player_pauses AS (
  SELECT
    application_id,
    player_id,
    session_id,
    first_event_at,
    last_event_at,
    lag(last_event_at) OVER (
      PARTITION BY application_id, player_id, session_id
      ORDER BY first_event_at
    ) AS previous_event_at
  FROM player_moments
),

session_starts AS (
  SELECT
    application_id,
    player_id,
    session_id,
    first_event_at,
    last_event_at,
    CASE WHEN first_event_at > previous_event_at + INTERVAL '30' MINUTE THEN 1 ELSE 0 END AS is_start_after_pause
  FROM player_pauses
),

session_events AS (
  SELECT
    application_id,
    player_id,
    session_id,
    first_event_at,
    last_event_at,
    sum(is_start_after_pause) OVER (
      PARTITION BY application_id, player_id, session_id
      ORDER BY first_event_at
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS session_number
  FROM session_starts
),

sessions AS (
  SELECT
    application_id,
    min(first_event_at) AS session_start_at,
    max(last_event_at) AS session_end_at
  FROM session_events
  GROUP BY application_id, player_id, session_id, session_number
),

dated_sessions AS (
  SELECT
    application_id,
    CAST(session_start_at AS date) AS event_date,
    date_diff('millisecond', session_start_at, session_end_at) AS milliseconds
  FROM sessions
  WHERE CAST(session_start_at AS date) BETWEEN ? AND ?
),

daily_sessions AS (
  SELECT
    application_id,
    event_date,
    count(*) AS sessions,
    sum(milliseconds) AS milliseconds
  FROM dated_sessions
  GROUP BY application_id, event_date
),

active_players AS (
  SELECT
    application_id,
    event_date
  FROM player_days
  WHERE application_id LIKE ?
    AND event_date BETWEEN ? AND ?
),

daily_players AS (
  SELECT
    application_id,
    event_date,
    count(*) AS dau
  FROM active_players
  GROUP BY application_id, event_date
)

SELECT
  daily_players.application_id,
  daily_players.event_date,
  coalesce(daily_sessions.sessions, 0) AS sessions,
  daily_players.dau,
  CAST(coalesce(daily_sessions.sessions, 0) AS double) / daily_players.dau AS sessions_per_dau,
  CAST(daily_sessions.milliseconds AS double) / (1000 * daily_sessions.sessions) AS average_session_seconds,
  CAST(coalesce(daily_sessions.milliseconds, 0) AS double) / (1000 * daily_players.dau) AS playtime_per_dau_seconds
FROM daily_players
LEFT JOIN daily_sessions
  ON daily_sessions.application_id = daily_players.application_id
  AND daily_sessions.event_date = daily_players.event_date
ORDER BY daily_players.application_id, daily_players.event_date
