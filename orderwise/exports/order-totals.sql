-- Daybook, export definition "order-totals": documents by order date, from @from up to before @to.
-- Parameters: @from, @to, local date and time without zone (2026-11-24T00:00:00).
-- Optional: with it many posted documents are read back at once instead of one by one.
--
-- Columns as in order-lookup.sql; keep both alike.

SELECT
    oh.oh_id                                  AS orderId,
    CAST(oh.oh_order_number AS NVARCHAR(50))  AS orderNumber,
    -- VERIFY: the column that holds customerOrderReference of POST sales/order.
    LTRIM(RTRIM(oh.oh_cust_order_ref))        AS reference,
    -- VERIFY: 1 is an order and 4 a credit; 9 counts as a credit too.
    oh.oh_sot_id                              AS orderType,
    -- VERIFY: oh_datetime is the orderDate that was sent, and not the moment of the import.
    oh.oh_datetime                            AS orderDate,
    -- VERIFY: the moment at which OrderWise stored the document; its column is not known.
    CAST(NULL AS DATETIME)                    AS storedAt,
    oht.oht_net                               AS net,
    -- VERIFY: names of the tax and gross totals beside oht_net.
    oht.oht_tax                               AS tax,
    oht.oht_gross                             AS gross,
    os.os_description                         AS status
FROM order_header AS oh
-- VERIFY: name of the key column of order_header_total.
JOIN order_header_total AS oht ON oht.oht_oh_id = oh.oh_id
LEFT JOIN order_status AS os ON os.os_id = oh.oh_os_id
WHERE oh.oh_datetime >= CAST(@from AS DATETIME2)
  AND oh.oh_datetime <  CAST(@to AS DATETIME2)
  -- VERIFY: orders (1) and credits (4, 9) only; quotes and the rest are not Daybook's.
  AND oh.oh_sot_id IN (1, 4, 9)
ORDER BY oh.oh_id;
