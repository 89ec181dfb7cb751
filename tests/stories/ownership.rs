//! Whose customer it is: the worked examples over HTTP, and what may not go wrong when two come at once. `[OWN-1 … OWN-18,
//! OWN-2, OWN-5]`

/// The worked examples.
pub mod example;

use crate::expense_request::act;
use chrono::Duration;
use serde_json::{Value, json};
use tests::{App, Caller, Company, PASSWORD, Records, Reply, column, race, records, stories};

stories! {
    two_desks_that_register_one_customer_at_once_make_one_owner,
    two_sites_on_one_day_share,
    ownership_is_asked_as_it_was_known,
    who_has_left_or_does_something_else_becomes_nobodys_owner,
    a_blank_answer_is_no_way_round_whose_a_customer_is,
    answers_that_contradict_each_other_are_refused,
    a_site_goes_by_rules_that_there_are_and_may_be_changed,
}

records! {
    "/api/v1/sites/{id}" => a_site,
    "/api/v1/registrations/{id}" => a_registration,
}

const SITES: &str = "/api/v1/sites";
pub const REGISTRATIONS: &str = "/api/v1/registrations";

fn a_site(made: &Records<'_>) -> String {
    let body = json!({"code": "record", "name": "城北售楼处", "policy": "real-estate",
        "department_id": made.company.departments["marketing"]});
    made.post("head", "/api/v1/sites/{id}", body)
}

fn a_registration(made: &Records<'_>) -> String {
    let body = json!({"customer_id": made.id("/api/v1/customers/{id}"), "site_id": made.id("/api/v1/sites/{id}"),
        "channel": "walk_in"});
    made.post("lan", "/api/v1/registrations/{id}", body)
}

/// Answers to every question: no.
pub fn nothing() -> Value {
    json!({"is_first_visit": true, "was_elsewhere": false, "was_phoned": false, "was_introduced": false,
        "asks_for_somebody": false, "has_relative": false})
}

/// The site "城北售楼处" with 兰兰 as A, 小明 as B, and C and D beside them; E sells in town.
pub struct Site {
    pub company: Company,
    pub c: Caller,
    pub d: Caller,
    pub ids: [String; 2],
    pub north: String,
    pub south: String,
}

impl Site {
    pub fn open(app: &App) -> Self {
        let company = app.company();
        let (boss, marketing) = (&company.boss, &company.departments["marketing"]);
        let hired = ["chen", "dong"].map(|name| {
            let id = app.hire(boss, name, marketing, Some(company.id("head")));
            (app.person(boss, name, &id, "sales-representative", "own"), id)
        });
        let [(c, c_id), (d, d_id)] = hired;
        let site = |code: &str, name: &str, department: &str| {
            let body = json!({"code": code, "name": name, "policy": "real-estate",
                "department_id": company.departments[department]});
            company.who("director").post(SITES, body).expect(201).text("/id")
        };
        let (north, south) = (site("north", "城北售楼处", "marketing"), site("south", "城南", "sales"));
        Self { c, d, ids: [c_id, d_id], north, south, company }
    }

    pub fn a(&self) -> &Caller {
        self.company.who("lan")
    }
    pub fn b(&self) -> &Caller {
        self.company.who("ming")
    }
    pub fn head(&self) -> &Caller {
        self.company.who("head")
    }

    /// A file that the head entered, as its id.
    #[track_caller]
    pub fn file(&self, number: u32) -> String {
        self.file_by(self.head(), number)
    }

    #[track_caller]
    pub fn file_by(&self, by: &Caller, number: u32) -> String {
        let phone = format!("138{number:08}");
        let body = json!({"kind": "person", "name": format!("客户{number}"), "phones": [phone]});
        by.post("/api/v1/customers", body).expect(201).text("/id")
    }

    pub fn body(&self, customer: &str, inquiry: Value) -> Value {
        json!({"customer_id": customer, "site_id": self.north, "channel": "walk_in", "inquiry": inquiry})
    }

    pub fn register(&self, by: &Caller, customer: &str, inquiry: Value) -> Reply {
        by.post(REGISTRATIONS, self.body(customer, inquiry))
    }

