//! Every story, on both engines. `REQUIRE_POSTGRES=1` makes a missing PostgreSQL a failure.

use libtest_mimic::{Arguments, Trial};
use tests::{App, Engine, idle_exceptions, postgres_is_available, tidy_up, unproven_routes};
use told::{CHECKS, MODULES, RECORDS};

mod access;
mod accounting_period;
mod actions;
mod announcement;
mod appraisal;
mod appraisal_example;
mod appraisal_race;
mod appraisal_result;
mod approval;
mod approval_chain;
mod approval_race;
mod approval_staffing;
mod approval_time;
mod audit;
mod audit_finding;
mod audit_risk;
mod away;
mod budget;
mod budget_change;
mod budget_charge;
mod budget_execution;
mod budget_import;
mod cash_advance;
mod cash_advance_pay_out;
mod cash_advance_reconcile;
mod cash_advance_reversal;
mod certificate;
mod commission_statement;
mod conduct_violation;
mod confidential;
mod contract_amendment;
mod contract_course;
mod coverage;
mod crash;
mod crash_claim;
mod crash_import;
mod credit_grant;
mod customer_consent;
mod customer_erasure;
mod customer_export;
mod customer_file;
mod customer_follow_up;
mod customer_helper;
mod customer_look_up;
mod customer_merge;
mod customer_tier;
mod decision_race;
mod department_template;
mod duty;
mod duty_follow;
mod duty_record;
mod duty_size;
mod edge;
mod emergency_fund;
mod employee_import;
mod erasure;
mod erp_program;
mod expand;
mod expense_category;
mod expense_claim;
mod expense_claim_find;
mod expense_claim_hand_over;
mod expense_claim_purchase;
mod expense_claim_request;
mod expense_request;
mod expense_request_amendment;
mod expense_request_race;
mod expense_statement;
mod export;
mod field_key;
mod fields;
mod file;
mod file_room;
mod filing;
mod hand_over_race;
mod idempotency;
mod identity;
mod incentive_entry;
mod incentive_entry_approval;
mod indicator;
mod indicator_measure;
mod instalment;
mod interaction;
mod internal_audit;
mod invoice;
mod least_privilege;
mod leaving;
mod master;
mod master_race;
mod meta;
mod notice_stream;
mod oidc;
mod on_behalf;
mod operation;
mod opportunity;
mod organisation;
mod ownership;
mod ownership_dispute;
mod ownership_pool;
mod ownership_race;
mod ownership_transfer;
mod pack;
mod partner;
mod payee_account;
mod payment;
mod payroll_batch;
mod policy;
mod policy_replay;
mod policy_replay_budget;
mod policy_replay_duty;
mod post_evaluation;
mod price_deviation;
mod price_list;
mod price_protection;
mod private;
mod product;
mod quickstart;
mod reception;
mod refund;
mod regulation;
mod regulation_acknowledgement;
mod regulation_shipped;
mod regulation_suggestion;
mod resubmission;
mod review_round;
mod sale;
mod sale_dispute;
mod sale_fact;
mod sale_merged;
mod sale_settlement;
mod sale_split;
mod sales_analysis;
mod sales_contract;
mod sales_contract_draft;
mod sales_order;
mod sales_order_erp;
mod sales_plan;
mod sales_report;
mod scheme_review;
mod separation_policy;
mod settings;
mod setup;
mod shipment;
mod sign_in;
mod spreadsheet;
mod task;
mod team_award;
mod three_servers;
mod tier_override;
mod told;
mod unit;
mod unit_of_work;
mod vacancy;
mod watch;
mod webhook;
mod working_calendar;
mod year;

fn main() -> std::process::ExitCode {
    let mut arguments = Arguments::from_args();
    // Each story runs a server of its own, and often waits for it. PostgreSQL admits 400 connections.
    let processors = std::thread::available_parallelism().map_or(2, usize::from);
    arguments.test_threads = arguments.test_threads.or(Some((2 * processors).clamp(4, 24)));
    let mut engines = vec![Engine::Sqlite];
    let with_postgres = !arguments.list && postgres_is_available();
    if with_postgres || arguments.list {
        engines.push(Engine::Postgres);
    }
    let mut trials: Vec<Trial> = engines.into_iter().flat_map(trials).collect();
    trials.extend(checks());
    let conclusion = libtest_mimic::run(&arguments, trials);
    tidy_up();
    let told = MODULES.iter().map(|stories| stories.len()).sum::<usize>();
    if !arguments.list {
        let on_postgres = if with_postgres { told } else { 0 };
        println!("stories on SQLite: {told}, on PostgreSQL: {on_postgres} (before any filter)");
    }
    let required = std::env::var_os("REQUIRE_POSTGRES").is_some();
    if required && !with_postgres && !arguments.list {
        eprintln!("PostgreSQL is required (REQUIRE_POSTGRES) and was not found: see the README");
        return std::process::ExitCode::FAILURE;
    }
    let all = arguments.filter.is_none() && arguments.skip.is_empty() && !arguments.list;
    if all && !everything_was_heard() {
        return std::process::ExitCode::FAILURE;
    }
    conclusion.exit_code()
}

/// What only all stories together can tell: that each route is called with success, and each exception needed.
fn everything_was_heard() -> bool {
    let (unproven, idle) = (unproven_routes(), idle_exceptions());
    if !unproven.is_empty() {
        eprintln!("no story calls these routes with success: {unproven:?}");
    }
    if !idle.is_empty() {
        eprintln!("no story needs these exceptions in tests/src/ledger.rs: {idle:?}");
    }
    unproven.is_empty() && idle.is_empty()
}

fn checks() -> impl Iterator<Item = Trial> {
    CHECKS.iter().copied().flatten().map(|check| {
        let (name, hold) = (check.name.trim_start_matches("stories::"), check.hold);
        Trial::test(name, move || {
            hold();
            Ok(())
        })
    })
}

fn trials(engine: Engine) -> Vec<Trial> {
    let stories = MODULES.iter().copied().flatten();
    stories
        .map(|story| {
            let (tell, name) = (story.tell, story.name.trim_start_matches("stories::"));
            Trial::test(format!("{engine}::{name}"), move || {
                tell(App::start(engine));
                Ok(())
            })
        })
        .collect()
}
