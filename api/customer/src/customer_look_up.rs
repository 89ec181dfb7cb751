//! Whether a customer is known already, over HTTP. `[CUS-2]`

use crate::spine::{Can, Reply, Routes, Unrehearsed, Valid, routes};
use domain::{
    customer_file::{CustomerKind, Phone, some_text, tax_number::tax_number},
    customer_look_up::NOTHING_ASKED,
    spine::{Citation, Refusal, perm},
};
use persistence::{
    customer_file as customers,
    customer_look_up::{self as look_ups, CustomerMatches, Sought},
};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

pub(crate) fn routes(into: &mut Routes) {
    routes!(into, "customers", [look_up_customer]);
}

/// Who is sought: at least one of name, phone and tax number.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
struct LookUpCustomer {
    /// Whether a person or a company.
    kind: CustomerKind,
    /// The name.
    #[serde(default)]
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "李娜")]
    name: Option<String>,
    /// The phone, as people type it.
    #[serde(default)]
    #[validate(length(min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40, example = "138 1234 5678")]
    phone: Option<String>,
    /// The tax number.
    #[serde(default)]
    #[validate(length(min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40)]
    tax_number: Option<String>,
}

impl LookUpCustomer {
    fn sought(self) -> Result<Sought, Refusal> {
        let Self { kind, name, phone, tax_number: number } = self;
        let phone =
            phone.map(|text| Phone::read(&text)).transpose().map_err(|refusal| refusal.at("/phone"))?;
        let sought = Sought {
            name: some_text(name).map(|name| (name, kind)),
            phones: phone.into_iter().collect(),
            tax_number: some_text(number).map(|number| tax_number(&number)),
        };
        if sought.name.is_none() && sought.phones.is_empty() && sought.tax_number.is_none() {
            return Err(Refusal::new(NOTHING_ASKED).citing(Citation::rule("CUS-2")).at("/name"));
        }
        Ok(sought)
    }
}

/// Look a customer up before entering them. `[CUS-2]`
///
/// Compares phone, tax number and name (widths, what companies append, how it is read) with every file in the company. Answers
/// masked names, whose they are, and who may register them by which rule. So many times an hour and no more; who asked and
/// whom it found is kept in the audit trail.
#[utoipa::path(post, path = "/api/v1/customers/look-up")]
async fn look_up_customer(
    who: Can<perm::LookUpCustomers>,
    body: Valid<LookUpCustomer>,
    work: Unrehearsed,
) -> Reply<CustomerMatches> {
    work.without_memory()
        .write(who, move |tx| {
            let (today, sought) = (tx.today(), body.0.clone().sought()?);
            let rules = customers::rules(tx, today)?;
            look_ups::look_up(tx, &sought, &rules)
        })
        .await
}
