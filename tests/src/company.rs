//! A small company that claims expenses: whom its standard chain asks, and claims on their way.

use crate::{App, Caller, Engine, PASSWORD, app::block_on, engines::Model};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

/// A company over HTTP: 兰兰 and 小明 in marketing, their head, two accountants, the director, the general
/// manager and the chairman above.
pub struct Company {
    /// Who set it up.
    pub boss: Caller,
    /// The departments' ids by code.
    pub departments: BTreeMap<&'static str, String>,
    people: BTreeMap<&'static str, Person>,
    invoices: AtomicU64,
}

struct Person {
    id: String,
    caller: Caller,
}

/// Name, department, superior, role, how far it reaches.
const PEOPLE: [(&str, &str, Option<&str>, &str, &str); 9] = [
    ("chair", "company", None, "general-manager", "all"),
    ("gm", "company", Some("chair"), "general-manager", "all"),
    ("director", "centre", Some("gm"), "marketing-director", "subtree"),
    ("head", "marketing", Some("director"), "department-head", "subtree"),
    ("lan", "marketing", Some("head"), "sales-representative", "own"),
    ("ming", "marketing", Some("head"), "sales-representative", "own"),
    ("qian", "finance", Some("gm"), "finance", "all"),
    ("sun", "finance", Some("qian"), "finance", "all"),
    ("rep", "sales", Some("director"), "sales-representative", "own"),
];

/// The company as it was set up once on an engine: a story that begins with it begins with a copy.
struct Founded {
    model: Model,
    ids: u64,
    boss: String,
    departments: BTreeMap<&'static str, String>,
    /// Their ids and tokens.
    people: BTreeMap<&'static str, (String, String)>,
}

impl Founded {
    fn on(engine: Engine) -> &'static Self {
        static FOUNDED: [OnceLock<Founded>; 2] = [const { OnceLock::new() }; 2];
        FOUNDED[usize::from(engine == Engine::Postgres)].get_or_init(|| {
            let app = App::start(engine);
            let Company { boss, departments, people, .. } = app.found_company();
            let token = |caller: &Caller| caller.token().unwrap_or_default().to_owned();
            let (boss, ids) = (token(&boss), app.ids_taken());
            let people = people.into_iter().map(|(name, Person { id, caller })| (name, (id, token(&caller))));
            Self { model: app.model(), ids, boss, departments, people: people.collect() }
        })
    }

    fn company(&self, app: &App) -> Company {
        let person = |(name, (id, token)): (&&'static str, &(String, String))| {
            (*name, Person { id: id.clone(), caller: app.with_token(token) })
        };
        Company {
            boss: app.with_token(&self.boss),
            departments: self.departments.clone(),
            people: self.people.iter().map(person).collect(),
            invoices: AtomicU64::new(1),
        }
    }
}

impl App {
    /// Lets the time limits that have passed take effect, as every server does every few seconds.
    pub fn sweep_time_limits(&self) {
        block_on(api::sweep_time_limits(&self.database)).expect("a sweep");
    }

    /// The company, set up anew unless the story begins with it: then it is a copy, the same to the byte.
    pub fn company(&self) -> Company {
        if self.engine.has_models() && self.is_new() {
            let founded = Founded::on(self.engine);
            self.start_on(founded.model.copy(), founded.ids);
            return founded.company(self);
        }
        self.found_company()
    }

    fn found_company(&self) -> Company {
        let boss = self.administrator();
        let mut departments = BTreeMap::new();
        for (code, above) in [
            ("company", None),
            ("centre", Some("company")),
            ("marketing", Some("centre")),
            ("sales", Some("centre")),
            ("finance", Some("company")),
        ] {
            let above: Option<&String> = above.map(|above| &departments[above]);
            let id = self.department(&boss, code, above.map(String::as_str));
            departments.insert(code, id);
        }
        let mut people: BTreeMap<&str, Person> = BTreeMap::new();
        for (name, department, superior, role, scope) in PEOPLE {
            let superior = superior.map(|superior| people[superior].id.clone());
            let id = self.hire(&boss, name, &departments[department], superior.as_deref());
            let caller = self.person(&boss, name, &id, role, scope);
            people.insert(name, Person { id, caller });
        }
        let own = json!({"name": "杭州云杉营销服务有限公司", "tax_number": "91330106MA2XYQNL8A"});
        boss.post("/api/v1/own-companies", json!({"companies": [own]})).expect(200);
        let company = Company { boss, departments, people, invoices: AtomicU64::new(1) };
        for (department, head) in
            [("company", "chair"), ("centre", "director"), ("marketing", "head"), ("finance", "qian")]
        {
            let path = format!("/api/v1/departments/{}", company.departments[department]);
            let version = company.boss.get(&path).expect(200).version();
            company.boss.at(version).patch(&path, json!({"head_id": company.id(head)})).expect(200);
        }
        company
    }
}