    /// Whose a customer is, as whoever leads sees it.
    #[track_caller]
    pub fn ownership(&self, customer: &str) -> Reply {
        self.company.who("director").get(&place(customer)).expect(200)
    }

    /// Who owns a customer, and by which rule.
    #[track_caller]
    pub fn owner(&self, customer: &str) -> (String, String) {
        let shown = self.ownership(customer);
        let chain = shown.at("/chain");
        let last = chain.as_array().and_then(|chain| chain.last().cloned()).unwrap_or_default();
        let owner = shown.at("/owner/name").as_str().unwrap_or_default().to_owned();
        (owner, last["citation"]["rule"].as_str().unwrap_or_default().to_owned())
    }

    #[track_caller]
    pub fn sign_in_again(&mut self, app: &App) {
        self.company.sign_in_again(app);
        (self.c, self.d) = (app.sign_in("chen", PASSWORD), app.sign_in("dong", PASSWORD));
    }

    #[track_caller]
    pub fn follow_up(&self, by: &Caller, customer: &str) -> Reply {
        let report = json!({"minutes": 5, "content": "电话沟通户型与预算，约定下次来访时间"});
        by.post("/api/v1/interactions", json!({"customer_id": customer, "kind": "call", "report": report}))
            .expect(201)
    }
}

pub fn place(customer: &str) -> String {
    format!("/api/v1/customers/{customer}/ownership")
}

pub fn deed(by: &Caller, customer: &str, what: &str, body: Value) -> Reply {
    by.post(&format!("{}/{what}", place(customer)), body)
}

pub fn pair(owner: &str, rule: &str) -> (String, String) {
    (owner.to_owned(), rule.to_owned())
}

fn two_desks_that_register_one_customer_at_once_make_one_owner(app: App) {
    let site = Site::open(&app);
    for number in 40..44 {
        let customer = site.file(number);
        let desks = [site.a(), site.b(), &site.c, &site.d].map(|by| {
            let (site, customer) = (&site, customer.as_str());
            Box::new(move || site.register(by, customer, nothing())) as Box<dyn FnOnce() -> Reply + Send>
        });
        let answers = race(desks.into_iter().collect());
        let made = answers.iter().filter(|answer| answer.status == 201).count();
        let refused: Vec<_> = answers.iter().filter(|answer| answer.status == 409).collect();
        assert_eq!((made, refused.len()), (1, 3));
        for one in refused {
            assert_eq!((one.code(), one.text("/rule")), ("ownership.refused".into(), "OWN-1".into()));
        }
    }
    assert_eq!(app.count_rows("registrations"), 4);
}

fn two_sites_on_one_day_share(app: App) {
    let site = Site::open(&app);
    let w = site.file(51);
    site.register(site.a(), &w, nothing()).expect(201);
    let mut shows = nothing();
    (shows["was_elsewhere"], shows["elsewhere_id"]) = (json!(true), json!(site.north));
    let mut body = site.body(&w, shows);
    body["site_id"] = json!(site.south);
    site.company.who("rep").post(REGISTRATIONS, body).expect(201);
    assert_eq!(site.owner(&w), pair("lan", "OWN-6"));
    let shares = site.ownership(&w).at("/chain/1/shares");
    assert_eq!((&shares[0]["bp"], &shares[1]["employee"]["name"]), (&json!(5000), &json!("rep")));
}

fn ownership_is_asked_as_it_was_known(app: App) {
    let mut site = Site::open(&app);
    let v = site.file(52);
    let made = site.register(site.a(), &v, nothing()).expect(201).text("/registered_at");
    app.advance(Duration::days(2));
    site.sign_in_again(&app);
    let until = json!({"until": "2026-05-01T00:00:00+08:00"});
    let locked = deed(site.head(), &v, "lock", until).expect(200);
    assert_eq!(locked.text("/protected_until"), "2026-04-30T16:00:00.000000Z");
    deed(site.a(), &v, "release", json!({"reason": "换个人"})).refuses(409, "ownership.refused");
    let far = json!({"until": "2027-05-01T00:00:00+08:00"});
    deed(site.head(), &v, "lock", far).refuses(422, "validation.out_of_range");
    let fact = locked.text("/facts/0/id");
    deed(site.head(), &v, "void-fact", json!({"fact_id": fact, "reason": "误登记"})).expect(200);
    let director = site.company.who("director");
    assert_eq!(director.get(&place(&v)).expect(200).text("/state"), "unowned");
    let then = director.get(&format!("{}?as_of={made}", place(&v))).expect(200);
    assert_eq!((then.text("/state"), then.text("/owner/name")), ("owned".into(), "lan".into()));
    let again = json!({"fact_id": fact, "reason": "误登记"});
    deed(site.head(), &v, "void-fact", again).refuses(422, "ownership.not_customers_fact");
}

