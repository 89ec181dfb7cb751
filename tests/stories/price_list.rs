//! Price lists: what a product costs whom, where and when; no overlap, and no price of nothing. `[PRI-1]`

use crate::{expense_request::act, product::entered};
use serde_json::{Value, json};
use tests::{App, Caller, Company, Records, Reply, column, race, records, stories};

stories! {
    two_neighbours_move_in_one_change,
    the_most_specific_price_counts_and_says_why,
    no_price_is_refused_and_never_nothing,
    of_two_who_add_the_same_price_at_once_one_is_refused,
    floor_prices_are_for_those_who_may_read_profit,
    what_was_on_the_list_stays_readable,
    what_is_wrong_with_a_change_is_said_by_row,
}

records! {
    "/api/v1/price-lists/{id}" => a_price_list,
}

const LISTS: &str = "/api/v1/price-lists";

fn a_price_list(made: &Records<'_>) -> String {
    made.post("director", "/api/v1/price-lists/{id}", json!({"name": "美元价目表", "currency": "USD"}))
}

/// A company with a price list and a product.
struct Shop {
    company: Company,
    list: String,
    product: String,
}

impl Shop {
    fn open(app: &App) -> Self {
        let company = app.company();
        let director = company.who("director");
        let product = entered(director, "M-300");
        let body = json!({"name": "人民币价目表", "currency": "CNY"});
        let list = director.post(LISTS, body).expect(201).header("location").expect("a place");
        Self { list, product, company }
    }

    fn director(&self) -> &Caller {
        self.company.who("director")
    }

    fn terms(&self, from: &str, before: Option<&str>, yuan: &str) -> Value {
        json!({"product_id": self.product, "valid_from": from, "valid_before": before,
            "price": {"amount": yuan, "currency": "CNY"}})
    }

    #[track_caller]
    fn change(&self, edits: &[Value]) -> Reply {
        act(self.director(), &self.list, "change-prices", json!({"edits": edits}))
    }

    #[track_caller]
    fn asked(&self, with: &str) -> Reply {
        let path = format!("/api/v1/products/{}/price?currency=CNY{with}", self.product);
        self.company.who("lan").get(&path)
    }

    /// The prices that stand, the earliest first.
    #[track_caller]
    fn standing(&self, with: &str) -> Value {
        self.director().get(&format!("/api/v1/prices?sort=valid_from{with}")).expect(200).at("/data")
    }
}

fn add(terms: Value) -> Value {
    json!({"terms": terms})
}

/// Worked example 6.
fn two_neighbours_move_in_one_change(app: App) {
    let shop = Shop::open(&app);
    let first = add(shop.terms("2026-01-01", Some("2026-08-16"), "100.00"));
    shop.change(&[first, add(shop.terms("2026-08-16", None, "110.00"))]).expect(200);
    let ids = column(&shop.standing(""), "id");
    let moved = |id: usize, terms: Value| json!({"id": ids[id], "terms": terms});
    let longer = moved(0, shop.terms("2026-01-01", Some("2026-09-16"), "100.00"));
    let refused = shop.change(std::slice::from_ref(&longer)).refuses(422, "price_list.overlaps");
    assert_eq!((refused.text("/rule"), refused.text("/clause")), ("PRI-1".into(), "004 §5.3".into()));
    assert_eq!(refused.text("/errors/0/pointer"), "/edits/0");
    assert_eq!(refused.text("/params/other_id"), ids[1], "both rows are named");
    let later = moved(1, shop.terms("2026-09-16", None, "110.00"));
    shop.change(&[longer, later]).expect(200);
    assert_eq!(shop.asked("&on=2026-09-15").expect(200).text("/price/amount"), "100.00");
    assert_eq!(shop.asked("&on=2026-09-16").expect(200).text("/price/amount"), "110.00");
}

fn the_most_specific_price_counts_and_says_why(app: App) {
    let shop = Shop::open(&app);
    let with = |yuan: &str, member: &str, value: Value| {
        let mut terms = shop.terms("2026-01-01", None, yuan);
        terms[member] = value;
        add(terms)
    };
    let customer = json!({"kind": "person", "name": "李娜", "phones": ["13812345678"]});
    let customer = shop.company.who("lan").post("/api/v1/customers", customer).expect(201).text("/id");
    shop.change(&[
        add(shop.terms("2026-01-01", None, "100.00")),
        with("95.00", "region", json!("华东")),
        with("92.00", "tier", json!("A")),
        with("90.00", "customer_id", json!(customer)),
    ])
    .expect(200);
    let counts = |with: &str| {
        let shown = shop.asked(with).expect(200);
        (shown.text("/price/amount"), shown.at("/specific_by"), shown.at("/passed_over"))
    };
    let (east, tier) = ("&region=%E5%8D%8E%E4%B8%9C", "&tier=A");
    assert_eq!(counts(""), ("100.00".into(), json!([]), json!(0)));
    assert_eq!(counts(east), ("95.00".into(), json!(["region"]), json!(1)));
    assert_eq!(counts(&format!("{east}{tier}")), ("92.00".into(), json!(["tier"]), json!(2)));
    let own = format!("{east}{tier}&customer_id={customer}");
    assert_eq!(counts(&own), ("90.00".into(), json!(["customer"]), json!(3)));
    let shown = shop.asked("").expect(200);
    assert_eq!(
        (shown.text("/citation/policy"), shown.at("/citation/policy_version")),
        ("price-order/company".into(), json!(1))
    );
}