impl Company {
    /// Everybody signs in anew: after the clock was moved far.
    pub fn sign_in_again(&mut self, app: &App) {
        self.boss = app.administrator();
        for (name, person) in &mut self.people {
            person.caller = app.sign_in(name, PASSWORD);
        }
    }

    /// Lets somebody file for everybody, by a role that the company made for that.
    #[track_caller]
    pub fn lets_file_for_others(&self, name: &str) {
        let permissions = ["expense-claim", "expense-request", "cash-advance"]
            .map(|noun| format!("{noun}:submit-for-others"));
        let role =
            json!({"code": "filing", "name_zh": "代填报", "name_en": "Filing", "permissions": permissions});
        let role = self.boss.post("/api/v1/roles", role).expect(201).text("/id");
        let body = json!({"role_id": role, "scope": "all"});
        self.boss.post(&format!("/api/v1/users/{}/grants", self.user(name)), body).expect(201);
    }

    /// The account of somebody: its id.
    #[track_caller]
    pub fn user(&self, name: &str) -> String {
        let found = self.boss.get(&format!("/api/v1/users?q={name}")).expect(200).at("/data");
        let found = found.as_array().cloned().unwrap_or_default();
        let user = found.iter().find(|user| user["username"] == name);
        user.and_then(|user| user["id"].as_str()).unwrap_or_else(|| panic!("no account {name}")).to_owned()
    }

    /// Somebody's only grant: its path.
    #[track_caller]
    pub fn grant_of(&self, name: &str) -> String {
        let grants = self.boss.get(&format!("/api/v1/users/{}/grants", self.user(name))).expect(200);
        format!("/api/v1/grants/{}", grants.text("/data/0/id"))
    }

    /// Lets somebody leave today.
    #[track_caller]
    pub fn leave(&self, name: &str) {
        let place = format!("/api/v1/employees/{}", self.id(name));
        let version = self.boss.get(&place).expect(200).version();
        let leave = json!({"despite_open_matters": true});
        self.boss.at(version).post(&format!("{place}/leave"), leave).expect(200);
    }

    /// Somebody, signed in.
    #[track_caller]
    pub fn who(&self, name: &str) -> &Caller {
        &self.people[name].caller
    }
    /// Somebody's employee id.
    #[track_caller]
    pub fn id(&self, name: &str) -> &str {
        &self.people[name].id
    }

    /// Whose employee id it is.
    pub fn name_of(&self, id: &str) -> Option<&'static str> {
        self.people.iter().find(|(_, person)| person.id == id).map(|(name, _)| *name)
    }

    /// A travel claim as it is sent, of so many yuan, with an invoice nobody has used.
    pub fn claim_of(&self, yuan: u32) -> Value {
        let number = 26_332_000_000_000_000_000 + u128::from(self.invoices.fetch_add(1, Ordering::SeqCst));
        let money = |amount: u32| json!({"amount": format!("{amount}.00"), "currency": "CNY"});
        json!({
            "details": {"background": "华东区域拓展", "purpose": "拜访客户", "participants": "兰兰",
                "expected_effect": "签订意向", "route": "杭州—上海", "days": 2},
            "lines": [{
                "category": "entertainment.travel", "description": "差旅费", "occurred_on": "2026-03-02",
                "claimed": money(yuan),
                "invoices": [{
                    "kind": "fully_digital_general", "number": number.to_string(), "issued_on": "2026-03-02",
                    "seller": {"name": "杭州云栖酒店有限公司", "tax_number": "91330100799655058B"},
                    "buyer": {"name": "杭州云杉营销服务有限公司", "tax_number": "91330106MA2XYQNL8A"},
                    "net": money(yuan), "tax": money(0), "total": money(yuan)
                }]
            }]
        })
    }

    /// Somebody's claim, as a draft; answers its id.
    #[track_caller]
    pub fn draft(&self, by: &str, yuan: u32) -> String {
        self.who(by).post("/api/v1/expense-claims", self.claim_of(yuan)).expect(201).text("/id")
    }

    /// Submits a claim; answers the id of its approval.
    #[track_caller]
    pub fn submit(&self, by: &str, claim: &str) -> String {
        let path = format!("/api/v1/expense-claims/{claim}");
        let version = self.who(by).get(&path).expect(200).version();
        self.who(by).at(version).act(&format!("{path}/submit")).expect(200).text("/approval_id")
    }

    /// Somebody's submitted claim: its id and its approval's.
    #[track_caller]
    pub fn submitted(&self, by: &str, yuan: u32) -> (String, String) {
        let claim = self.draft(by, yuan);
        let approval = self.submit(by, &claim);
        (claim, approval)
    }

    /// The state of a claim.
    #[track_caller]
    pub fn state_of(&self, claim: &str) -> String {
        self.who("gm").get(&format!("/api/v1/expense-claims/{claim}")).expect(200).text("/status")
    }
}