fn who_has_left_or_does_something_else_becomes_nobodys_owner(app: App) {
    let site = Site::open(&app);
    let asks_for = |who: &str| {
        let mut inquiry = nothing();
        (inquiry["asks_for_somebody"], inquiry["asks_for_id"]) = (json!(true), json!(who));
        inquiry
    };
    let finance = site.company.id("qian").to_owned();
    let v = site.file(71);
    site.register(site.a(), &v, asks_for(&finance)).expect(201);
    assert_eq!(site.owner(&v), pair("lan", "OWN-1"), "whoever received them");
    let looked = site.ownership(&v).at("/chain/0/looked_at");
    assert!(column(&looked, "because").contains(&"named_serves_nobody".to_owned()), "{looked}");
    site.company.leave("ming");
    let w = site.file(72);
    site.register(site.a(), &w, asks_for(site.company.id("ming"))).expect(201);
    assert_eq!(site.owner(&w), pair("lan", "OWN-1"));
    // Nor are they given any.
    for who in ["qian", "ming"] {
        let to = json!({"employee_id": site.company.id(who)});
        deed(site.head(), &w, "assign", to).refuses(422, "ownership.serves_nobody");
    }
}

fn a_blank_answer_is_no_way_round_whose_a_customer_is(app: App) {
    let site = Site::open(&app);
    let v = site.file(73);
    site.register(site.a(), &v, nothing()).expect(201);
    let mut blank = nothing();
    blank["was_elsewhere"] = json!(null);
    let refused = site.register(site.b(), &v, blank).refuses(422, "registration.ask_first");
    assert_eq!(refused.text("/errors/0/pointer"), "/inquiry/was_elsewhere");
    site.register(site.b(), &v, nothing()).refuses(409, "ownership.refused");
    assert_eq!(app.count_rows("registrations"), 1);
}

fn answers_that_contradict_each_other_are_refused(app: App) {
    let site = Site::open(&app);
    let v = site.file(74);
    let mut inquiry = nothing();
    inquiry["asks_for_id"] = json!(site.company.id("ming"));
    let refused = site.register(site.a(), &v, inquiry).refuses(422, "registration.answers_contradict");
    assert_eq!(refused.text("/errors/0/pointer"), "/inquiry/asks_for_id");
    let mut inquiry = nothing();
    (inquiry["was_introduced"], inquiry["introducer_id"]) = (json!(true), json!(v));
    site.register(site.a(), &v, inquiry).refuses(422, "registration.introduced_by_self");
    deed(site.head(), &v, "announce-introduction", json!({"introducer_id": v}))
        .refuses(422, "registration.introduced_by_self");
    let mut body = site.body(&v, nothing());
    body["claimed_at"] = json!("2030-01-01T00:00:00Z");
    site.a().post(REGISTRATIONS, body).refuses(422, "registration.claimed_ahead");
}

fn a_site_goes_by_rules_that_there_are_and_may_be_changed(app: App) {
    let site = Site::open(&app);
    let director = site.company.who("director");
    let body = json!({"code": "west", "name": "城西售楼处", "policy": "nix",
        "department_id": site.company.departments["sales"]});
    let refused = director.post(SITES, body).refuses(422, "site.no_such_policy");
    assert!(refused.text("/detail").contains("nix"));
    let place = format!("{SITES}/{}", site.south);
    let patch = json!({"name": "城南展厅", "policy": "general"});
    let changed = director.at(1).patch(&place, patch).expect(200);
    assert_eq!((changed.text("/name"), changed.text("/policy")), ("城南展厅".into(), "general".into()));
    director.at(2).patch(&place, json!({"policy": "nix"})).refuses(422, "site.no_such_policy");
}
