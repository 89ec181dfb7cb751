//! One word, three places: nouns and their rooms are called the same in every layer.

use super::{
    excepted, names,
    place::{LAYERS, Place, places},
};
use std::collections::{BTreeMap, BTreeSet};
use tests::checks;

checks! {
    a_context_has_the_same_word_in_every_crate,
    a_room_is_called_by_its_use_or_by_a_word_of_the_rules,
}

/// What is no context: each crate's own plumbing.
const PLUMBING: &[&str] = &["lib", "main", "tables", "shared", "command", "server", "settings"];

/// The rooms of a noun that every noun has which needs them, with what stands in them.
const ROOMS: &[(&str, &[(&str, &str)])] = &[
    (
        "persistence",
        &[
            ("row", "how it lies in its tables, and back"),
            ("view", "how it is shown"),
            ("part", "the parts of a view that is too long for one file"),
            ("list", "how many are found, in which order"),
            ("load", "how it is read whole"),
            ("save", "how it is written whole"),
            ("reference", "how others are shown to refer to it"),
            ("deed", "what is done with it, with all that is done by it elsewhere"),
            ("settle", "what the end of its approval does"),
            ("charge", "what it takes of budget lines"),
            ("hold", "what of others is locked before it moves"),
            ("scope", "whose it is, for who may see it"),
            ("duty", "which duties it calls for and fulfils"),
            ("tiding", "who listens to what happens to it"),
        ],
    ),
    (
        "api",
        &[
            ("body", "what a client sends"),
            ("part", "the parts of a body that is too long for one file"),
            ("find", "routes that show it, one or many"),
            ("write", "routes that make and change it"),
            ("act", "routes that move it from state to state"),
            ("erp", "routes for the hand-over"),
            ("import", "routes that take rows from files"),
            ("row", "columns of the files that are imported"),
        ],
    ),
];

/// Contexts without rules of their own.
const WITHOUT_RULES: &[(&str, &str)] = &[
    ("api/finance/own_company", "a part of the policy of expenses, registered by itself"),
    ("persistence/finance/own_company", "a part of the policy of expenses, registered by itself"),
    ("api/base/meta", "tells what the product is"),
    ("api/base/setup", "what of several nouns is still to be set up"),
    ("api/governance/notice_stream", "what happens to several nouns, as it happens"),
    ("api/customer/queue_stream", "what happens to the queues of a site, as it happens"),
    ("persistence/base/setup", "what of several nouns is still to be set up"),
    (
        "persistence/base/measure",
        "what is measured of duties and tasks, and how wings register what they measure",
    ),
    ("persistence/governance/measure", "what indicators count of notices and regulations"),
    ("persistence/finance/measure", "what indicators count of advances and findings"),
    ("persistence/customer/measure", "what indicators count of customers"),
    ("persistence/sales/measure", "what indicators count of sales"),
    ("persistence/sales/merged", "files of customers that were merged, read as one by several nouns"),
    ("persistence/sales/responsible", "who sees to something of several nouns"),
    ("persistence/finance/open_matter", "what of several nouns somebody who leaves would leave open"),
];

