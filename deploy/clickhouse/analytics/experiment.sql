-- Question: did a variant of an experiment make more visitors reach a goal?
-- Parameters: project String, experiment String, control String (the variant to compare with), goal String (name of the event to reach), t0 and t1 DateTime64(3, 'UTC').
-- An exposure is an event named 'exposure' or 'Experiment Viewed' that has the experiment in property experiment, experiment_name or experiment_id and its variant in
--   variant, variation_name or variation_id. A visitor belongs to the variant seen first, and has reached the goal when its event came after that (events of one
--   millisecond follow each other by seq, their place in the request or file, then by id); visitors that saw several variants are left out.
-- Columns: variant, visitors, reached, rate, ci95_low and ci95_high (Wilson), lift (of the rate, against control), p_value (two proportions, pooled, two-sided).
-- Example: SELECT * FROM experiment(project = 'local', experiment = 'checkout', control = 'a', goal = 'payment_done', t0 = '2026-11-01', t1 = '2026-12-01')
CREATE OR REPLACE VIEW experiment AS
WITH
    marked AS
    (
        SELECT
            visitor_id, (occurred_at, seq, event_id) AS place, event = {goal:String} AS is_goal,
            event IN ('exposure', 'Experiment Viewed')
                AND {experiment:String} IN (properties['experiment'], properties['experiment_name'], properties['experiment_id']) AS is_exposure,
            multiIf(properties['variant'] != '', properties['variant'], properties['variation_name'] != '', properties['variation_name'], properties['variation_id']) AS variant
        FROM events
        WHERE project = {project:String} AND occurred_at >= {t0:DateTime64(3, 'UTC')} AND occurred_at < {t1:DateTime64(3, 'UTC')}
          AND event IN ('exposure', 'Experiment Viewed', {goal:String})
    ),
    per_visitor AS
    (
        SELECT anyIf(m.variant, m.is_exposure) AS variant, minIf(m.place, m.is_exposure) AS exposed_at, maxIf(m.place, m.is_goal) >= exposed_at AS reached
        FROM marked AS m
        GROUP BY visitor_id
        HAVING uniqExactIf(m.variant, m.is_exposure) = 1
    ),
    per_variant AS (SELECT variant, count() AS n, countIf(reached) AS k FROM per_visitor GROUP BY variant),
    base AS (SELECT sum(n) AS n, sum(k) AS k FROM per_variant WHERE variant = {control:String})
SELECT
    v.variant AS variant, v.n AS visitors, v.k AS reached, round(v.k / v.n, 4) AS rate,
    round((v.k / v.n + 1.9208 / v.n - 1.96 * sqrt(v.k / v.n * (1 - v.k / v.n) / v.n + 0.9604 / v.n / v.n)) / (1 + 3.8416 / v.n), 4) AS ci95_low,
    round((v.k / v.n + 1.9208 / v.n + 1.96 * sqrt(v.k / v.n * (1 - v.k / v.n) / v.n + 0.9604 / v.n / v.n)) / (1 + 3.8416 / v.n), 4) AS ci95_high,
    if(v.variant = {control:String} OR b.k = 0, 0, round((v.k / v.n) / (b.k / b.n) - 1, 4)) AS lift,
    if(v.variant = {control:String} OR b.n = 0 OR v.k + b.k = 0 OR v.k + b.k = v.n + b.n, 1,
       round(erfc(abs(v.k / v.n - b.k / b.n) / sqrt((v.k + b.k) / (v.n + b.n) * (1 - (v.k + b.k) / (v.n + b.n)) * (1 / v.n + 1 / b.n)) / sqrt(2)), 4)) AS p_value
FROM per_variant AS v CROSS JOIN base AS b
ORDER BY v.variant != {control:String}, variant;
