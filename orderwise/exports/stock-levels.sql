-- Daybook, export definition "stock-levels": free stock by location, calculated since @since.
-- Parameter: @since, local date and time without zone.
-- With it Daybook publishes stock to the tills; without it it leaves their stock alone.
--
-- lastCalculated says what freeStock can contain: a sale that OrderWise stored later is still taken
-- off it. It must be OrderWise's own time of the calculation: never GETDATE(), and never rounded up.

SELECT
    vad.vad_variant_code                     AS sku,
    vsl.vsl_sl_id                            AS stockLocationId,
    -- VERIFY: less what is ordered and not sent yet. May be negative and have decimals; Daybook
    -- decides what a till is told.
    vsl.vsl_free_stock_quantity              AS freeStock,
    -- VERIFY: a column or analysis field that holds back stock from sale. Null means that
    -- Daybook's own rule counts.
    CAST(NULL AS DECIMAL(18, 4))             AS buffer,
    -- VERIFY: it moves whenever freeStock of any location is calculated, kits included.
    vasq.vasq_stock_levels_last_calculated   AS lastCalculated
FROM variant_stock_location AS vsl
-- VERIFY: the columns that join location and quantity rows to their variant.
JOIN variant_detail AS vad ON vad.vad_id = vsl.vsl_vad_id
JOIN variant_stock_quantity AS vasq ON vasq.vasq_vad_id = vad.vad_id
WHERE vasq.vasq_stock_levels_last_calculated >= CAST(@since AS DATETIME2)
ORDER BY vad.vad_id, vsl.vsl_sl_id;
