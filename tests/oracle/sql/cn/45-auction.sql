-- R-AUC-01: what the law asks of an auction, checked at its announcement. What isn't told isn't judged.
INSERT INTO pointed VALUES ('R-AUC-01', 'first', 1, 0);
INSERT INTO points
SELECT
    'R-AUC-01', subject, [auction], time, place,
    ifNull((round = '一拍' AND announced_day + (asset_kind = '动产' ? 15 : 30) > opens_day), 0)
    OR ifNull((round = '二拍' AND announced_day + (asset_kind = '动产' ? 7 : 15) > opens_day), 0)
    OR ifNull((round = '一拍' AND start_fen * 100 < appraisal * 70), 0)
    OR ifNull((round = '二拍' AND start_fen * 100 < previous * 80), 0)
    OR ifNull((deposit * 100 < start_fen * 5 OR deposit * 100 > start_fen * 20), 0)
    OR ifNull((dateDiff('second', opens, closes) < 86400), 0)
    OR ifNull((dateDiff('day', told, announced_day) < 3), 0) ? 'red' : ''
FROM
(
    SELECT *, JSONExtractString(data, 'auction_id') AS auction, JSONExtractString(data, 'round') AS round, JSONExtractString(data, 'asset_kind') AS asset_kind,
        toDate32OrNull(JSONExtractString(data, 'announced_on')) AS announced_day, toDate32OrNull(JSONExtractString(data, 'parties_notified_on')) AS told,
        parseDateTime64BestEffortOrNull(JSONExtractString(data, 'opens_at'), 6, 'UTC') AS opens, parseDateTime64BestEffortOrNull(JSONExtractString(data, 'closes_at'), 6, 'UTC') AS closes,
        toDate32(opens, 'Asia/Shanghai') AS opens_day,
        JSONExtract(data, 'start_fen', 'Nullable(Int64)') AS start_fen, JSONExtract(data, 'appraisal_fen', 'Nullable(Int64)') AS appraisal,
        JSONExtract(data, 'prev_start_fen', 'Nullable(Int64)') AS previous, JSONExtract(data, 'deposit_fen', 'Nullable(Int64)') AS deposit
    FROM history WHERE type = 'auction.announced'
);
INSERT INTO clears
SELECT 'R-AUC-01', 'closed', subject, [JSONExtractString(data, 'auction_id')], time, place FROM history WHERE type = 'auction.revoked';
