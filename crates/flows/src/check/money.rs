//! Payment providers: whether what they are to settle is what tills take.

use std::collections::BTreeSet;

use daybook_domain::{mapping::Mapping, settlement::fold};
use daybook_store::settlement::till;

use super::CheckLine;
use crate::{app::App, settings::Settlement};

const AREA: &str = "settlement";

/// Payment types of the settings that nobody has heard of.
pub(super) async fn look(app: &App, mapping: &Mapping) -> Vec<CheckLine> {
    // A book that cannot be read has its own line.
    let taken = till::tenders(&app.db).await.unwrap_or_default();
    let taken = taken.iter().flat_map(|one| [&one.tender, &one.name]);
    let known = taken.chain(mapping.payments.keys()).map(|name| fold(name)).collect();
    strange(&app.settings.settlement, &known)
}

/// What a provider is to settle and no till is known to take: its money would never be looked for.
fn strange(settlement: &Settlement, known: &BTreeSet<String>) -> Vec<CheckLine> {
    let told = |provider: &String, tender: &String| {
        let detail = format!(
            "settlement.providers.{provider}.tenders names '{tender}', which is no mapped payment \
             type, and no receipt in the book bears it"
        );
        let hint = "write it as `daybook map list payment` shows it, or as tills name it; what no \
                    provider names is never looked for in a report";
        CheckLine::warning(AREA, "tenders", detail, hint)
    };
    let all = settlement.providers.iter();
    let all = all.flat_map(|(name, one)| one.tenders.iter().map(move |tender| (name, tender)));
    let strange = all.filter(|(_, tender)| !known.contains(&fold(tender)));
    strange.map(|(name, tender)| told(name, tender)).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::strange;
    use crate::settings::Settlement;

    #[test]
    fn what_no_till_takes_is_named() {
        let provider = r#"{"format": "adyen", "tenders": ["Card ", "CARDS"]}"#;
        let settlement = Settlement {
            providers: BTreeMap::from([(
                "adyen".to_owned(),
                serde_json::from_str(provider).unwrap(),
            )]),
            ..Settlement::default()
        };
        let lines = strange(&settlement, &BTreeSet::from(["card".to_owned()]));
        assert_eq!(lines.len(), 1);
        assert!(lines[0].detail.contains("adyen.tenders names 'CARDS'"), "{}", lines[0].detail);
    }
}
