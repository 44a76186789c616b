-- description: Average rating that players gave, per game and UTC day.
-- grain: one row per application_id, event_date with a rating
-- ratings: user_sentiment events with a number for user_rating; one player may rate several times
-- average_rating: mean of user_rating, from 1 to 5
-- parameter: from_date date default current_date - INTERVAL '30' DAY
-- parameter: to_date date default current_date
-- chart: line x=event_date y=average_rating series=application_id

WITH rated_events AS (
  SELECT
    application_id,
    CAST(event_at AS date) AS event_date,
    TRY_CAST(json_extract_scalar(event_data, '$.user_rating') AS double) AS user_rating
  FROM recent_events
  WHERE event_type = 'user_sentiment'
    AND CAST(event_at AS date) BETWEEN ? AND ?
)

SELECT
  application_id,
  event_date,
  count(user_rating) AS ratings,
  avg(user_rating) AS average_rating
FROM rated_events
WHERE user_rating IS NOT NULL
GROUP BY application_id, event_date
ORDER BY application_id, event_date
