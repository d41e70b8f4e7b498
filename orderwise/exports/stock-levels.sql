-- Daybook, export definition "stock-levels": free stock by location, calculated since @since.
-- Parameter: @since, local date and time without zone.
-- Not read by this version; shipped so that it can be set up together with the others.

SELECT
    vad.vad_variant_code                     AS sku,
    vsl.vsl_sl_id                            AS stockLocationId,
    -- May be negative and have decimals; Daybook decides what a till is told.
    vsl.vsl_free_stock_quantity              AS freeStock,
    -- VERIFY: a column or analysis field that holds back stock from sale. Null means that
    -- Daybook's own rule counts.
    CAST(NULL AS DECIMAL(18, 4))             AS buffer,
    vasq.vasq_stock_levels_last_calculated   AS lastCalculated
FROM variant_stock_location AS vsl
-- VERIFY: the columns that join location and quantity rows to their variant.
JOIN variant_detail AS vad ON vad.vad_id = vsl.vsl_vad_id
JOIN variant_stock_quantity AS vasq ON vasq.vasq_vad_id = vad.vad_id
WHERE vasq.vasq_stock_levels_last_calculated >= CAST(@since AS DATETIME2)
ORDER BY vad.vad_id, vsl.vsl_sl_id;
