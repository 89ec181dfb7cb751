//! One pass over the orders: taken over page by page, made, shipped in two parts, paid in two; each step written down before it is
//! told to the server.

use crate::{
    Failure,
    books::{
        Books, Entry, Money,
        orders::{Line, Order, OrderStep, Receipt, Shipment},
    },
    pass::{BATCH, text},
    server::Server,
};
use chrono::NaiveDate;
use serde_json::{Value, json};

/// Under what the server knows us.
const SOURCE: &str = "erp-sync";

/// Does what there is to do about orders; answers how many steps it was.
pub fn sync(server: &Server, books: &mut Books, today: NaiveDate) -> Result<usize, Failure> {
    Ok(take(server, books)?
        + acknowledge(server, books)?
        + make(books)?
        + tell_made(server, books)?
        + ship(books, today)?
        + tell_shipments(server, books)?
        + receive(books, today)?
        + tell_receipts(server, books)?)
}

fn write(books: &mut Books, steps: Vec<OrderStep>) -> Result<(), Failure> {
    books.write(steps.into_iter().map(Entry::Order).collect())
}

/// Takes orders over from where the list was read to: a page and the cursor behind it are written down together.
fn take(server: &Server, books: &mut Books) -> Result<usize, Failure> {
    let (batch, mut count) = (books.orders().next_batch(), 0);
    loop {
        let page = server.orders(books.orders().cursor())?;
        let mut steps = Vec::new();
        for order in page["data"].as_array().into_iter().flatten() {
            if !books.orders().knows(&text(&order["id"])) {
                steps.push(taken(order, &batch)?);
            }
        }
        count += steps.len();
        let cursor = page["next_cursor"].as_str().map(str::to_owned);
        if books.orders().cursor() != cursor.as_deref() {
            steps.push(OrderStep::ReadTo { cursor: cursor.clone() });
        }
        write(books, steps)?;
        if cursor.is_none() {
            return Ok(count);
        }
    }
}

fn taken(order: &Value, batch: &str) -> Result<OrderStep, Failure> {
    let line = |line: &Value| -> Result<Line, Failure> {
        let place = line["line"].as_u64().ok_or("a line without a place")?;
        Ok(Line { line: u32::try_from(place)?, quantity: text(&line["quantity"]) })
    };
    Ok(OrderStep::Taken {
        order_id: text(&order["id"]),
        number: text(&order["number"]),
        customer_id: text(&order["customer"]["id"]),
        is_paid: order["contract_id"].is_null(),
        lines: order["lines"].as_array().into_iter().flatten().map(line).collect::<Result<_, _>>()?,
        total: serde_json::from_value(order["total"].clone())?,
        batch: batch.to_owned(),
    })
}

fn acknowledge(server: &Server, books: &mut Books) -> Result<usize, Failure> {
    let waiting: Vec<Order> = books.orders().all().filter(|order| !order.acknowledged).cloned().collect();
    let mut batches: Vec<&str> = waiting.iter().map(|order| order.batch.as_str()).collect();
    batches.sort_unstable();
    batches.dedup();
    for batch in batches {
        let of_batch: Vec<&Order> = waiting.iter().filter(|order| order.batch == batch).collect();
        for piece in of_batch.chunks(BATCH) {
            let ids: Vec<&str> = piece.iter().map(|order| order.id.as_str()).collect();
            let body = json!({"reference": batch, "order_ids": ids});
            let results = server.tell("sales-orders/acknowledge", &body)?;
            let heard = results.iter().zip(piece).map(|(result, order)| {
                let order_id = order.id.clone();
                match refused(result) {
                    None => OrderStep::Acknowledged { order_id },
                    Some(code) => OrderStep::Dropped { order_id, code },
                }
            });
            write(books, heard.collect())?;
        }
    }
    Ok(waiting.len())
}

/// Why an item was refused; none where it took effect now or before.
fn refused(result: &Value) -> Option<String> {
    match result["outcome"].as_str() {
        Some("done" | "already") => None,
        _ => Some(text(&result["refusal"]["code"])),
    }
}

fn make(books: &mut Books) -> Result<usize, Failure> {
    let waiting = books.orders().all().filter(|order| order.acknowledged && !order.made);
    let steps: Vec<OrderStep> = waiting.map(|order| OrderStep::Made { order_id: order.id.clone() }).collect();
    let count = steps.len();
    write(books, steps)?;
    Ok(count)
}

fn tell_made(server: &Server, books: &mut Books) -> Result<usize, Failure> {
    let waiting: Vec<Order> =
        books.orders().all().filter(|order| order.made && !order.made_told).cloned().collect();
    let item = |order: &Order| json!({"order_id": order.id, "lines": order.lines});
    let told = tell(server, books, "sales-orders/progress", &waiting, item, |order| OrderStep::MadeTold {
        order_id: order.id.clone(),
    })?;
    Ok(told)
}

