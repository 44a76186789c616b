-- description: Studios as last told, from all account events of these studios in any order.
-- grain: one row per studio_id

WITH studio_moments AS (
  SELECT
    studio_id,
    event_id,
    studio_name,
    studio_location,
    coalesce(TRY_CAST(replace(replace(effective_at, 'T', ' '), 'Z', '') AS timestamp), event_at) AS happened_at
  FROM account_events
  WHERE event_type = 'studio_registered'
    AND studio_id IS NOT NULL
),

ranked AS (
  SELECT
    studio_id,
    studio_name,
    studio_location,
    row_number() OVER (PARTITION BY studio_id ORDER BY happened_at DESC, event_id DESC) AS newest
  FROM studio_moments
)

SELECT
  studio_id,
  studio_name AS name,
  studio_location AS location
FROM ranked
WHERE newest = 1
