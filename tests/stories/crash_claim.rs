//! The real binary is killed while claims travel from draft to approved over a budget line. Each step has an
//! idempotency key and is sent again, as it was, until it is answered: then it has happened once, with the money
//! it moves. `[INT-2, AUD-1, BUD-4, EXP-9]`

use crate::crash::{ROUNDS, WRITERS, everything_of, verified, whole_feed};
use domain::{
    finance::{budget_line::Control, period::Period},
    spine::Clock,
};
use persistence::spine::SystemClock;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    thread,
    time::Duration,
};
use tests::{App, Caller, Company, Home, PASSWORD, Program, stories};

stories! {
    killed_ten_times_every_claim_has_taken_exactly_the_steps_it_was_answered,
}

const CLAIMS: &str = "/api/v1/expense-claims";
const APPROVALS: &str = "/api/v1/approvals";
const YUAN: i64 = 100;

/// What claims are made of: the company, which outlives the servers, and the day.
struct Tale {
    company: Company,
    day: String,
    started: AtomicU32,
    /// How many steps were answered so far.
    answers: AtomicU32,
    journeys: Mutex<Vec<Journey>>,
}

/// A request that was sent and must be sent again just so until it is answered.
struct Call {
    by: &'static str,
    path: String,
    version: Option<i64>,
    body: Value,
}

/// A claim on its way. The steps: created, submitted, approved by the head, approved by finance.
struct Journey {
    key: String,
    claim: String,
    approval: String,
    answered: usize,
    in_doubt: Option<Call>,
}

/// Who calls, by name, as long as one server lives.
type Callers = BTreeMap<&'static str, Caller>;

impl Tale {
    fn begin(&self) -> Journey {
        let key = format!("claim-{}", self.started.fetch_add(1, Ordering::SeqCst));
        let mut body = self.company.claim_of(u32::try_from(YUAN).expect("a small amount"));
        body["business_date"] = json!(self.day);
        body["metadata"] = json!({"journey": key});
        body["lines"][0]["occurred_on"] = json!(self.day);
        body["lines"][0]["invoices"][0]["issued_on"] = json!(self.day);
        let create = Call { by: "lan", path: CLAIMS.to_owned(), version: None, body };
        Journey { key, claim: String::new(), approval: String::new(), answered: 0, in_doubt: Some(create) }
    }

    /// The journeys that are not over, each taken by one writer.
    fn unfinished(&self) -> Option<Journey> {
        let mut journeys = self.journeys.lock().unwrap_or_else(PoisonError::into_inner);
        let place = journeys.iter().position(|journey| journey.answered < 4)?;
        Some(journeys.swap_remove(place))
    }

    /// Waits until so many more steps were answered, however slow the machine is; not for ever.
    fn wait_for_answers(&self, more: u32) {
        let goal = self.answers.load(Ordering::SeqCst) + more;
        for _ in 0..6_000 {
            if self.answers.load(Ordering::SeqCst) >= goal {
                return;
            }
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn keep(&self, journey: Journey) {
        self.journeys.lock().unwrap_or_else(PoisonError::into_inner).push(journey);
    }
}

impl Journey {
    /// Makes up the next request from what the answers said; `None` if the server is gone meanwhile.
    fn prepare(&mut self, callers: &Callers) -> Option<()> {
        if self.in_doubt.is_some() {
            return Some(());
        }
        self.in_doubt = Some(if self.answered == 1 {
            let path = format!("{CLAIMS}/{}/submit", self.claim);
            Call { by: "lan", path, version: Some(1), body: json!({}) }
        } else {
            let by = if self.answered == 2 { "head" } else { "qian" };
            let path = format!("{APPROVALS}/{}", self.approval);
            let read = callers[by].attempt("GET", &path, None)?.expect(200);
            let body = json!({"document_version": read.at("/document/version")});
            Call { by, path: format!("{path}/approve"), version: Some(read.version()), body }
        });
        Some(())
    }

    /// Sends what is to be sent and takes in the answer; `None` if none came.
    fn step(&mut self, callers: &Callers) -> Option<()> {
        self.prepare(callers)?;
        let call = self.in_doubt.as_ref()?;
        let caller = callers[call.by].once(&format!("{}-{}", self.key, self.answered));
        let caller = call.version.map_or(caller.clone(), |version| caller.at(version));
        let body = Some(("application/json", call.body.to_string().into_bytes()));
        let reply = caller.attempt("POST", &call.path, body)?;
        let wanted = if self.answered == 0 { 201 } else { 200 };
        let reply = reply.expect(wanted);
        match self.answered {
            0 => self.claim = reply.text("/id"),
            1 => self.approval = reply.text("/approval_id"),
            _ => {}
        }
        self.answered += 1;
        self.in_doubt = None;
        Some(())
    }
}

fn sign_in(program: &Program) -> Callers {
    let enter = |name| {
        let body = json!({"username": name, "password": PASSWORD});
        let tokens = program.caller(None).post("/api/v1/sessions", body).expect(201);
        (name, program.caller(Some(&tokens.text("/access_token"))))
    };
    ["lan", "head", "qian"].map(enter).into_iter().collect()
}

/// Claims travel, several at once, until the program is killed under their hands.
fn one_round(round: u32, home: &Home, tale: &Tale) {
    let program = Program::start(home);
    let callers = sign_in(&program);
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..WRITERS {
            scope.spawn(|| {
                while !over.load(Ordering::SeqCst) {
                    let mut journey = tale.unfinished().unwrap_or_else(|| tale.begin());
                    while journey.answered < 4 && journey.step(&callers).is_some() {
                        tale.answers.fetch_add(1, Ordering::SeqCst);
                    }
                    tale.keep(journey);
                }
            });
        }
        tale.wait_for_answers(6 + round % 5);
        // Not always at the same moment of a write.
        thread::sleep(Duration::from_millis(u64::from(round * 37 % 90)));
        program.kill();
        over.store(true, Ordering::SeqCst);
    });
}

