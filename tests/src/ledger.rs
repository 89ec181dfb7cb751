//! What every story proves in passing. Each answer a story hears is kept, and at its end compared with the
//! registry and the database: no undeclared status, every successful write audited, no read audited.

use crate::{Engine, Reply};
use api::spine::RouteInfo;
use diesel::{
    Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query, sql_types,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

/// What some story, on some engine, did with success.
static PROVEN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// The exceptions some story needed.
static NEEDED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// One answer.
#[derive(Clone, Debug)]
struct Heard {
    operation: String,
    request: String,
    status: u16,
    request_id: String,
    reads: bool,
    keeps_nothing: bool,
    without_etag: bool,
}

/// The answers of one story, and what was probed in it.
#[derive(Clone, Default)]
pub(crate) struct Ledger(Arc<Mutex<Vec<Heard>>>, Arc<Mutex<BTreeSet<(&'static str, &'static str)>>>);

/// Successful writes that leave no audit entry, with the reason.
const UNAUDITED: &[(&str, &str)] = &[
    ("acknowledge_payroll_batch", "the same reference again changes nothing"),
    ("confirm_payroll_batch", "what went with the wages goes once"),
    ("take_payroll_batch", "the same batch is answered until it is confirmed"),
    (
        "load_shipped_regulations",
        "what stands as it comes, or was changed by the company, is not written again",
    ),
    ("acknowledge_commission_batch", "the same reference again changes nothing"),
    ("compile_commission_statements", "what comes to the same is not written again"),
    ("confirm_commission_batch", "what went with the wages goes once"),
    ("pay_refund", "the same reference again changes nothing"),
    ("take_commission_batch", "the same batch is answered until it is confirmed"),
    ("say_notice_preferences", "the same wishes again change nothing"),
    ("load_pack", "what stands as the pack says is not written again"),
    ("import_holidays", "the same announcement again changes nothing"),
    ("issue_activation_codes", "nothing where nobody waits for a code"),
    ("mirror_customer", "the same content again changes nothing"),
    ("copy_customer", "nothing changes; the trail tells who was handed what by a notice"),
    (
        "issue_stream_ticket",
        "a ticket lets nobody do what they could not do without it, and is gone in half a minute",
    ),
    ("look_up_customer", "nothing changes; the trail tells who asked by a notice"),
    ("reveal_customer", "nothing changes; the trail tells who saw it by a notice"),
    ("reveal_payee_account", "nothing changes; the trail tells who saw it by a notice"),
    ("mirror_expense_claim", "the same content again changes nothing"),
    ("publish_commission_statements", "what is published already stays as it is, and what is out of reach"),
    ("reconcile_cash_advances", "compares two lists; a POST for the size of what is sent"),
    ("reconcile_expense_claims", "compares two lists; a POST for the size of what is sent"),
];

/// Single resources without a version, with the reason.
const WITHOUT_ETAG: &[(&str, &str)] = &[];

/// A route by the parts of its path; `None` stands for a parameter.
type Parts = (Vec<Option<&'static str>>, &'static RouteInfo);

/// The routes by how many parts they have, those with most literals first.
static BY_LENGTH: LazyLock<BTreeMap<usize, Vec<Parts>>> = LazyLock::new(|| {
    let mut all: BTreeMap<usize, Vec<Parts>> = BTreeMap::new();
    for route in api::routes().iter() {
        let parts = route.path.split('/').map(|part| (!part.starts_with('{')).then_some(part));
        let parts: Vec<_> = parts.collect();
        all.entry(parts.len()).or_default().push((parts, route));
    }
    for routes in all.values_mut() {
        routes.sort_by_key(|(parts, _)| parts.iter().filter(|part| part.is_none()).count());
    }
    all
});

/// The route a request goes to.
pub(crate) fn route_of(method: &str, path: &str) -> Option<&'static RouteInfo> {
    let given: Vec<&str> = path.split('?').next().unwrap_or_default().split('/').collect();
    let fits = |wanted: &[Option<&str>]| {
        wanted.iter().zip(&given).all(|(wanted, given)| wanted.is_none_or(|wanted| wanted == *given))
    };
    let mut routes = BY_LENGTH.get(&given.len())?.iter();
    routes.find(|(parts, route)| route.method == method && fits(parts)).map(|(_, route)| *route)
}

