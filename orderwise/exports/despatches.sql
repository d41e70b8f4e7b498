-- Daybook, export definition "despatches": orders of any channel since @since, with what left.
-- Parameter: @since, local date and time without zone.
-- With it tills and shoppers see what OrderWise has sent, and by whom.
--
-- One row a line of a delivery. An order of which nothing has left is one row whose columns from
-- deliveryId on are null. An order comes when it, its amendment or one of its deliveries is recent.

SELECT
    oh.oh_id                                            AS orderId,
    CAST(oh.oh_order_number AS NVARCHAR(50))            AS orderNumber,
    -- VERIFY: the column that holds customerOrderReference of POST sales/order.
    LTRIM(RTRIM(oh.oh_cust_order_ref))                  AS reference,
    -- The text as it stands in OrderWise; what it means is said in Daybook's mapping.
    os.os_description                                   AS orderStatus,
    -- VERIFY: dh_id, the key of delivery_header, is guessed from the naming rule. It must stay the
    -- same for ever: Daybook books each delivery once by it.
    dh.dh_id                                            AS deliveryId,
    -- VERIFY: dh_datetime is when the goods left, and a row is there only once they have.
    dh.dh_datetime                                      AS despatchedAt,
    -- VERIFY: the column with the courier's name; cod_description is guessed.
    cod.cod_description                                 AS courier,
    NULLIF(LTRIM(RTRIM(dh.dh_consignment_number)), '')  AS consignmentNumber,
    -- Null when the courier has no tracking page or the delivery no number.
    cod.cod_tracking_url_prefix + NULLIF(LTRIM(RTRIM(dh.dh_consignment_number)), '')
        + cod.cod_tracking_url_suffix                   AS trackingUrl,
    -- VERIFY: order and key of the lines, as in order-lines.sql; keep both alike.
    CASE WHEN oli.oli_id IS NOT NULL THEN (
        SELECT COUNT(*) FROM order_line_item AS earlier
        WHERE earlier.oli_oh_id = oli.oli_oh_id AND earlier.oli_id <= oli.oli_id
    ) END                                               AS lineNumber,
    vad.vad_variant_code                                AS sku,
    -- VERIFY: how much of the line is in this delivery, not in all of them; the name is guessed.
    dli.dli_quantity                                    AS quantity
FROM order_header AS oh
LEFT JOIN order_status AS os ON os.os_id = oh.oh_os_id
LEFT JOIN order_header_detail AS ohd ON ohd.ohd_oh_id = oh.oh_id
-- VERIFY: the courier follows from the order's delivery method. Where a delivery can have another
-- courier than its order, join the delivery's own column instead.
LEFT JOIN delivery_method AS dm ON dm.dm_id = ohd.ohd_dm_id
LEFT JOIN courier_detail AS cod ON cod.cod_id = dm.dm_cod_id
LEFT JOIN delivery_header AS dh ON dh.dh_oh_id = oh.oh_id
-- VERIFY: the table of a delivery's lines. Its name and its columns are guessed from the naming rule.
LEFT JOIN delivery_line_item AS dli ON dli.dli_dh_id = dh.dh_id
LEFT JOIN order_line_item AS oli ON oli.oli_id = dli.dli_oli_id
LEFT JOIN variant_detail AS vad ON vad.vad_id = oli.oli_vad_id
-- VERIFY: 1 is an order; credits, quotes and the rest do not leave.
WHERE oh.oh_sot_id = 1
  AND (oh.oh_datetime >= CAST(@since AS DATETIME2)
       -- VERIFY: a changed status moves ohd_last_amended_datetime.
       OR ohd.ohd_last_amended_datetime >= CAST(@since AS DATETIME2)
       OR dh.dh_datetime >= CAST(@since AS DATETIME2))
ORDER BY oh.oh_id, dh.dh_id, lineNumber;
