//! What may be done with a resource stands with it: whatever has a route that moves it lists its actions. `[ACT-1]`
//!
//! That what is listed passes, and what is not is refused, is told in [`crate::actions`].

use super::{excepted, names};
use serde_json::Value;
use tests::checks;

checks! {
    a_resource_that_is_moved_lists_what_may_be_done_with_it,
}

/// Resources that list no actions, with the reason. None is added: a noun that is new lists its own.
const WITHOUT_ACTIONS: &[(&str, &str)] = &[
    ("show_absence", "a front end asks whether it lies ahead"),
    ("show_appraisal_period", "its stage says what comes next"),
    ("show_appraisal_review", "whoever is asked gives it, once"),
    ("show_certificate", "whoever manages appraisals revokes it, once"),
    ("show_commission_batch", "its state says what comes next, for programs"),
    ("show_commission_statement", "its state says what comes next"),
    ("show_conduct_violation", "whoever supervises voids it, once"),
    ("show_customer", "its moves are those of whom it belongs to"),
    ("show_customer_consent", "it is withdrawn once"),
    ("show_customer_helper", "it ends once"),
    ("show_customer_merge", "it is undone within the days of the policy"),
    ("show_file", "whoever uploaded it removes it while it belongs to nothing"),
    ("show_grant", "it ends once"),
    ("show_indicator", "whoever manages indicators changes it"),
    ("show_indicator_figure", "its state says what comes next"),
    ("show_interaction", "its state says what comes next"),
    ("show_ownership_dispute", "its state says what comes next"),
    ("show_payroll_batch", "its state says what comes next, for programs"),
    ("show_position", "whoever manages the organisation changes it"),
    ("show_price_list", "whoever manages prices changes it"),
    ("show_product", "whoever manages products changes it"),
    ("show_receipt", "its state says what comes next"),
    ("show_reception", "its state says what comes next"),
    ("show_reception_queue", "its ledger says who stands where"),
    ("show_registration", "its answers are completed once"),
    ("show_regulation", "whoever drafts regulations changes it"),
    ("show_regulation_acknowledgement", "whoever is asked acknowledges, once"),
    ("show_sale", "its questions say what is missing"),
    ("show_sales_report", "its state says what comes next"),
    ("show_scheme_review", "its findings say what may be suggested"),
    ("show_shipment", "its state says what comes next"),
    ("show_site", "whoever manages sites changes it"),
    ("show_unit", "its state says what comes next"),
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
        names(WITHOUT_ACTIONS),
    );
    assert!(with > 30, "only {with} resources list their actions");
}

/// Whether what stands behind a resource is something that is done with it, and no other resource.
fn is_a_deed(below: &str) -> bool {
    below.starts_with('/') && !below.contains('{')
}