/// The statuses the OpenAPI document declares, by operation.
pub fn declared_statuses() -> &'static BTreeMap<String, BTreeSet<u16>> {
    static DECLARED: LazyLock<BTreeMap<String, BTreeSet<u16>>> = LazyLock::new(|| {
        let text = api::command::openapi::text(None).expect("a document");
        let document: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let paths = document["paths"].as_object().expect("paths");
        let operations = paths.values().flat_map(|item| item.as_object().expect("operations").values());
        let statuses = |operation: &serde_json::Value| {
            let responses = operation["responses"].as_object().expect("responses");
            responses.keys().filter_map(|status| status.parse().ok()).collect()
        };
        operations
            .filter_map(|operation| {
                Some((operation["operationId"].as_str()?.to_owned(), statuses(operation)))
            })
            .collect()
    });
    &DECLARED
}

/// The routes no story has called with success. Only meaningful when all stories were told.
pub fn unproven_routes() -> Vec<&'static str> {
    let proven = PROVEN.lock().unwrap_or_else(PoisonError::into_inner);
    api::routes().iter().map(|route| route.operation_id.as_str()).filter(|id| !proven.contains(*id)).collect()
}

/// The exceptions no story needed. Only meaningful when all stories were told.
pub fn idle_exceptions() -> Vec<&'static str> {
    let needed = NEEDED.lock().unwrap_or_else(PoisonError::into_inner);
    let all = UNAUDITED.iter().chain(WITHOUT_ETAG).map(|(name, _)| *name);
    all.filter(|name| !needed.contains(*name)).collect()
}

impl Ledger {
    /// Whether a route is to be probed for this: once in a story.
    pub(crate) fn probes(&self, route: &'static RouteInfo, what: &'static str) -> bool {
        let probed = (route.operation_id.as_str(), what);
        self.1.lock().unwrap_or_else(PoisonError::into_inner).insert(probed)
    }

    /// A probe that proved nothing is made again.
    pub(crate) fn forget_probe(&self, route: &'static RouteInfo, what: &'static str) {
        let probed = (route.operation_id.as_str(), what);
        self.1.lock().unwrap_or_else(PoisonError::into_inner).remove(&probed);
    }

    pub(crate) fn hear(
        &self,
        route: &'static RouteInfo,
        method: &str,
        path: &str,
        asked: Option<&str>,
        reply: &Reply,
    ) {
        let replayed = reply.header("idempotent-replayed").is_some();
        // What stands at the version it was asked for was said before, and is not written again; what is new is.
        let version = |tag: &str| tag.trim_matches('"').split('-').next().map(str::to_owned);
        let unchanged = reply.status == 200
            && asked.is_some()
            && reply.header("etag").map(|tag| version(&tag)) == asked.map(version);
        let single = route.method == "GET" && route.path.ends_with("{id}");
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(Heard {
            operation: route.operation_id.clone(),
            request: format!("{method} {path}"),
            status: reply.status,
            request_id: reply.header("x-request-id").unwrap_or_default(),
            reads: route.method == "GET",
            keeps_nothing: replayed
                || unchanged
                || path.contains("validate_only=true")
                || nothing_done(reply),
            without_etag: single && reply.status == 200 && reply.header("etag").is_none(),
        });
    }

    /// Compares what was heard with what is declared and stored.
    pub(crate) fn audit(&self, engine: Engine, url: &str) -> Result<(), String> {
        let heard = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let audited = audited_requests(engine, url);
        for heard in &heard {
            let Heard { operation, request, status, .. } = heard;
            let declared = declared_statuses().get(operation);
            if !declared.is_some_and(|declared| declared.contains(status)) {
                return Err(format!("{request} ({operation}) answered {status}, which it does not declare"));
            }
            let success = (200..300).contains(status);
            if success {
                PROVEN.lock().unwrap_or_else(PoisonError::into_inner).insert(operation.clone());
            }
            let is_audited = audited.contains(&heard.request_id);
            let must_be = success && !heard.reads && !heard.keeps_nothing;
            if must_be && !is_audited && !excepted(UNAUDITED, operation) {
                return Err(format!("{request} ({operation}) wrote without leaving an audit entry"));
            }
            if is_audited && (heard.reads || heard.keeps_nothing) {
                return Err(format!("{request} ({operation}) keeps nothing, yet left an audit entry"));
            }
            if heard.without_etag && !excepted(WITHOUT_ETAG, operation) {
                return Err(format!("{request} ({operation}) shows a single resource without an ETag"));
            }
        }
        Ok(())
    }
}

