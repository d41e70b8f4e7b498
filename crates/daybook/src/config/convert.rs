//! From settings as they are written to settings as the parts of Daybook take them.

use std::path::PathBuf;

use daybook_connectors::{
    OpenIdSettings, OrderwiseSettings, Pace, SitooSettings, TlsSettings,
    orderwise::{ExportDefinition, Exports},
};
use daybook_domain::lookup::Policy;
use daybook_flows::settings::Settings;
use daybook_web::SIGN_ON_BACK;
use secrecy::{ExposeSecret as _, SecretString};

use super::{
    Config, ConfigError,
    model::{ExportSection, OrderwiseSection},
    secret,
};

/// What a command needs of the outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// Both systems: whatever is missing to reach them is an error.
    Systems,
    /// The book alone: an operator's shell need not know the systems' passwords.
    Book,
}

/// Stands for an address that a command of the book alone never calls.
const NOWHERE: &str = "http://not-configured.invalid";

impl Need {
    fn text(self, key: &str, value: Option<&String>, instead: &str) -> Result<String, ConfigError> {
        match (value.map(|text| text.trim()).filter(|text| !text.is_empty()), self) {
            (Some(text), _) => Ok(text.to_owned()),
            (None, Self::Book) => Ok(instead.to_owned()),
            (None, Self::Systems) => Err(ConfigError::missing(key)),
        }
    }

    fn secret(self, key: &str, value: Option<SecretString>) -> Result<SecretString, ConfigError> {
        match (value, self) {
            (Some(secret), _) => Ok(secret),
            (None, Self::Book) => Ok(SecretString::from("")),
            (None, Self::Systems) => Err(ConfigError::missing_secret(key)),
        }
    }
}

/// 0 calls a second means as fast as answers come.
fn pace(per_second: u32, burst: u32) -> Pace {
    Pace { per_second: (per_second > 0).then_some(per_second), burst }
}

impl Config {
    /// The flows' settings.
    pub(crate) fn settings(&self) -> Settings {
        Settings {
            receive: self.receive.clone(),
            posting: self.posting.clone(),
            reference: self.reference.clone(),
            catalogue: self.catalogue.clone(),
            stock: self.stock.clone(),
            despatch: self.despatch.clone(),
            settlement: self.settlement.clone().seen_from(&self.folder),
            reconcile: self.reconcile.clone(),
            audit: self.audit.clone(),
            cutover: self.cutover.clone(),
            evidence: self.evidence.clone(),
            access: self.web.access.clone(),
            alerts: self.alerts.clone(),
            keep_exchanges: self.keep_exchanges,
        }
    }

    /// The retailer's choices.
    pub(crate) fn policy(&self) -> Policy {
        let policy = self.policy.clone();
        Policy {
            tax: policy.tax,
            blind_returns: policy.blind_returns,
            unknown_original: policy.unknown_original,
            no_register: policy.no_register,
            open_paid_orders: policy.open_paid_orders,
            currencies: policy.currencies,
            restock_unmapped_reasons: policy.restock_unmapped_reasons,
            default_time_zone: policy.default_time_zone,
            sites: policy.sites,
        }
    }

