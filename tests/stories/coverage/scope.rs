//! Somebody else's real records: every route that names a record is called with one that exists, belongs to
//! another person of another department, and is in the way of nothing but the caller's reach. `[ID-5]`
//!
//! A new route finds its record in the `records!` of some module of stories, or this fails until somebody makes one
//! there or says here why not.

mod body;

use super::{excepted, names};
use crate::{RECORDS, file::hand_in};
use api::spine::{Access, RouteInfo, Routes};
use std::collections::BTreeMap;
use tests::{App, Caller, Company, PASSWORD, Records, stories};

stories! {
    neither_a_colleague_nor_anybody_of_another_department_reaches_ones_records,
    with_every_permission_over_another_department_ones_reach_still_ends_there,
}

/// Where the record of each kind stands, by the path of its kind.
pub type Places = BTreeMap<&'static str, String>;

/// Routes whose record no story can make, with the reason.
const WITHOUT_RECORD: &[(&str, &str)] =
    &[("show_problem", "a page of the documentation, which belongs to nobody")];

/// Routes at which a rule, and not the record, stands in the way of those who have no part in it: what it answers, and why.
const REFUSED_BY_RULE: &[(&str, (u16, &str), &str)] = &[
    (
        "mirror_expense_claim",
        (409, "validation.not_unique"),
        "an identity in another system is given once in the company",
    ),
    (
        "deposit_on_unit",
        (422, "validation.unknown_reference"),
        "what is free is to be had by all who sell, for customers of theirs",
    ),
    ("sign_unit", (422, "validation.unknown_reference"), "the contract is none of theirs"),
    (
        "release_unit",
        (409, "unit.not_reserved"),
        "nobody holds it; where somebody does, they alone release it",
    ),
];

/// What every employee may read, with the reason.
const READ_BY_ALL: &[(&str, &str)] = &[
    ("show_department", "everybody finds their way about the company"),
    ("show_position", "everybody finds their way about the company"),
    ("show_policy", "who is ruled by it may read it"),
    ("show_product", "who sells knows what there is to sell"),
    ("show_unit", "who sells knows what there is to sell"),
    ("show_price_list", "who sells knows the prices"),
    ("show_effective_price", "who sells knows the prices"),
    ("show_regulation", "who is ruled by it may read it"),
    ("show_regulation_text", "who is ruled by it may read it"),
    ("show_regulation_coverage", "who is ruled by it may read what enforces it"),
    ("show_regulation_suggestion", "who is ruled by a regulation may read what is suggested to it"),
    ("show_indicator", "who is measured by it may read it"),
    ("show_appraisal_period", "whose sheet is in it knows how far it has come"),
    ("show_tier_run", "who serves customers knows how far a run has come"),
];

/// What everybody in a department may read of it, with the reason; nobody of another one.
const READ_IN_THE_DEPARTMENT: &[(&str, &str)] = &[
    ("show_budget", "a department knows its budget"),
    ("preview_budget_approval", "a department knows its budget"),
    ("show_budget_change", "a department knows its budget"),
    ("preview_budget_change_approval", "a department knows its budget"),
    ("show_budget_analysis", "a department knows its budget"),
    ("show_budget_line", "a department knows its budget"),
    ("show_budget_line_template", "a department knows its budget"),
    ("list_budget_entries", "a department knows its budget"),
    ("show_site", "a department knows where it receives"),
    ("stream_site_queue", "a department knows where it receives"),
];

/// Records of the company as a whole, which no department bounds: the permission alone guards them.
const OF_THE_COMPANY: &[(&str, &str)] = &[
    ("/api/v1/policies/{id}", "a policy rules the company"),
    ("/api/v1/indicators/{id}", "an indicator measures everywhere alike"),
    (
        "/api/v1/appraisal-periods/{id}",
        "a period is the company's; of its people only those in reach are counted",
    ),
    ("/api/v1/tier-runs/{id}", "a run is the company's; how it came out is told of customers in sight"),
    ("/api/v1/roles/{id}", "a role is granted everywhere"),
    ("/api/v1/accounting-periods/{month}", "the books are the company's"),
    ("/api/v1/products/{id}", "what is sold is the company's"),
    ("/api/v1/units/{id}", "what is to be had is the company's; who holds it guards it"),
    ("/api/v1/price-lists/{id}", "prices are the company's"),
];

