-- description: Average rating that players gave, per game and UTC day.
-- grain: one row per application_id, event_date with a rating
-- ratings: user_sentiment events with a whole number for user_rating; one player may rate several times
-- average_rating: mean of user_rating, from 1 to 5
-- parameter: application_id varchar default '%'
-- parameter: from_date date default current_date - INTERVAL '30' DAY
-- parameter: to_date date default current_date
-- chart: line x=event_date y=average_rating series=application_id

WITH ratings AS (
  SELECT
    application_id,
    event_date,
    user_rating
  FROM events
  WHERE application_id LIKE ?
    AND event_date BETWEEN ? AND ?
    AND event_type = 'user_sentiment'
    AND user_rating IS NOT NULL
)

SELECT
  application_id,
  event_date,
  count(*) AS ratings,
  avg(user_rating) AS average_rating
FROM ratings
GROUP BY application_id, event_date
ORDER BY application_id, event_date
