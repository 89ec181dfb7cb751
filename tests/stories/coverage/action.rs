//! What may be done with a resource stands with it: whatever has a route that moves it lists its actions. `[ACT-1]`
//!
//! That what is listed passes, and what is not is refused, is told in [`crate::actions`].

use super::excepted;
use serde_json::Value;
use tests::checks;

checks! {
    a_resource_that_is_moved_lists_what_may_be_done_with_it,
}

/// What belongs to nothing is removed by whoever uploaded it: nothing else can be done with it.
const WITHOUT_ACTIONS: &[&str] = &["show_file"];

/// Resources that do not list yet what may be done with them. This list only becomes shorter: a noun that is new lists its
/// own.
const NOT_YET: &[&str] = &[
    "show_absence",
    "show_appraisal_period",
    "show_appraisal_review",
    "show_archived_paper",
    "show_certificate",
    "show_commission_batch",
    "show_commission_statement",
    "show_conduct_violation",
    "show_contract_milestone",
    "show_customer",
    "show_customer_consent",
    "show_customer_helper",
    "show_customer_merge",
    "show_grant",
    "show_indicator",
    "show_indicator_figure",
    "show_interaction",
    "show_ownership_dispute",
    "show_partner",
    "show_partner_settlement",
    "show_payroll_batch",
    "show_position",
    "show_price_list",
    "show_price_protection",
    "show_product",
    "show_receipt",
    "show_reception",
    "show_reception_queue",
    "show_registration",
    "show_regulation",
    "show_regulation_acknowledgement",
    "show_sale",
    "show_sales_report",
    "show_scheme_review",
    "show_shipment",
    "show_site",
    "show_unit",
];

/// Whether a schema, or a part of it, has a member.
fn has_member(schema: &Value, name: &str, document: &Value) -> bool {
    if let Some(to) = schema["$ref"].as_str() {
        return document
            .pointer(to.trim_start_matches('#'))
            .is_some_and(|there| has_member(there, name, document));
    }
    let parts = ["allOf", "oneOf"].into_iter().filter_map(|parts| schema[parts].as_array()).flatten();
    schema["properties"].get(name).is_some() || parts.into_iter().any(|part| has_member(part, name, document))
}

fn a_resource_that_is_moved_lists_what_may_be_done_with_it() {
    let document: Value =
        serde_json::from_str(&api::command::openapi::text(None).expect("a document")).expect("JSON");
    let routes = api::routes();
    let is_moved = |path: &str| {
        routes.iter().any(|route| {
            let below = route.path.strip_prefix(path);
            route.method != "GET" && below.is_some_and(|below| below.is_empty() || is_a_deed(below))
        })
    };
    let resources = routes.iter().filter(|route| route.method == "GET" && route.path.ends_with("{id}"));
    let (mut without, mut with) = (Vec::new(), 0);
    for route in resources.filter(|route| is_moved(&route.path)) {
        let answer = &document["paths"][&route.path]["get"]["responses"]["200"];
        if has_member(&answer["content"]["application/json"]["schema"], "actions", &document) {
            with += 1;
        } else {
            without.push(&route.operation_id);
        }
    }
    excepted(
        "a resource that is moved and does not say what may be done with it",
        without,
        WITHOUT_ACTIONS.iter().chain(NOT_YET).copied(),
    );
    assert!(with > 30, "only {with} resources list their actions");
}

/// Whether what stands behind a resource is something that is done with it, and no other resource.
fn is_a_deed(below: &str) -> bool {
    below.starts_with('/') && !below.contains('{')
}
