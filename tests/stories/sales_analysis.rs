//! Sales analysed from credit entries alone: compared, shared out, opened to their entries, and what stands out explained.
//! `[ANA-1]`

use crate::{expense_request::act, sales_contract::Trade};
use chrono::Duration;
use serde_json::{Value, json};
use tests::{App, column, stories};

stories! {
    sales_are_grouped_compared_and_open_to_their_entries,
    shares_add_up_and_equals_share_a_place,
    lines_without_cost_are_left_out_of_profit_and_counted,
    an_analysis_is_drawn_as_well,
    a_month_outside_what_is_usual_is_said_and_explained,
}

const ANALYSIS: &str = "/api/v1/sales-analysis";

/// The rows that somebody sees.
#[track_caller]
fn rows(trade: &Trade, by: &str, query: &str) -> Value {
    trade.who(by).get(&format!("{ANALYSIS}?{query}")).expect(200).at("/data")
}

/// A closed sale of so many pieces.
#[track_caller]
fn sold(trade: &Trade, by: &str, quantity: &str) {
    let contract = trade.approved(by, quantity);
    trade.sign(by, &contract);
}

fn sales_are_grouped_compared_and_open_to_their_entries(app: App) {
    let trade = Trade::open(&app, "1130.00");
    sold(&trade, "lan", "2");
    sold(&trade, "lan", "1");
    let by_person = rows(&trade, "head", "by=person");
    assert_eq!(
        ["value", "share_bp", "place", "last_period", "last_year"].map(|member| by_person[0][member].clone()),
        [300_000, 10_000, 1, 0, 0].map(Value::from)
    );
    assert_eq!(by_person[0]["last_period_change_bp"], Value::Null, "from nothing there is no change");
    assert_eq!(by_person[0]["group"]["person"]["name"], json!("lan"));
    let entries = by_person[0]["entries"].as_str().expect("a place").to_owned();
    let opened = trade.who("head").get(&entries).expect(200).at("/data");
    let net: Vec<String> =
        opened.as_array().expect("entries").iter().map(|entry| entry["net"]["amount"].to_string()).collect();
    assert_eq!(net.len(), 2, "the total opens to its entries: {opened}");
    for (by, name) in [
        ("customer", "customer"),
        ("product", "product"),
        ("department", "department"),
        ("region", "region"),
        ("channel", "channel"),
    ] {
        let found = rows(&trade, "director", &format!("by={by}"));
        assert_eq!(found[0]["value"], json!(300_000), "{by}");
        assert!(name == "channel" || !found[0]["group"][name].is_null(), "{found}");
    }
    assert_eq!(
        rows(&trade, "lan", "by=region&region=%E5%8D%8E%E4%B8%9C&measure=quantity")[0]["value"],
        json!(30_000)
    );
    assert_eq!(rows(&trade, "lan", "by=customer&measure=new_customers")[0]["value"], json!(1));
    assert_eq!(rows(&trade, "ming", "by=person"), json!([]), "not his");
    let before = rows(&trade, "head", "by=person&counted_on[gte]=2026-02-01");
    assert_eq!(before, json!([]), "nothing was sold in February");
    let reversed = format!("{ANALYSIS}?counted_on[gte]=2026-03-02&counted_on[lte]=2026-03-01");
    trade.who("head").get(&reversed).refuses(422, "validation.period_reversed");
    let long = format!("{ANALYSIS}?counted_on[gte]=2001-01-01&counted_on[lte]=2026-03-01");
    trade.who("head").get(&long).refuses(422, "sales_analysis.period_too_long");
    let next = rows(&trade, "head", "by=person&counted_on[gte]=2027-03-01");
    assert_eq!(next, json!([]));
}

