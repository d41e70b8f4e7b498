-- Daybook, export definition "variants": variants that changed since @since.
-- Parameter: @since, local date and time without zone; 1970-01-01T00:00:00 asks for all.
-- Needed to check SKUs before anything is sent. Discontinued variants must stay in the answer.

SELECT
    vad.vad_id                                   AS variantId,
    vad.vad_variant_code                         AS sku,
    pd.pd_product_code                           AS productCode,
    vad.vad_description                          AS description,
    NULLIF(LTRIM(RTRIM(vad.vad_ean_code)), '')   AS ean,
    vafp.vafp_rsp_exc_vat                        AS priceExcVat,
    vafp.vafp_rsp_inc_vat                        AS priceIncVat,
    vr.vr_id                                     AS taxRateId,
    vr.vr_vat_code                               AS taxCode,
    vr.vr_vat_rate                               AS taxRate,
    -- Whether a sales order may hold it. Discontinued variants cannot be ordered.
    CAST(CASE WHEN vad.vad_sale_variant = 1
               AND COALESCE(vas.vas_discontinued_product, 0) = 0
              THEN 1 ELSE 0 END AS BIT)          AS saleable,
    -- VERIFY: which analysis field, if any, says whether a variant belongs on tills (vaa_l_1 of
    -- variant_analysis, say); rounding and delivery items can be ordered and do not. Null means yes.
    -- A change of it must move lastAmended, or Daybook sees it only with the next full read.
    CAST(NULL AS BIT)                            AS onTills,
    CAST(COALESCE(vas.vas_discontinued_product, 0) AS BIT) AS discontinued,
    CAST(COALESCE(vas.vas_kit_variant, 0) AS BIT) AS kit,
    -- Families at the tills ([catalogue] families): a column for each choice, by the name that the
    -- tills show. VERIFY: which analysis fields hold them; variant_analysis is joined by vaa_vad_id.
    -- vaa.vaa_c_1                               AS Colour,
    -- vaa.vaa_c_2                               AS Size,
    changed.lastAmended                          AS lastAmended
FROM variant_detail AS vad
JOIN product_detail AS pd ON pd.pd_id = vad.vad_pd_id
LEFT JOIN variant_setting AS vas ON vas.vas_vad_id = vad.vad_id
-- Currency 1 is the pound.
LEFT JOIN variant_foreign_price AS vafp ON vafp.vafp_vad_id = vad.vad_id AND vafp.vafp_c_id = 1
LEFT JOIN vat_rate AS vr ON vr.vr_id = vafp.vafp_vr_id
-- VERIFY: a change of variant_setting (discontinued, kit) alone moves vad_last_amended_datetime.
-- Where it does not, Daybook sees it with the next full read ([reference] full-every).
CROSS APPLY (
    SELECT MAX(moment) AS lastAmended
    FROM (VALUES (vad.vad_input_datetime), (vad.vad_last_amended_datetime),
                 (vafp.vafp_input_datetime), (vafp.vafp_last_amended_datetime)) AS moments (moment)
) AS changed
WHERE changed.lastAmended >= CAST(@since AS DATETIME2)
   -- A row without any date belongs to every answer: it must not be lost.
   OR changed.lastAmended IS NULL
ORDER BY vad.vad_id;
