-- Question: of the visitors that came for the first time in a day or week, how many came back in each one after it? From the visitor-day rollup.
-- Parameters: project String, period String ('day', 'week'; weeks begin on Monday; another one is refused), t0 and t1 Date (first visit from t0 up to, not including, t1),
--   max_periods UInt16 (how far to look).
-- Columns: cohort (first day of the period), period_no (0 is the period of the first visit), visitors, cohort_size, rate. Periods without any visitor have no row.
--   A visitor belongs to the first period ever seen, also when that lies before t0.
-- Example: SELECT * FROM retention(project = 'local', period = 'week', t0 = '2026-10-01', t1 = '2026-12-01', max_periods = 8)
CREATE OR REPLACE VIEW retention AS
WITH
    per_visitor AS
    (
        SELECT arraySort(groupUniqArray(if({period:String} = 'week', toMonday(day), day))) AS periods
        FROM visitor_day WHERE project = {project:String}
          -- A subquery is evaluated once, also where no row is read.
          AND (SELECT throwIf({period:String} NOT IN ('day', 'week'), 'retention: period is day or week')) = 0
        GROUP BY visitor_id
    ),
    visits AS
    (
        SELECT periods[1] AS cohort, intDiv(arrayJoin(periods) - cohort, if({period:String} = 'week', 7, 1)) AS period_no
        FROM per_visitor WHERE cohort >= {t0:Date} AND cohort < {t1:Date}
    )
SELECT cohort, period_no, count() AS visitors, max(visitors) OVER (PARTITION BY cohort) AS cohort_size, round(visitors / cohort_size, 4) AS rate
FROM visits WHERE period_no <= {max_periods:UInt16}
GROUP BY cohort, period_no
ORDER BY cohort, period_no;