/// The company of the story, with money for what it claims today; its own server ends here.
fn prepared(app: App) -> (std::sync::Arc<Home>, Tale, String) {
    let company = app.company();
    let today = SystemClock.now().date_in(app.database.zone());
    let period = Period::month_of(today).to_string();
    let marketing = company.departments["marketing"].clone();
    let line = app.open_budget_line(&marketing, "entertainment", &period, Control::Hard, 9_000_000);
    let tale = Tale {
        company,
        day: today.to_string(),
        started: AtomicU32::default(),
        answers: AtomicU32::default(),
        journeys: Mutex::default(),
    };
    (app.home(), tale, line.to_string())
}

fn killed_ten_times_every_claim_has_taken_exactly_the_steps_it_was_answered(app: App) {
    let (home, tale, line) = prepared(app);
    for round in 0..ROUNDS {
        one_round(round, &home, &tale);
        verified(&home, "ledger");
    }
    let program = Program::start(&home);
    let callers = sign_in(&program);
    let mut journeys = tale.journeys.into_inner().unwrap_or_else(PoisonError::into_inner);
    // What the last kill left in doubt is asked for again, and no more.
    for journey in journeys.iter_mut().filter(|journey| journey.in_doubt.is_some()) {
        journey.step(&callers).expect("an answer");
    }
    let approved = journeys.iter().filter(|journey| journey.answered == 4).count();
    assert!(approved > 5, "hardly anything was approved in all rounds: {approved} of {}", journeys.len());
    each_claim_is_where_its_answers_say(&callers["qian"], &journeys);
    the_money_follows_the_claims(&callers["qian"], &line, &journeys);
    each_step_is_told_of_once(&callers["qian"], &journeys);
    verified(&home, "ledger");
    verified(&home, "audit");
}

fn each_claim_is_where_its_answers_say(caller: &Caller, journeys: &[Journey]) {
    let claims = everything_of(caller, CLAIMS);
    assert_eq!(claims.len(), journeys.len(), "a claim was made twice, or not at all");
    let mut numbers: Vec<&str> = claims.iter().filter_map(|claim| claim["number"].as_str()).collect();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), claims.len(), "a number was given twice");
    for journey in journeys {
        let shown = caller.get(&format!("{CLAIMS}/{}", journey.claim)).expect(200);
        assert_eq!(shown.at("/metadata/journey"), json!(journey.key));
        let state = ["draft", "in_approval", "in_approval", "approved"][journey.answered - 1];
        assert_eq!(shown.text("/status"), state, "{} after {} steps", journey.key, journey.answered);
    }
}

fn the_money_follows_the_claims(caller: &Caller, line: &str, journeys: &[Journey]) {
    let shown = caller.get(&format!("/api/v1/budget-lines/{line}")).expect(200);
    let of = |steps: &[usize]| {
        let claims = journeys.iter().filter(|journey| steps.contains(&journey.answered)).count();
        format!("{}.00", YUAN * i64::try_from(claims).expect("a count"))
    };
    assert_eq!(
        (shown.text("/reserved/amount"), shown.text("/committed/amount")),
        (of(&[2, 3]), of(&[4])),
        "what the line holds is not what the claims ask for"
    );
}

fn each_step_is_told_of_once(caller: &Caller, journeys: &[Journey]) {
    let feed = whole_feed(caller);
    for (steps, kind) in [(1, "created"), (2, "submitted"), (4, "approved")] {
        let told = feed.iter().filter(|event| event["kind"] == format!("expense_claim.{kind}")).count();
        let taken = journeys.iter().filter(|journey| journey.answered >= steps).count();
        assert_eq!(told, taken, "expense_claim.{kind}");
    }
}