fn no_price_is_refused_and_never_nothing(app: App) {
    let shop = Shop::open(&app);
    let refused = shop.asked("").refuses(422, "price_list.no_price");
    assert_eq!((refused.text("/rule"), refused.text("/params/product")), ("PRI-1".into(), "M-300".into()));
    shop.change(&[add(shop.terms("2026-01-01", None, "0.00"))]).refuses(422, "money.not_positive");
    let mut banded = shop.terms("2026-01-01", None, "80.00");
    banded["from_quantity"] = json!("10");
    shop.change(&[add(banded)]).expect(200);
    shop.asked("&quantity=9").refuses(422, "price_list.no_price");
    assert_eq!(shop.asked("&quantity=10").expect(200).text("/price/amount"), "80.00");
}

fn of_two_who_add_the_same_price_at_once_one_is_refused(app: App) {
    let shop = Shop::open(&app);
    let runners = ["100.00", "101.00"].map(|yuan| {
        let shop = &shop;
        let body = json!({"edits": [add(shop.terms("2026-01-01", None, yuan))]});
        let path = format!("{}/change-prices", shop.list);
        Box::new(move || shop.director().at(1).post(&path, body).status) as Box<dyn FnOnce() -> u16 + Send>
    });
    let mut answers = race(runners.into());
    answers.sort_unstable();
    assert_eq!(answers, [200, 412], "the second has not seen what the first left");
    assert_eq!(app.count_rows("prices"), 1);
}

fn floor_prices_are_for_those_who_may_read_profit(app: App) {
    let shop = Shop::open(&app);
    let mut terms = shop.terms("2026-01-01", None, "100.00");
    terms["floor"] = json!({"amount": "101.00", "currency": "CNY"});
    shop.change(&[add(terms.clone())]).refuses(422, "price_list.floor_above_price");
    terms["floor"] = json!({"amount": "80.00", "currency": "CNY"});
    shop.change(&[add(terms)]).expect(200);
    assert_eq!(shop.standing("").pointer("/0/floor/amount"), Some(&json!("80.00")));
    let lan = shop.company.who("lan");
    let seen = lan.get("/api/v1/prices").expect(200).at("/data/0");
    assert!(seen.get("floor").is_none(), "absent, not null: {seen}");
    assert!(shop.asked("").expect(200).at("").get("floor").is_none());
    act(lan, &shop.list, "change-prices", json!({"edits": []})).refuses(403, "http.forbidden");
}

fn what_was_on_the_list_stays_readable(app: App) {
    let shop = Shop::open(&app);
    shop.change(&[add(shop.terms("2026-01-01", None, "100.00"))]).expect(200);
    let id = column(&shop.standing(""), "id").remove(0);
    let dearer = shop.terms("2026-01-01", None, "110.00");
    let changed = shop.change(&[json!({"id": id, "terms": dearer})]).expect(200);
    assert_eq!(changed.at("/version"), json!(3));
    assert_eq!(shop.standing("").as_array().map(Vec::len), Some(1));
    let all = shop.standing("&history=true");
    let old = all.as_array().and_then(|all| all.iter().find(|price| price["id"] == json!(id)));
    let told = |member: &str| old.and_then(|old| old.pointer(member)).cloned();
    assert_eq!((told("/before_version"), told("/price/amount")), (Some(json!(3)), Some(json!("100.00"))));
    shop.change(&[json!({"id": id})]).refuses(409, "price_list.no_such_price");
}

fn what_is_wrong_with_a_change_is_said_by_row(app: App) {
    let shop = Shop::open(&app);
    let general = || add(shop.terms("2026-01-01", None, "100.00"));
    let refused = shop.change(&[general(), general()]).refuses(422, "price_list.overlaps");
    assert_eq!(
        (refused.text("/errors/0/pointer"), refused.at("/params/other")),
        ("/edits/1".into(), json!(1))
    );
    let mut halves = shop.terms("2026-01-01", None, "100.00");
    halves["from_quantity"] = json!("0.5");
    let refused = shop.change(&[add(halves)]).refuses(422, "quantity.too_precise");
    assert_eq!(refused.text("/errors/0/pointer"), "/edits/0/from_quantity");
    shop.change(&[json!({})]).refuses(422, "validation.required");
    let mut dollars = shop.terms("2026-01-01", None, "100.00");
    dollars["price"] = json!({"amount": "100.00", "currency": "USD"});
    shop.change(&[add(dollars)]).refuses(422, "money.wrong_currency");
    let twice = shop.director().post(LISTS, json!({"name": "又一份", "currency": "CNY"}));
    twice.refuses(409, "validation.not_unique");
    // What has a price keeps its decimals.
    shop.change(&[general()]).expect(200);
}