fn shares_add_up_and_equals_share_a_place(app: App) {
    let trade = Trade::open(&app, "1130.00");
    for by in ["lan", "lan", "lan"] {
        sold(&trade, by, "1");
    }
    // Entries of others, as their own sales would have left them.
    let copy = |name: &str, net: i64, number: i64| {
        let id = trade.company.id(name);
        let (text, key) = match app.engine {
            tests::Engine::Postgres => (format!("'{id}'::uuid"), "gen_random_uuid()".to_owned()),
            tests::Engine::Sqlite => (format!("X'{}'", id.replace('-', "")), "randomblob(16)".to_owned()),
        };
        let columns = "sale_id, department_id, product_id, customer_id, region, channel, quantity, cost_minor, currency, counted_on";
        app.execute(&format!(
            "INSERT INTO credit_entries (id, place, employee_id, net_minor, {columns}) \
             SELECT {key}, {number}, {text}, {net}, {columns} FROM credit_entries ORDER BY place, id LIMIT 1"
        ));
    };
    copy("ming", 300_000, 101);
    copy("rep", 100_000, 102);
    let found = rows(&trade, "director", "by=person");
    let of = |member: &str| -> Vec<i64> {
        found.as_array().expect("rows").iter().filter_map(|row| row[member].as_i64()).collect()
    };
    assert_eq!(of("value"), [300_000, 300_000, 100_000]);
    assert_eq!((of("place"), of("place_from_bottom")), (vec![1, 1, 3], vec![2, 2, 1]));
    assert_eq!((of("share_bp").iter().sum::<i64>(), of("share_bp")[2]), (10_000, 1_428));
    let top = rows(&trade, "director", "by=person&top=1");
    assert_eq!(top.as_array().map(Vec::len), Some(2), "equals are not parted");
    assert_eq!(rows(&trade, "director", "by=person&bottom=1")[0]["group"]["person"]["name"], json!("rep"));
}

fn lines_without_cost_are_left_out_of_profit_and_counted(app: App) {
    let trade = Trade::open(&app, "1130.00");
    sold(&trade, "lan", "1");
    let found = rows(&trade, "director", "by=product&measure=profit");
    assert_eq!((found[0]["value"].clone(), found[0]["without_cost"].clone()), (json!(0), json!(1)));
    assert_eq!(found[0]["share_bp"], Value::Null, "of nothing there are no parts");
}

fn an_analysis_is_drawn_as_well(app: App) {
    let trade = Trade::open(&app, "1130.00");
    sold(&trade, "lan", "1");
    let drawn = trade.who("head").get(&format!("{ANALYSIS}/chart?by=customer")).expect(200);
    assert_eq!(drawn.header("content-type").as_deref(), Some("image/svg+xml"));
    let text = String::from_utf8_lossy(&drawn.bytes).into_owned();
    assert!(text.starts_with("<svg") && text.contains("李娜") && text.contains("100000"), "{text}");
    let english = trade.who("head").with("accept-language", "en").get(&format!("{ANALYSIS}/chart"));
    assert!(String::from_utf8_lossy(&english.expect(200).bytes).contains("Sales analysis"));
    let file = trade.who("director").get(&format!("{ANALYSIS}?by=person&format=csv")).expect(200);
    assert!(String::from_utf8_lossy(&file.bytes).contains("100000"));
}

fn a_month_outside_what_is_usual_is_said_and_explained(app: App) {
    let mut trade = Trade::open(&app, "1130.00");
    let alerts = |trade: &Trade, query: &str| {
        trade.who("head").get(&format!("/api/v1/sales-alerts{query}")).expect(200).at("/data")
    };
    for month in 0..9 {
        let quantity = if month == 8 { "9" } else { ["1", "2"][month % 2] };
        let contract = trade.approved("lan", quantity);
        let today = (chrono::NaiveDate::from_ymd_opt(2026, 3, 5).expect("a day")
            + Duration::days(31 * i64::try_from(month).unwrap_or(0)))
        .to_string();
        let body = json!({"signed_on": today, "original": "档案室"});
        act(trade.who("lan"), &contract, "sign", body).expect(200);
        if month == 7 {
            assert_eq!(alerts(&trade, ""), json!([]), "seven months are too few");
        }
        if month < 8 {
            app.advance(Duration::days(31));
            trade.company.sign_in_again(&app);
        }
    }
    let found = alerts(&trade, "?by=person");
    assert_eq!(column(&found, "median"), ["150000"], "{found}");
    assert_eq!(
        ["value", "deviation", "lower", "upper", "months"].map(|member| found[0][member].clone()),
        [json!(900_000), json!("50000"), json!("0"), json!("300000"), json!(8)]
    );
    assert!(found[0]["why_zh"].as_str().is_some_and(|why| why.contains("高于前 8 个月")), "{found}");
    assert_eq!(alerts(&trade, "?month_of=2026-06-01"), json!([]));
}