/// A file that routes which take one accept.
const FILES: &[(&str, &str)] = &[
    ("import_budget_lines", "category,period,amount\npromotion.advertising,2026-03,10.00\n"),
    (
        "import_sales_targets",
        "number,m01,m02,m03,m04,m05,m06,m07,m08,m09,m10,m11,m12\nE1,1,1,1,1,1,1,1,1,1,1,1,1\n",
    ),
];

/// A route and where the record it is called with stands.
struct Target<'a> {
    route: &'a RouteInfo,
    path: String,
}

/// The path up to the record it names, and what follows.
fn parted(path: &str) -> Option<(&str, &str)> {
    path.rfind('}').map(|last| path.split_at(last + 1))
}

fn listed(list: &[(&str, &str)], name: &str) -> bool {
    list.iter().any(|(listed, _)| *listed == name)
}

/// Every route that names a record, with the record it is called with.
fn targets<'a>(routes: &'a Routes, places: &Places) -> Vec<Target<'a>> {
    let naming = || routes.iter().filter(|route| route.path.contains('{'));
    let place = |route: &RouteInfo| parted(&route.path).and_then(|(record, _)| places.get(record));
    let without = naming().filter(|route| place(route).is_none()).map(|route| &route.operation_id);
    excepted("a route of whose record nobody makes one", without, names(WITHOUT_RECORD));
    let idle: Vec<_> = places
        .keys()
        .filter(|kind| !naming().any(|route| parted(&route.path).is_some_and(|(record, _)| record == **kind)))
        .collect();
    assert!(idle.is_empty(), "no route names these records: {idle:?}");
    let target = |route: &'a RouteInfo| {
        let (_, rest) = parted(&route.path)?;
        Some(Target { route, path: format!("{}{rest}", place(route)?) })
    };
    naming().filter_map(target).collect()
}

/// Fails where the lists here name what is no route.
fn every_name_is_a_route(routes: &Routes) {
    let lists = [READ_BY_ALL, READ_IN_THE_DEPARTMENT, FILES].into_iter().flatten().map(|(name, _)| *name);
    let named = lists.chain(REFUSED_BY_RULE.iter().map(|(name, ..)| *name));
    let gone: Vec<_> = named.filter(|name| !routes.iter().any(|route| route.operation_id == *name)).collect();
    assert!(gone.is_empty(), "exceptions of what is no route: {gone:?}");
}

/// Calls a route with a body that says what it must, so that nothing but the caller stands in its way.
fn call(caller: &Caller, target: &Target<'_>) -> tests::Reply {
    let route = target.route;
    let caller = if route.description.conditional { caller.at(1) } else { caller.clone() };
    let takes = |kind: &str| {
        route.description.request_body.as_ref().is_some_and(|body| body.content.contains_key(kind))
    };
    if takes("multipart/form-data") {
        let (_, rows) =
            FILES.iter().find(|(name, _)| *name == route.operation_id).expect("a file for the route");
        return hand_in(&caller, &target.path, "rows.csv", rows.as_bytes());
    }
    let body = body::of(&route.operation_id).map(|body| ("application/json", body.to_string().into_bytes()));
    caller.send(route.method.as_str(), &target.path, body)
}

