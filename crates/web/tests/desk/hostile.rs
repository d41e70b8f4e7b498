//! Data that means harm: it is shown as what it is, and nothing else.

use axum::http::StatusCode;
use daybook_domain::access::Role;
use daybook_sandbox::sitoo::till::Row;
use daybook_testkit::{World, db::for_each_engine};

use crate::{Shop, common::desk_of};

const SCRIPT: &str = "<script>alert('x')</script>";

#[tokio::test]
async fn a_script_in_a_products_name_stays_text() {
    for_each_engine(|db| async move {
        let world = Box::pin(World::new(1, db)).await.unwrap();
        let sku = "=cmd|'/c calc'!A1";
        let sale = world.sell(world.sale_of(0, Row::ad_hoc(sku, SCRIPT, 1_000, 2_000)));
        world.pass().await;
        let desk = desk_of(world);
        let ada = desk.sign_in(Role::Finance).await;
        let reference = daybook_testkit::story::reference(sale).to_string();
        let about = "%3Dcmd%7C%27%2Fc+calc%27%21A1";
        let pages = [
            format!("/entries/{reference}"),
            "/exceptions".to_owned(),
            format!("/exceptions/sku-unmapped?about={about}"),
            "/find".to_owned(),
            "/mappings/sku".to_owned(),
            format!("/find?q={SCRIPT}"),
            format!("/exceptions/sku-unmapped?about={SCRIPT}"),
            format!("/mappings/sku/row?key={SCRIPT}"),
        ];
        for path in pages {
            let answer = desk
                .call(
                    "GET",
                    &path.replace('<', "%3C").replace('>', "%3E").replace('\'', "%27"),
                    &ada,
                )
                .await;
            assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
            assert!(!answer.text.contains("<script>alert"), "{path}");
        }
        // A spreadsheet finds no formula in what people take away.
        let (_, csv) = desk.get("/exceptions.csv", &ada).await;
        assert!(csv.contains("'=cmd"), "{csv}");
        assert!(!csv.lines().any(|line| line.starts_with('=') || line.contains(",=")), "{csv}");
    })
    .await;
}

#[tokio::test]
async fn a_comment_is_text_and_an_address_brings_no_words_in() {
    for_each_engine(|db| async move {
        let shop = Shop::open(db).await;
        let ada = shop.of(Role::Retail).await;
        let form = [("about", &*shop.missing), ("text", SCRIPT)];
        shop.desk.post("/exceptions/sku-unmapped/comment", &form, &ada).await;
        let here = format!("/exceptions/sku-unmapped?about={}", shop.missing);
        let (_, page) = shop.desk.get(&here, &ada).await;
        assert!(page.contains("&#60;script&#62;") && !page.contains("<script>alert"), "{page}");
        let (_, page) = shop.desk.get(&format!("{here}&done=Call+0900+123"), &ada).await;
        assert!(!page.contains("0900"), "{page}");
        for path in
            ["/entries/..%2F..%2Fetc%2Fpasswd", "/assets/..%2F..%2FCargo.toml", "/stock/..%2F"]
        {
            let (status, _) = shop.desk.get(path, &ada).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
        }
    })
    .await;
}
