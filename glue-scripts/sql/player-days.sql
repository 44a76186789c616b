-- description: What each player did on each day, from whole days of events.
-- grain: one row per application_id, player_id, event_date
-- sessions: of the day's events alone; by session_id, and where there is none, a pause of more than 30 minutes divides
-- session_milliseconds: sum over these sessions of last minus first event of the day
-- note: what the account system sends, under an application of its own, is no play

WITH player_events AS (
  SELECT
    application_id,
    player_id,
    event_date,
    session_id,
    event_at,
    country,
    platform,
    app_version,
    lag(event_at) OVER (
      PARTITION BY application_id, player_id, event_date, session_id
      ORDER BY event_at, event_id
    ) AS previous_event_at,
    row_number() OVER (
      PARTITION BY application_id, player_id, event_date
      ORDER BY event_at, event_id
    ) AS event_number
  FROM day_events
  WHERE player_id IS NOT NULL
    AND application_id <> '_accounts'
),

session_events AS (
  SELECT
    application_id,
    player_id,
    event_date,
    event_at,
    country,
    platform,
    app_version,
    event_number,
    CASE
      WHEN previous_event_at IS NULL THEN NULL
      WHEN session_id IS NULL AND event_at > previous_event_at + INTERVAL '30' MINUTE THEN NULL
      ELSE date_diff('millisecond', previous_event_at, event_at)
    END AS milliseconds_since_previous
  FROM player_events
)

SELECT
  application_id,
  player_id,
  min(event_at) AS first_event_at,
  max(event_at) AS last_event_at,
  count(*) AS events,
  count(CASE WHEN milliseconds_since_previous IS NULL THEN 1 END) AS sessions,
  CAST(coalesce(sum(milliseconds_since_previous), 0) AS bigint) AS session_milliseconds,
  max_by(country, CASE WHEN country IS NOT NULL THEN event_number END) AS country,
  max_by(platform, CASE WHEN platform IS NOT NULL THEN event_number END) AS platform,
  max_by(app_version, CASE WHEN app_version IS NOT NULL THEN event_number END) AS app_version,
  event_date
FROM session_events
GROUP BY application_id, player_id, event_date