    /// Address of the book, with its password; a relative file is seen from the folder.
    pub(crate) fn book_url(&self) -> Result<SecretString, ConfigError> {
        let book = &self.book;
        if let Some(path) = book.url.trim().strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            return Ok(SecretString::from(format!("sqlite:{}", self.folder.join(path).display())));
        }
        let password = secret::read(
            "book.password",
            book.password.as_ref(),
            book.password_file.as_ref(),
            &self.folder,
        )?;
        let Some(password) = password else { return Ok(SecretString::from(book.url.clone())) };
        let fault = |what: &str| {
            ConfigError::invalid("book.url", what, "use \"postgres://user@host/database\"")
        };
        let mut url = url::Url::parse(&book.url).map_err(|error| fault(&error.to_string()))?;
        url.set_password(Some(password.expose_secret()))
            .map_err(|()| fault("has a password beside it, and no user that it belongs to"))?;
        Ok(SecretString::from(url.to_string()))
    }

    /// How to reach Sitoo.
    pub(crate) fn sitoo(&self, need: Need) -> Result<SitooSettings, ConfigError> {
        let own = &self.sitoo;
        let password = secret::read(
            "sitoo.password",
            own.password.as_ref(),
            own.password_file.as_ref(),
            &self.folder,
        );
        Ok(SitooSettings {
            base_url: need.text("sitoo.base-url", own.base_url.as_ref(), NOWHERE)?,
            api_id: need.text("sitoo.api-id", own.api_id.as_ref(), "")?,
            password: need.secret("sitoo.password", unless_book(need, password)?)?,
            timeout: own.timeout,
            pace: pace(own.per_second, own.burst),
            in_flight: own.in_flight,
            page_size: own.page_size,
            site: own.site,
            site_orders_path: own.site_orders_path,
            body_limit_bytes: own.body_limit_mib << 20,
        })
    }

    /// How to reach OrderWise.
    pub(crate) fn orderwise(&self, need: Need) -> Result<OrderwiseSettings, ConfigError> {
        let own = &self.orderwise;
        let password = secret::read(
            "orderwise.password",
            own.password.as_ref(),
            own.password_file.as_ref(),
            &self.folder,
        );
        Ok(OrderwiseSettings {
            base_url: need.text("orderwise.base-url", own.base_url.as_ref(), NOWHERE)?,
            user: need.text("orderwise.user", own.user.as_ref(), "")?,
            password: need.secret("orderwise.password", unless_book(need, password)?)?,
            token_path: own.token_path.clone(),
            token_ttl: own.token_ttl,
            timeout: own.timeout,
            pace: pace(own.per_second, own.burst),
            writes_in_flight: self.posting.in_flight,
            reads_in_flight: own.reads_in_flight,
            order_path: own.order_path.clone(),
            export_path: own.export_path.clone(),
            value_list_path: own.value_list_path.clone(),
            customers_path: own.customers_path.clone(),
            customer_create_path: own.customer_create_path.clone(),
            exports: exports(own),
            attributes: self.catalogue.families.clone(),
            category: self.stock.category.clone(),
            order_template: self.order_template()?,
            customer_template: self.template(
                "orderwise.customer-template",
                own.customer_template.as_ref(),
                own.customer_template_file.as_ref(),
            )?,
            sale_order_type: own.sale_order_type,
            credit_order_type: own.credit_order_type,
            credit_sign: own.credit_sign.into(),
            time_zone: own.time_zone.clone(),
            body_limit_bytes: own.body_limit_mib << 20,
        })
    }

    fn order_template(&self) -> Result<Option<String>, ConfigError> {
        let own = &self.orderwise;
        let key = "orderwise.order-template";
        self.template(key, own.order_template.as_ref(), own.order_template_file.as_ref())
    }

    fn template(
        &self,
        key: &str,
        text: Option<&String>,
        file: Option<&PathBuf>,
    ) -> Result<Option<String>, ConfigError> {
        match (text, file) {
            (Some(_), Some(_)) => {
                let hint = format!("keep one of {key} and {key}-file");
                Err(ConfigError::invalid(key, "is given in two ways", hint))
            }
            (text, None) => Ok(text.cloned()),
            (None, Some(file)) => {
                let file = self.folder.join(file);
                let text = std::fs::read_to_string(&file);
                text.map(Some).map_err(|error| {
                    let what = format!("{}: {error}", file.display());
                    let hint = "paths are seen from the configuration file's folder";
                    ConfigError::invalid(&format!("{key}-file"), what, hint)
                })
            }
        }
    }

    /// Whom to trust besides the machine's own authorities: for Sitoo, for OrderWise.
    pub(crate) fn tls(&self) -> (TlsSettings, TlsSettings) {
        let settings = |file: Option<&PathBuf>| TlsSettings {
            extra_ca_file: file.map(|file| self.folder.join(file)),
        };
        (settings(self.sitoo.ca_file.as_ref()), settings(self.orderwise.ca_file.as_ref()))
    }

    /// User and password of `POST /events`; none means that events are not taken.
    pub(crate) fn events(&self) -> Result<Option<(String, SecretString)>, ConfigError> {
        let own = &self.web;
        let key = "web.events-password";
        let password = secret::read(
            key,
            own.events_password.as_ref(),
            own.events_password_file.as_ref(),
            &self.folder,
        )?;
        match (own.events_user.clone(), password) {
            (Some(user), Some(password)) => Ok(Some((user, password))),
            (Some(_), None) => Err(ConfigError::missing_secret(key)),
            (None, Some(_)) => Err(ConfigError::missing("web.events-user")),
            (None, None) => Ok(None),
        }
    }
}

impl Config {
    /// What `/metrics` asks for; none leaves it open.
    pub(crate) fn metrics_token(&self) -> Result<Option<SecretString>, ConfigError> {
        let own = &self.web;
        let (value, file) = (own.metrics_token.as_ref(), own.metrics_token_file.as_ref());
        secret::read("web.metrics-token", value, file, &self.folder)
    }

    /// How to reach the company's own sign-in, where there is one.
    pub(crate) fn single_sign_on(
        &self,
    ) -> Result<Option<(OpenIdSettings, TlsSettings)>, ConfigError> {
        let own = &self.web.access.single_sign_on;
        let (Some(issuer), Some(client_id)) = (&own.issuer, &own.client_id) else {
            return Ok(None);
        };
        let public = self.web.access.public_url.as_deref().unwrap_or_default();
        let client_secret = secret::read(
            "web.access.single-sign-on.client-secret",
            own.client_secret.as_ref(),
            own.client_secret_file.as_ref(),
            &self.folder,
        )?;
        let settings = OpenIdSettings {
            issuer: issuer.clone(),
            client_id: client_id.clone(),
            client_secret,
            scopes: own.scopes.clone(),
            groups_claim: own.groups_claim.clone(),
            redirect_uri: format!("{}{SIGN_ON_BACK}", public.trim_end_matches('/')),
            timeout: own.timeout,
        };
        let extra_ca_file = own.ca_file.as_ref().map(|file| self.folder.join(file));
        Ok(Some((settings, TlsSettings { extra_ca_file })))
    }
}

/// A command of the book alone does not fail over a password file that it may not read.
fn unless_book(
    need: Need,
    secret: Result<Option<SecretString>, ConfigError>,
) -> Result<Option<SecretString>, ConfigError> {
    match need {
        Need::Systems => secret,
        Need::Book => Ok(secret.unwrap_or_default()),
    }
}

fn exports(own: &OrderwiseSection) -> Exports {
    let definition = |section: &ExportSection| {
        section.id.map(|id| ExportDefinition {
            id,
            parameters: section.parameters.clone(),
            columns: section.columns.clone(),
        })
    };
    Exports {
        order_lookup: definition(&own.exports.order_lookup),
        order_totals: definition(&own.exports.order_totals),
        order_lines: definition(&own.exports.order_lines),
        stock_levels: definition(&own.exports.stock_levels),
        variants: definition(&own.exports.variants),
        despatches: definition(&own.exports.despatches),
    }
}
