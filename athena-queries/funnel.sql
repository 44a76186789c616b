-- description: How many players go through four steps in their order, within a window of days.
-- grain: one row per application_id, step, for games with a player at step 1
-- step: 1 to 4
-- event_type: what the step consists in; null where nobody who made step 1 sent such an event in the window
-- players: distinct players who got as far as this step
-- from_previous_rate: players / players of the step before, from 0 to 1; null for step 1 and where that is 0
-- from_first_rate: players / players of step 1, from 0 to 1
-- note: first touch: of a player's events of step 1 in the period the first counts, and so for the steps after it
-- note: a step comes at or after the one before it, at most window_days times 24 hours after step 1
-- note: step 1 lies in the period; later steps may lie beyond it
-- parameter: application_id varchar default '%'
-- parameter: from_date date default current_date - INTERVAL '30' DAY
-- parameter: to_date date default current_date
-- parameter: step_1 varchar default 'user_registration'
-- parameter: application_id
-- parameter: from_date
-- parameter: to_date
-- parameter: window_days integer default 7
-- parameter: step_2 varchar default 'level_started'
-- parameter: application_id
-- parameter: from_date
-- parameter: to_date
-- parameter: window_days
-- parameter: step_3 varchar default 'level_completed'
-- parameter: application_id
-- parameter: from_date
-- parameter: to_date
-- parameter: window_days
-- parameter: step_4 varchar default 'iap_transaction'
-- parameter: window_days
-- chart: bar x=step y=players series=application_id

WITH step_events AS (
  SELECT
    application_id,
    player_id,
    event_type,
    event_at,
    1 AS step
  FROM events
  WHERE application_id LIKE ?
    AND application_id <> '_accounts'
    AND event_date BETWEEN ? AND ?
    AND event_type = ?
    AND player_id IS NOT NULL
  UNION ALL
  SELECT
    application_id,
    player_id,
    event_type,
    event_at,
    2 AS step
  FROM events
  WHERE application_id LIKE ?
    AND application_id <> '_accounts'
    AND event_date BETWEEN ? AND ? + ? * INTERVAL '1' DAY
    AND event_type = ?
    AND player_id IS NOT NULL
  UNION ALL
  SELECT
    application_id,
    player_id,
    event_type,
    event_at,
    3 AS step
  FROM events
  WHERE application_id LIKE ?
    AND application_id <> '_accounts'
    AND event_date BETWEEN ? AND ? + ? * INTERVAL '1' DAY
    AND event_type = ?
    AND player_id IS NOT NULL
  UNION ALL
  SELECT
    application_id,
    player_id,
    event_type,
    event_at,
    4 AS step
  FROM events
  WHERE application_id LIKE ?
    AND application_id <> '_accounts'
    AND event_date BETWEEN ? AND ? + ? * INTERVAL '1' DAY
    AND event_type = ?
    AND player_id IS NOT NULL
),

first_steps AS (
  SELECT
    application_id,
    player_id,
    event_type,
    event_at,
    step,
    min(CASE WHEN step = 1 THEN event_at END) OVER (PARTITION BY application_id, player_id) AS step_1_at
  FROM step_events
),

second_steps AS (
  SELECT
    application_id,
    player_id,
    event_type,
    event_at,
    step,
    min(CASE WHEN step = 2 THEN event_at END) OVER (PARTITION BY application_id, player_id) AS step_2_at
  FROM first_steps
  WHERE event_at BETWEEN step_1_at AND step_1_at + ? * INTERVAL '1' DAY
),

-- Of the last step no time is needed, but whether one comes at or after step 3: the latest of them tells.
player_steps AS (
  SELECT
    application_id,
    max(CASE WHEN step = 1 THEN event_type END) AS type_1,
    max(CASE WHEN step = 2 THEN event_type END) AS type_2,
    max(CASE WHEN step = 3 THEN event_type END) AS type_3,
    max(CASE WHEN step = 4 THEN event_type END) AS type_4,
    min(step_2_at) AS step_2_at,
    min(CASE WHEN step = 3 AND event_at >= step_2_at THEN event_at END) AS step_3_at,
    max(CASE WHEN step = 4 THEN event_at END) AS last_step_4_at
  FROM second_steps
  GROUP BY application_id, player_id
),

funnels AS (
  SELECT
    application_id,
    max(type_1) AS type_1,
    max(type_2) AS type_2,
    max(type_3) AS type_3,
    max(type_4) AS type_4,
    count(*) AS players_1,
    count(step_2_at) AS players_2,
    count(step_3_at) AS players_3,
    count(CASE WHEN last_step_4_at >= step_3_at THEN 1 END) AS players_4
  FROM player_steps
  GROUP BY application_id
),

steps AS (
  SELECT 1 AS step
  UNION ALL
  SELECT 2 AS step
  UNION ALL
  SELECT 3 AS step
  UNION ALL
  SELECT 4 AS step
),

funnel_steps AS (
  SELECT
    funnels.application_id,
    steps.step,
    CASE
      WHEN steps.step = 1 THEN funnels.type_1
      WHEN steps.step = 2 THEN funnels.type_2
      WHEN steps.step = 3 THEN funnels.type_3
      ELSE funnels.type_4
    END AS event_type,
    CASE
      WHEN steps.step = 1 THEN funnels.players_1
      WHEN steps.step = 2 THEN funnels.players_2
      WHEN steps.step = 3 THEN funnels.players_3
      ELSE funnels.players_4
    END AS players,
    CASE
      WHEN steps.step = 2 THEN funnels.players_1
      WHEN steps.step = 3 THEN funnels.players_2
      WHEN steps.step = 4 THEN funnels.players_3
    END AS players_before,
    funnels.players_1 AS players_at_first
  FROM funnels
  CROSS JOIN steps
)

SELECT
  application_id,
  step,
  max(event_type) OVER (PARTITION BY step) AS event_type,
  players,
  CAST(players AS double) / nullif(players_before, 0) AS from_previous_rate,
  CAST(players AS double) / players_at_first AS from_first_rate
FROM funnel_steps
ORDER BY application_id, step
