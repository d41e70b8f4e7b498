-- The currency of both sides of a match; none where nothing of it is known any more.
ALTER TABLE money_match ADD COLUMN currency TEXT;
UPDATE money_match SET currency = (SELECT max(till_money.currency) FROM till_money
    WHERE till_money.match_number = money_match.number) WHERE subject = 'payments';
UPDATE money_match SET currency = (SELECT max(payout.currency) FROM payout
    WHERE payout.match_number = money_match.number) WHERE subject = 'bank';
