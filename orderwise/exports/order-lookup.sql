-- Daybook, export definition "order-lookup": the documents that bear one reference.
-- Parameter: @reference. Needed: what is in doubt is looked up by it before anything is sent again.
--
-- It must find nothing but exact matches: Daybook refuses an answer with another reference in it.
-- It must find a document as soon as it is stored, credits included.

SELECT
    oh.oh_id                                  AS orderId,
    CAST(oh.oh_order_number AS NVARCHAR(50))  AS orderNumber,
    -- VERIFY: POST sales/order sends the reference as eCommerceOrderNumber and as
    -- customerOrderReference; oh_cust_order_ref is the column that the second is expected in.
    LTRIM(RTRIM(oh.oh_cust_order_ref))        AS reference,
    -- VERIFY: 1 is an order and 4 a credit; 9 counts as a credit too.
    oh.oh_sot_id                              AS orderType,
    oh.oh_datetime                            AS orderDate,
    -- VERIFY: the moment at which OrderWise stored the document; its column is not known.
    -- Left null, a sale is taken off free stock some minutes longer than it need be.
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
WHERE oh.oh_cust_order_ref = @reference;