/// What is wrong where a caller does not come to nothing: 404, or 403 where the permission itself is missing.
fn complaint(caller: &Caller, target: &Target<'_>, whom: &str) -> Option<String> {
    let reply = call(caller, target);
    let lacks = |permission: domain::spine::Permission| reply.at("/params/permission") == permission.code();
    let rule = REFUSED_BY_RULE.iter().find(|(name, ..)| *name == target.route.operation_id);
    let right = match (reply.status, reply.code().as_str()) {
        (404, "http.not_found") => rule.is_none(),
        (403, "http.forbidden") => matches!(target.route.access, Access::Permission(asked) if lacks(asked)),
        answer => rule.is_some_and(|(_, expected, _)| *expected == answer),
    };
    let route = &target.route;
    (!right).then(|| {
        format!(
            "{whom}: {} ({} {}): {} {}",
            route.operation_id,
            route.method,
            target.path,
            reply.status,
            reply.code()
        )
    })
}

/// What is wrong where somebody cannot read what everybody may.
fn closed_to(caller: &Caller, target: &Target<'_>, whom: &str) -> Option<String> {
    assert_eq!(target.route.method, "GET", "only reading is for everybody");
    let reply = call(caller, target);
    // Whatever the rules answer, it is neither hidden nor forbidden.
    let is_read = matches!(reply.status, 200 | 422);
    (!is_read).then(|| format!("{whom} may read {}: {}", target.path, reply.status))
}

#[track_caller]
fn nothing_is_wrong(complaints: impl Iterator<Item = String>) {
    let complaints: Vec<String> = complaints.collect();
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

/// Does something and asserts that nobody's records changed by it.
fn changing_nothing(app: &App, act: impl FnOnce()) {
    // What was refused is told, and changes nothing.
    let told = "SELECT COUNT(*) AS number FROM audit_entries WHERE entity_kind <> 'access_notice'";
    let counted = || [app.number(told), app.count_rows("events")];
    let before = counted();
    act();
    assert_eq!(counted(), before, "something was written");
}

/// A company with one of each record.
pub fn company_with_records(app: &App) -> (Company, Places) {
    let company = app.company();
    let records = Records::of(app, &company, RECORDS.iter().copied().flatten().copied());
    let places = records.kinds().map(|kind| (kind, records.place(kind))).collect();
    (company, places)
}

fn neither_a_colleague_nor_anybody_of_another_department_reaches_ones_records(app: App) {
    let (company, places) = company_with_records(&app);
    let routes = api::routes();
    every_name_is_a_route(routes);
    let targets = targets(routes, &places);
    changing_nothing(&app, || {
        let people = [("ming", &[READ_BY_ALL, READ_IN_THE_DEPARTMENT][..]), ("rep", &[READ_BY_ALL])];
        nothing_is_wrong(people.into_iter().flat_map(|(name, open)| {
            let caller = company.who(name);
            targets.iter().filter_map(move |target| {
                let is_open = open.iter().any(|list| listed(list, &target.route.operation_id));
                if is_open { closed_to(caller, target, name) } else { complaint(caller, target, name) }
            })
        }));
    });
}

fn with_every_permission_over_another_department_ones_reach_still_ends_there(app: App) {
    let (company, places) = company_with_records(&app);
    let employee = app.hire(&company.boss, "mighty", &company.departments["sales"], None);
    let user = app.account(&company.boss, "mighty", Some(&employee));
    app.grant(&company.boss, &user, "administrator", "department", None);
    let mighty = app.sign_in("mighty", PASSWORD);
    let routes = api::routes();
    let targets = targets(routes, &places);
    let kind = |target: &Target<'_>| parted(&target.route.path).expect("a parameter").0.to_owned();
    let (of_the_company, bounded): (Vec<_>, Vec<_>) =
        targets.iter().partition(|target| listed(OF_THE_COMPANY, &kind(target)));
    let bounded = bounded.into_iter().filter(|target| !listed(READ_BY_ALL, &target.route.operation_id));
    changing_nothing(&app, || {
        nothing_is_wrong(bounded.filter_map(|target| complaint(&mighty, target, "mighty")));
        // Reading alone: who may change the company's records would.
        let read = of_the_company.into_iter().filter(|target| target.route.method == "GET");
        let reached = read.filter(|target| complaint(&mighty, target, "mighty").is_some());
        excepted("a record that no department bounds", reached.map(kind), names(OF_THE_COMPANY));
    });
}