/// Rooms of one noun alone that its rules do not know by this word: what it does with the database or the edge.
const WITHOUT_WORD: &[(&str, &str)] = &[
    ("persistence/base/audit/confidential", "what the trail holds and does not show"),
    ("persistence/base/organisation/past", "who worked where as it was known then"),
    ("persistence/base/organisation/past/office", "who held which role and who was away then"),
    ("persistence/base/policy_replay/run", "a draft on its way through history"),
    ("persistence/customer/ownership/serving", "who may own customers"),
    ("persistence/governance/regulation/pack", "regulations as items of packs"),
    ("persistence/sales/credit_grant/exposure", "what a customer owes and has ordered"),
    ("persistence/sales/sale/met", "whom records show to have met the customer"),
    (
        "persistence/governance/regulation_version/comparison",
        "two versions side by side, by the rules of regulations",
    ),
    ("persistence/customer/customer_file/history", "what was changed in a file, and by whom"),
    ("persistence/customer/field_key/ring", "the keys that are open in memory"),
    ("persistence/customer/tier_run/pass", "everybody is gone through, a few hundred at once"),
    ("persistence/customer/interaction/fact", "what ownership reads of an interaction"),
    ("api/base/approval/batch", "many decisions in one call"),
    ("api/base/approval/preview", "what a submission would do"),
    ("api/base/approval/speak", "what moves no step: reminders, comments, copies"),
    ("api/governance/webhook/target", "where messages may go"),
    ("api/base/operation/worker", "what works on them"),
    ("persistence/base/operation/piece", "what was handed in, and the file of results"),
    ("persistence/governance/announcement/reminder", "when readers are told of it again, by the clock"),
    ("persistence/base/policy/version", "which version is in force on a day"),
    ("persistence/base/duty/measured", "what indicators count of duties"),
    ("persistence/base/duty/replay/history", "what was filed and what called for duties, as the feed has it"),
    ("persistence/base/duty/replay/judge", "where a duty would stand by a version of its rule"),
    ("persistence/base/duty/replay/side", "who would owe something by a version of a rule"),
    ("persistence/base/incentive_entry/by_rule", "what higher wings enter"),
    ("persistence/performance/appraisal/consequence", "entries and tasks that follow from a result"),
    ("persistence/performance/scheme/coverage", "who is measured by what, a report"),
    ("persistence/performance/scheme/punishing", "what rules of duties ask of schemes"),
    ("persistence/performance/scheme/replay", "what a draft would have come to, a report"),
    ("persistence/performance/scheme/stay", "where people worked in a period"),
    ("persistence/base/incentive_entry/total", "sums of a person in a month"),
    ("api/base/file/judge", "what a file is, by its content"),
    ("api/base/file/receive", "bytes as they arrive"),
    ("api/base/file/store", "where the bytes lie"),
    ("api/base/file/sweep", "bytes without a row"),
    ("api/base/identity/entrance", "what signing in needs of a request"),
    ("api/base/identity/me", "the caller"),
    ("api/base/identity/oidc", "tokens of the company's identity provider"),
    ("api/base/identity/settings", "what an installation sets"),
    ("api/finance/budget_execution/chart", "a picture"),
    ("persistence/base/approval/boxes", "lists by what a person has to do with them"),
    ("persistence/base/approval/show", "a view of several documents' parts"),
    ("persistence/base/approval/step_view", "a part of that view and of others"),
    ("persistence/base/identity/principal", "who a credential stands for"),
    ("persistence/base/organisation/directory", "the organisation of a day, whole"),
    ("persistence/base/organisation/employee_view", "one noun of several in the folder"),
    ("persistence/base/policy/amend", "one thing changed of what is in force"),
    ("persistence/base/policy/content", "what versions say, as the document describes it"),
    ("persistence/base/policy/kind", "what nouns register of their policies"),
    ("persistence/base/policy/ship", "what comes with the product"),
    ("persistence/base/policy/withdraw", "a query over all documents of a day"),
    ("persistence/finance/audit_risk/population", "claims in pages along an index"),
    ("persistence/finance/budget_line/asking", "what documents ask before they are submitted"),
    ("persistence/finance/budget_line/ledger", "its entries, as they are shown"),
    ("persistence/finance/budget_line/name", "in whose name money is held"),
    ("persistence/finance/budget_line/overlap", "which open line is in the way"),
    (
        "persistence/finance/budget_line/replay",
        "what lines had before documents, and what other settings say to that",
    ),
    ("persistence/finance/budget_line/usage", "what is used in whose name"),
    ("persistence/finance/budget_line/verify", "balances against entries"),
    ("persistence/finance/cash_advance/reconcile", "two lists compared"),
    (
        "persistence/finance/expense_request/replay",
        "requests gone through again by other settings for budgets",
    ),
    ("persistence/finance/cash_advance/statement", "sums of a person"),
    ("persistence/finance/internal_audit/independence", "whom an auditor depends on today"),
    ("persistence/finance/internal_audit/summary", "sums of an audit"),
    ("persistence/finance/invoice/look_up", "a search across the company"),
    ("persistence/finance/post_evaluation/cost", "sums of a request"),
    ("persistence/finance/payee_account/pay_out", "what of claims is to be paid, a list"),
];