/// Whether a batch answered of every item that it had been done before or was refused, or an import that it
/// kept nothing.
fn nothing_done(reply: &Reply) -> bool {
    if reply.status != 207 {
        // Only a few answers say so; the others need not be parsed.
        let says = reply.bytes.windows(8).any(|bytes| bytes == b"\"kept\":f");
        return says && reply.at("/kept") == false;
    }
    let items = reply.at("/data");
    let idle = |item: &serde_json::Value| {
        matches!(item["outcome"].as_str(), Some("already" | "refused"))
            || item["status"].as_u64().is_some_and(|status| status >= 400)
    };
    items.as_array().is_some_and(|items| items.iter().all(idle))
}

/// Whether what an operation does is an exception; notes that it was needed.
fn excepted(list: &[(&str, &str)], operation: &str) -> bool {
    let listed = list.iter().any(|(name, _)| *name == operation);
    if listed {
        NEEDED.lock().unwrap_or_else(PoisonError::into_inner).insert(operation.to_owned());
    }
    listed
}

#[derive(QueryableByName)]
struct RequestId {
    #[diesel(sql_type = sql_types::Text)]
    request: String,
}

/// Does something behind the product's back.
pub(crate) fn execute(engine: Engine, url: &str, statement: &str) {
    let query = sql_query(statement);
    match engine {
        Engine::Sqlite => {
            let file = url.trim_start_matches("sqlite:");
            let mut connection = SqliteConnection::establish(file).expect("the story's database");
            sql_query("PRAGMA busy_timeout = 5000").execute(&mut connection).expect("a pragma");
            query.execute(&mut connection).expect(statement);
        }
        Engine::Postgres => {
            let mut connection = PgConnection::establish(url).expect("the story's database");
            query.execute(&mut connection).expect(statement);
        }
    }
}

/// A number from the database: what a query calls `number`.
pub(crate) fn number(engine: Engine, url: &str, query: &str) -> i64 {
    let asked = sql_query(query);
    let found: Number = match engine {
        Engine::Sqlite => {
            let file = url.trim_start_matches("sqlite:");
            let mut connection = SqliteConnection::establish(file).expect("the story's database");
            asked.get_result(&mut connection).expect(query)
        }
        Engine::Postgres => {
            let mut connection = PgConnection::establish(url).expect("the story's database");
            asked.get_result(&mut connection).expect(query)
        }
    };
    found.number
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = sql_types::BigInt)]
    number: i64,
}

/// The ids of requests that left audit entries; also proves that the feed has no gap.
fn audited_requests(engine: Engine, url: &str) -> BTreeSet<String> {
    let requests =
        sql_query("SELECT DISTINCT request FROM audit_entries WHERE entity_kind <> 'access_notice'");
    // 0 only if the sequences run from 1 without a gap up to the head.
    let gaps = sql_query(
        "SELECT (SELECT event_sequence FROM ledger_head) - (SELECT COUNT(*) FROM events) \
         + (SELECT COALESCE(MAX(sequence), 0) FROM events) - (SELECT COUNT(*) FROM events) AS number",
    );
    let (rows, gaps): (Vec<RequestId>, Number) = match engine {
        Engine::Sqlite => {
            let file = url.trim_start_matches("sqlite:");
            let mut connection = SqliteConnection::establish(file).expect("the story's database");
            sql_query("PRAGMA busy_timeout = 5000").execute(&mut connection).expect("a pragma");
            (
                requests.load(&mut connection).expect("the trail"),
                gaps.get_result(&mut connection).expect("the feed"),
            )
        }
        Engine::Postgres => {
            let mut connection = PgConnection::establish(url).expect("the story's database");
            (
                requests.load(&mut connection).expect("the trail"),
                gaps.get_result(&mut connection).expect("the feed"),
            )
        }
    };
    assert_eq!(gaps.number, 0, "the feed has gaps");
    rows.into_iter().map(|row| row.request).collect()
}
