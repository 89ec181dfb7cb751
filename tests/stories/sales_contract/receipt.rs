//! What is collected of contracts: recorded once, never beyond what they come to. `[REC-1b]`

use super::*;

stories! {
    example_1_two_receipts_at_once_come_to_the_contract_and_no_further,
    twenty_receipts_at_once_are_all_recorded_and_the_contract_takes_what_it_comes_to,
    a_receipt_goes_to_what_was_approved_first_and_the_rest_stays_the_customers,
    a_receipt_that_bounces_undoes_its_allocations,
    a_receipt_is_recorded_once_and_one_like_it_is_marked,
    one_payment_is_one_however_its_reference_is_typed,
}

/// Worked example 1.
fn example_1_two_receipts_at_once_come_to_the_contract_and_no_further(app: App) {
    let trade = Trade::open(&app, "1000.00");
    let contract = trade.approved("lan", "1");
    trade.receive(&contract, "600.00");
    let receiver = |amount: &'static str| {
        let (by, body) = (trade.who("qian").quietly(), receipt(&trade.customer, None, amount));
        Box::new(move || by.post(RECEIPTS, body).expect(201).text("/unallocated/amount"))
            as Box<dyn FnOnce() -> String + Send>
    };
    let mut left = race(vec![receiver("300.00"), receiver("300.00")]);
    left.sort();
    assert_eq!(left, ["0.00", "200.00"]);
    assert_eq!(trade.collected(&contract), "1000.00");
}

fn twenty_receipts_at_once_are_all_recorded_and_the_contract_takes_what_it_comes_to(app: App) {
    let trade = Trade::open(&app, "1000.00");
    trade.pays(30);
    let contract = trade.approved("lan", "1");
    trade.sign("lan", &contract);
    let receiver = |_| {
        let body = receipt(&trade.customer, Some(&id_in(&contract)), "77.77");
        let by = trade.who("qian").quietly();
        Box::new(move || by.post(RECEIPTS, body).status) as Box<dyn FnOnce() -> u16 + Send>
    };
    assert_eq!(race((0..20).map(receiver).collect()), [201; 20]);
    assert_eq!((trade.collected(&contract), app.count_rows("receipts")), ("1000.00".into(), 20));
    let left = app.number("SELECT CAST(SUM(unallocated_minor) AS BIGINT) AS number FROM receipts");
    assert_eq!(left, 20 * 7_777 - 100_000);
    let booked = app.number("SELECT CAST(SUM(amount_minor) AS BIGINT) AS number FROM commission_entries");
    assert_eq!(booked, 300, "commission by what was allocated, to the fen");
    let sums = "SELECT CAST(SUM(counted) - (SELECT SUM(amount) FROM counted_entries) AS BIGINT) AS number FROM counted_figures";
    assert_eq!(app.number(sums), 0);
    let verify = |reader: &mut persistence::spine::Reader<'_>| {
        let figures = persistence::sales::counted_figure::verify(reader)?;
        Ok((
            figures.figures,
            figures.differences.len(),
            persistence::sales::sale::ledger::verify(reader)?.len(),
        ))
    };
    let read = app.database.read(persistence::spine::Request::system("story"), verify);
    assert_eq!(block_on(read).expect("a report"), (2, 0, 0), "counted anew it is the same");
}

fn a_receipt_goes_to_what_was_approved_first_and_the_rest_stays_the_customers(app: App) {
    let trade = Trade::open(&app, "100.00");
    let (first, second) = (trade.approved("lan", "1"), trade.approved("lan", "2"));
    let recorded = trade.who("qian").post(RECEIPTS, receipt(&trade.customer, None, "350.00")).expect(201);
    assert_eq!(recorded.text("/unallocated/amount"), "50.00");
    assert_eq!(recorded.text("/allocations/0/contract_id"), id_in(&first));
    assert_eq!((trade.collected(&first), trade.collected(&second)), ("100.00".into(), "200.00".into()));
    let third = trade.approved("lan", "1");
    let place = recorded.header("location").expect("a place");
    let to = |contract: &str, amount: &str| json!({"contract_id": id_in(contract), "amount": yuan(amount)});
    let qian = trade.who("qian");
    act(qian, &place, "allocate", to(&second, "1.00")).refuses(409, "receipt.contract_full");
    act(qian, &place, "allocate", to(&third, "60.00")).refuses(409, "receipt.nothing_left");
    let allocated = act(qian, &place, "allocate", to(&third, "50.00")).expect(200);
    assert_eq!(allocated.text("/unallocated/amount"), "0.00");
    assert_eq!(trade.collected(&third), "50.00");
    assert_eq!(trade.who("lan").get(&place).expect(200).text("/amount/amount"), "350.00", "of her contract");
    trade.who("ming").get(&place).refuses(404, "http.not_found");
}

fn a_receipt_that_bounces_undoes_its_allocations(app: App) {
    let trade = Trade::open(&app, "100.00");
    let contract = trade.approved("lan", "1");
    let place = trade.receive(&contract, "80.00").header("location").expect("a place");
    let qian = trade.who("qian");
    let bounced = act(qian, &place, "bounce", json!({"reason": "支票空头"})).expect(200);
    assert_eq!(
        (bounced.text("/status"), bounced.text("/unallocated/amount")),
        ("bounced".into(), "0.00".into())
    );
    assert_eq!(bounced.text("/allocations/1/amount/amount"), "-80.00");
    assert_eq!(trade.collected(&contract), "0.00");
    act(qian, &place, "bounce", json!({"reason": "支票空头"})).refuses(409, "receipt.bounced_already");
    let again = json!({"contract_id": id_in(&contract), "amount": yuan("1.00")});
    act(qian, &place, "allocate", again).refuses(409, "receipt.bounced_already");
}

fn a_receipt_is_recorded_once_and_one_like_it_is_marked(app: App) {
    let trade = Trade::open(&app, "100.00");
    let qian = trade.who("qian");
    let mut body = receipt(&trade.customer, None, "10.00");
    body["external"] = json!({"source": "erp", "external_id": "R-7"});
    let first = qian.post(RECEIPTS, body.clone()).expect(201);
    assert_eq!(first.at("/is_suspect"), json!(false));
    qian.post(RECEIPTS, body.clone()).refuses(409, "validation.not_unique");
    body["external"] = Value::Null;
    body["bank"] = json!({"account": "3301", "reference": "T-1"});
    let second = qian.post(RECEIPTS, body.clone()).expect(201);
    assert_eq!(second.at("/is_suspect"), json!(true), "the same payer, amount and day");
    qian.post(RECEIPTS, body).refuses(409, "validation.not_unique");
    let listed = qian.get(&format!("{RECEIPTS}?suspect=true&amount[gte]=10.00")).expect(200).at("/data");
    assert_eq!(column(&listed, "number"), ["RC-2026-000002"]);
}

fn one_payment_is_one_however_its_reference_is_typed(app: App) {
    let trade = Trade::open(&app, "333.00");
    let pay = |account: &str, reference: &str| {
        let mut body = receipt(&trade.customer, None, "50.00");
        body["bank"] = json!({"account": account, "reference": reference});
        trade.who("qian").post(RECEIPTS, body)
    };
    pay("6222", "B1").expect(201);
    for (account, reference) in
        [("６２２２", "B1"), ("6222", "Ｂ１"), ("6222 ", "B1 "), ("6222", "B\u{200B}1")]
    {
        pay(account, reference).refuses(409, "validation.not_unique");
    }
    pay("6222", "b1").expect(201);
}