/// Files of the contexts of two layers above the rules.
fn rooms() -> Vec<Place> {
    let files = places(&["persistence", "api"]).into_iter();
    let contexts = files.filter(|(place, _)| place.wing != "spine" && !place.rooms.is_empty());
    contexts.map(|(place, _)| place).filter(|place| !PLUMBING.contains(&place.noun())).collect()
}

fn a_context_has_the_same_word_in_every_crate() {
    let rules: BTreeSet<(&str, String)> =
        places(&["domain"]).iter().map(|(place, _)| (place.wing, place.noun().to_owned())).collect();
    // What the spine keeps for all is a word of the spine.
    let kept: BTreeSet<String> = places(&["domain", "persistence"])
        .into_iter()
        .filter(|(place, _)| place.wing == "spine")
        .map(|(place, _)| place.noun().to_owned())
        .collect();
    let known =
        |place: &Place| rules.contains(&(place.wing, place.noun().to_owned())) || kept.contains(place.noun());
    let unknown = rooms().into_iter().filter(|place| !known(place));
    let unknown = unknown.map(|place| format!("{}/{}/{}", place.layer, place.wing, place.noun()));
    excepted("a context that is no word of the domain", unknown, names(WITHOUT_RULES));
    let plumbing = places(&LAYERS).into_iter().map(|(place, _)| place.noun().to_owned());
    let idle: Vec<_> = {
        let standing: BTreeSet<String> = plumbing.collect();
        PLUMBING.iter().filter(|word| !standing.contains(**word)).collect()
    };
    assert!(idle.is_empty(), "no crate has this plumbing: {idle:?}");
}

/// The names in a text, in small letters with underscores.
fn identifiers(text: &str) -> BTreeSet<String> {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let mut found = BTreeSet::new();
    for name in code.flat_map(|line| line.split(|c: char| !c.is_alphanumeric() && c != '_')) {
        let mut small = String::new();
        for c in name.chars() {
            if c.is_ascii_uppercase() && small.ends_with(|before: char| before.is_ascii_lowercase()) {
                small.push('_');
            }
            small.push(c.to_ascii_lowercase());
        }
        found.insert(small);
    }
    found
}

fn a_room_is_called_by_its_use_or_by_a_word_of_the_rules() {
    let mut rules: BTreeMap<(&str, String), BTreeSet<String>> = BTreeMap::new();
    for (place, text) in places(&["domain"]) {
        let words = rules.entry((place.wing, place.noun().to_owned())).or_default();
        words.extend(identifiers(&text));
        words.extend(place.rooms);
    }
    let within = |name: &str, room: &str| {
        name == room
            || name.starts_with(&format!("{room}_"))
            || name.ends_with(&format!("_{room}"))
            || name.contains(&format!("_{room}_"))
    };
    let mut unused: BTreeSet<(&str, &str)> = BTreeSet::new();
    for (layer, rooms) in ROOMS {
        unused.extend(rooms.iter().map(|(room, _)| (*layer, *room)));
    }
    let mut unknown = Vec::new();
    for place in rooms().into_iter().filter(|place| place.rooms.len() > 1) {
        let room = place.rooms.last().expect("a room");
        let (_, usual) = ROOMS.iter().find(|(layer, _)| *layer == place.layer).expect("a layer");
        let words = rules.get(&(place.wing, place.noun().to_owned()));
        if let Some((usual, _)) = usual.iter().find(|(usual, _)| usual == room) {
            unused.remove(&(place.layer, *usual));
        } else if !words.is_some_and(|words| words.iter().any(|name| within(name, room))) {
            unknown.push(place);
        }
    }
    excepted("a room that no rule knows by this word, and not every noun has", unknown, names(WITHOUT_WORD));
    assert!(unused.is_empty(), "nothing has these rooms: {unused:?}");
}
