-- description: Reports that players filed against others, per game and reason.
-- grain: one row per application_id, report_reason
-- report_reason: null where the report gave none
-- parameter: application_id varchar default '%'
-- parameter: from_date date default current_date - INTERVAL '30' DAY
-- parameter: to_date date default current_date
-- chart: bar x=report_reason y=reports series=application_id

WITH player_reports AS (
  SELECT
    application_id,
    report_reason
  FROM events
  WHERE application_id LIKE ?
    AND event_date BETWEEN ? AND ?
    AND event_type = 'user_report'
)

SELECT
  application_id,
  report_reason,
  count(*) AS reports
FROM player_reports
GROUP BY application_id, report_reason
ORDER BY application_id, reports DESC, report_reason NULLS LAST
