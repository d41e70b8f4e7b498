-- Daybook, export definition "order-lines": lines of the documents of order-totals.
-- Parameters: @from, @to, local date and time without zone.
-- Optional: with it the day close compares documents line by line.

SELECT
    oh.oh_id                                                       AS orderId,
    -- VERIFY: order and key of the lines; oli_id and oli_oh_id are guessed from the naming rule.
    ROW_NUMBER() OVER (PARTITION BY oh.oh_id ORDER BY oli.oli_id)  AS lineNumber,
    vad.vad_variant_code                                           AS sku,
    oli.oli_qty_required                                           AS quantity,
    -- VERIFY: names of the line's net, tax and gross totals.
    oli.oli_net                                                    AS net,
    oli.oli_tax                                                    AS tax,
    oli.oli_gross                                                  AS gross,
    vr.vr_vat_code                                                 AS taxCode,
    -- VERIFY: name of the line's stock location column.
    oli.oli_sl_id                                                  AS stockLocationId
FROM order_header AS oh
-- VERIFY: the columns that join a line to its order, its variant and its VAT rate.
JOIN order_line_item AS oli ON oli.oli_oh_id = oh.oh_id
JOIN variant_detail AS vad ON vad.vad_id = oli.oli_vad_id
LEFT JOIN vat_rate AS vr ON vr.vr_id = oli.oli_vr_id
WHERE oh.oh_datetime >= CAST(@from AS DATETIME2)
  AND oh.oh_datetime <  CAST(@to AS DATETIME2)
  -- VERIFY: as in order-totals.sql.
  AND oh.oh_sot_id IN (1, 4, 9)
ORDER BY oh.oh_id, lineNumber;