/// Tells of items; what the server holds back for now, such as an order on hold, is told again later. How many took effect.
fn tell<T>(
    server: &Server,
    books: &mut Books,
    path: &str,
    waiting: &[T],
    item: impl Fn(&T) -> Value,
    heard: impl Fn(&T) -> OrderStep,
) -> Result<usize, Failure> {
    let mut count = 0;
    for piece in waiting.chunks(BATCH) {
        let items: Vec<Value> = piece.iter().map(&item).collect();
        let results = server.tell(path, &json!({"items": items}))?;
        let mut steps = Vec::new();
        for (result, told) in results.iter().zip(piece) {
            match refused(result).as_deref() {
                None => steps.push(heard(told)),
                Some("sales_order.on_hold") => {}
                Some(code) => return Err(format!("{path}: {code}").into()),
            }
        }
        count += steps.len();
        write(books, steps)?;
    }
    Ok(count)
}

/// Goods leave in two parts where that can be.
fn ship(books: &mut Books, shipped_on: NaiveDate) -> Result<usize, Failure> {
    let waiting = books.orders().all().filter(|order| order.made_told && order.shipments.is_empty());
    let mut steps = Vec::new();
    for order in waiting {
        for (part, lines) in (1..).zip(parts(&order.lines)) {
            let shipment = Shipment { external_id: format!("{}-S{part}", order.number), lines, shipped_on };
            steps.push(OrderStep::Shipped { order_id: order.id.clone(), shipment });
        }
    }
    let count = steps.len();
    write(books, steps)?;
    Ok(count)
}

/// The first half of what is counted in whole pieces, and the rest.
fn parts(lines: &[Line]) -> Vec<Vec<Line>> {
    let (mut first, mut rest) = (Vec::new(), Vec::new());
    for Line { line, quantity } in lines {
        match quantity.parse::<u64>() {
            Ok(pieces) if pieces > 1 => {
                first.push(Line { line: *line, quantity: (pieces / 2).to_string() });
                rest.push(Line { line: *line, quantity: (pieces - pieces / 2).to_string() });
            }
            _ => rest.push(Line { line: *line, quantity: quantity.clone() }),
        }
    }
    [first, rest].into_iter().filter(|part| !part.is_empty()).collect()
}

fn tell_shipments(server: &Server, books: &mut Books) -> Result<usize, Failure> {
    let untold = |order: &Order| {
        let waiting = order.shipments.iter().filter(|(_, told)| !told);
        waiting.map(|(shipment, _)| (order.id.clone(), shipment.clone())).collect::<Vec<_>>()
    };
    let waiting: Vec<(String, Shipment)> = books.orders().all().flat_map(untold).collect();
    let item = |(order_id, shipment): &(String, Shipment)| {
        json!({
            "external": {"source": SOURCE, "external_id": shipment.external_id},
            "shipment": {"order_id": order_id, "lines": shipment.lines, "shipped_on": shipment.shipped_on},
        })
    };
    tell(server, books, "shipments", &waiting, item, |(order_id, shipment)| OrderStep::ShipmentTold {
        order_id: order_id.clone(),
        external_id: shipment.external_id.clone(),
    })
}

/// Customers pay what they order in two parts, once all of it has left.
fn receive(books: &mut Books, received_on: NaiveDate) -> Result<usize, Failure> {
    let has_left =
        |order: &&Order| !order.shipments.is_empty() && order.shipments.iter().all(|(_, told)| *told);
    let waiting = books.orders().all().filter(has_left);
    let mut steps = Vec::new();
    for order in waiting.filter(|order| order.is_paid && order.receipts.is_empty()) {
        for (part, amount) in (1..).zip(halves(&order.total)) {
            let receipt = Receipt { external_id: format!("{}-R{part}", order.number), amount, received_on };
            steps.push(OrderStep::Received { order_id: order.id.clone(), receipt });
        }
    }
    let count = steps.len();
    write(books, steps)?;
    Ok(count)
}

/// An amount in two parts that come to it; the odd cent with the second. In one where it is too small.
fn halves(total: &Money) -> Vec<Money> {
    let money = |cents: u64| Money {
        amount: format!("{}.{:02}", cents / 100, cents % 100),
        currency: total.currency.clone(),
    };
    let (whole, fraction) = total.amount.split_once('.').unwrap_or((&total.amount, "0"));
    let cents =
        whole.parse::<u64>().unwrap_or(0) * 100 + format!("{fraction:0<2}").parse::<u64>().unwrap_or(0);
    match cents {
        0 => Vec::new(),
        1 => vec![money(1)],
        cents => vec![money(cents / 2), money(cents - cents / 2)],
    }
}

fn tell_receipts(server: &Server, books: &mut Books) -> Result<usize, Failure> {
    let untold = |order: &Order| {
        let waiting = order.receipts.iter().filter(|(_, told)| !told);
        waiting.map(|(receipt, _)| (order.clone(), receipt.clone())).collect::<Vec<_>>()
    };
    let waiting: Vec<(Order, Receipt)> = books.orders().all().flat_map(untold).collect();
    let item = |(order, receipt): &(Order, Receipt)| {
        json!({
            "external": {"source": SOURCE, "external_id": receipt.external_id},
            "receipt": {"customer_id": order.customer_id, "order_id": order.id, "amount": receipt.amount,
                "received_on": receipt.received_on},
        })
    };
    tell(server, books, "receipts", &waiting, item, |(order, receipt)| OrderStep::ReceiptTold {
        order_id: order.id.clone(),
        external_id: receipt.external_id.clone(),
    })
}
