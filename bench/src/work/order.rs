//! Orders of customers: listed, and entered.

use super::{Fill, Ground, Twin, Work, customer, rereads, sends};
use crate::{
    Outcome,
    bare::{Bare, Trail, offset, on},
    company::{Company, Hands},
    copies::{Copies, Dialect, Family, copy, replaced},
    rows::{Person, Place, at, id},
};
use diesel::prelude::*;
use domain::spine::{BusinessDate, Version};
use persistence::spine::{Instant, Key};
use sales_tables::{customers, departments, employees, sales_order_lines, sales_orders};
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

const PATH: &str = "/api/v1/sales-orders?limit=50";

/// Fifty of a department.
pub const LISTED: Work = Work {
    code: "orders",
    name: "list 50 of a department's orders",
    fills: &[&customer::FILL, &FILL],
    twin: Some(|_, ground| {
        let department = Key(ground.company.department);
        Ok(Twin::read(move |bare, _| listed(bare, department)))
    }),
    script: |client, _| rereads(client, "head", PATH),
};

/// An order with two lines.
pub const CREATE: Work = Work {
    code: "order",
    name: "enter an order with 2 lines",
    fills: &[&customer::FILL, &FILL],
    twin: Some(|bare, ground| {
        let pattern = Order::of(bare, Key(ground.made("order")?))?;
        Ok(Twin::write(move |bare, number| pattern.insert(bare, number)))
    }),
    script: |client, _| {
        let made = |name: &str| client.ground.made.get(name).map(ToString::to_string).unwrap_or_default();
        let (product, customers, numbers) =
            (made("product"), client.ground.counts.customers, client.numbers.clone());
        sends(client, "staff", "/api/v1/sales-orders", move || {
            body(&customer::owned(numbers.take(), customers).to_string(), &product).to_string()
        })
    },
};

fn body(customer: &str, product: &str) -> Value {
    let line = |quantity: &str, amount: &str| {
        let price = json!({"amount": amount, "currency": "CNY"});
        json!({"product_id": product, "quantity": quantity, "price": price})
    };
    json!({"customer_id": customer, "region": "华东", "note": "加急，分两批发货",
        "lines": [line("10", "111.00"), line("3", "98.50")]})
}

/// The head of an order.
#[derive(Queryable, Selectable, Insertable, Clone)]
#[diesel(table_name = sales_orders, treat_none_as_default_value = false)]
struct Head {
    id: Key,
    number: String,
    department_id: Key,
    customer_id: Key,
    region: Option<String>,
    channel: Option<String>,
    deliver_by: Option<BusinessDate>,
    note: Option<String>,
    discount_minor: i64,
    total_minor: i64,
    kept_minor: i64,
    currency: String,
    clock: Option<String>,
    creator_id: Key,
    creator_employee_id: Option<Key>,
    submitter_id: Key,
    created_at: Instant,
    changed_at: Instant,
    status: String,
    version: Version,
    search_text: String,
}

/// A line of an order.
#[derive(Queryable, Selectable, Insertable, Clone)]
#[diesel(table_name = sales_order_lines, treat_none_as_default_value = false)]
struct Line {
    id: Key,
    order_id: Key,
    place: i32,
    product_id: Key,
    quantity: i64,
    price_minor: i64,
    tax_rate_bp: i32,
    produced: i64,
    delivered: i64,
    cancelled: i64,
}

/// What was written for one order, as a pattern for more.
struct Order {
    head: Head,
    lines: Vec<Line>,
    trail: Trail,
}

impl Order {
    fn of(bare: &mut Bare, id: Key) -> QueryResult<Self> {
        let trail = Trail::of(bare, id)?;
        on!(bare, |c| Ok(Self {
            head: sales_orders::table.filter(sales_orders::id.eq(id)).select(Head::as_select()).first(c)?,
            lines: sales_order_lines::table
                .filter(sales_order_lines::order_id.eq(id))
                .select(Line::as_select())
                .load(c)?,
            trail,
        }))
    }

    fn insert(&self, bare: &mut Bare, number: i64) -> QueryResult<()> {
        let id = offset(self.head.id, number);
        let head = Head { id, number: format!("{}-{number}", self.head.number), ..self.head.clone() };
        let line = |line: &Line| Line { id: offset(line.id, number), order_id: id, ..line.clone() };
        let lines: Vec<Line> = self.lines.iter().map(line).collect();
        on!(bare, |c| {
            diesel::insert_into(sales_orders::table).values(&head).execute(c)?;
            for line in &lines {
                diesel::insert_into(sales_order_lines::table).values(line).execute(c)?;
            }
        });
        self.trail.numbered(number, 0, id).insert(bare)
    }
}

/// What the bare engine shows of an order in a list.
#[derive(Queryable, Selectable, Serialize)]
#[diesel(table_name = sales_orders)]
struct Summary {
    #[serde(serialize_with = "id")]
    id: Key,
    number: String,
    status: String,
    total_minor: i64,
    currency: String,
    hold_kind: Option<String>,
    deliver_by: Option<BusinessDate>,
    #[serde(serialize_with = "at")]
    created_at: Instant,
    #[serde(serialize_with = "at")]
    changed_at: Instant,
    version: Version,
}

type Listed = (Summary, Place, Person, (String, String));

fn listed(bare: &mut Bare, department: Key) -> QueryResult<Vec<Listed>> {
    on!(bare, |c| sales_orders::table
        .inner_join(departments::table.on(departments::id.eq(sales_orders::department_id)))
        .inner_join(employees::table.on(employees::id.eq(sales_orders::submitter_id)))
        .inner_join(customers::table.on(customers::id.eq(sales_orders::customer_id)))
        .filter(sales_orders::department_id.eq(department))
        .order(sales_orders::id.desc())
        .limit(50)
        .select((
            Summary::as_select(),
            Place::as_select(),
            Person::as_select(),
            (customers::number, customers::name),
        ))
        .load(c))
}

/// Orders of the customers who are filled in.
pub static FILL: Fill = Fill { noun: "orders", pattern: made, fill: filled };

fn made(hands: &Hands, _: &Company) -> Outcome<Vec<(&'static str, Uuid)>> {
    let (director, staff) = (hands.who("director"), hands.who("staff"));
    let product = json!({"code": "M-300", "name_zh": "病人监护仪", "name_en": "Patient monitor",
        "category": "监护", "unit": "台", "decimals": 0, "tax_rate_bp": 1300, "sold_from": "2020-01-01"});
    let product = director.post("/api/v1/products", product).expect(201).text("/id");
    let customer = json!({"kind": "person", "name": "李娜", "phones": ["13700000000"]});
    let customer = staff.post("/api/v1/customers", customer).expect(201).text("/id");
    let order = staff.post("/api/v1/sales-orders", body(&customer, &product)).expect(201).text("/id");
    Ok(vec![("product", product.parse()?), ("order", order.parse()?)])
}

fn filled(bare: &mut Bare, ground: &Ground) -> Outcome<()> {
    let dialect = Dialect::of(bare);
    let order = dialect.key(ground.made("order")?);
    let (id, digits) = (dialect.id(Family::Orders, "n"), dialect.padded("n", 8));
    let customer = dialect.id(Family::Customers, &format!("(n % {})", ground.counts.customers.max(1)));
    let number = format!("'SO-2024-' || {digits}");
    let in_small_letters = format!("'so-2024-' || {digits}");
    let searched = [("lower(pattern.number)", in_small_letters.as_str())];
    let copies = [
        Copies {
            table: "sales_orders",
            of: format!("id = {order}"),
            only: "TRUE",
            differing: vec![
                ("id", id.clone()),
                ("number", number),
                ("customer_id", customer),
                ("department_id", "people.department".to_owned()),
                ("submitter_id", "people.employee".to_owned()),
                ("search_text", replaced("pattern.search_text", &searched)),
                ("changed_at", dialect.earlier("pattern.changed_at", "n")),
            ],
        },
        Copies {
            table: "sales_order_lines",
            of: format!("order_id = {order}"),
            only: "TRUE",
            differing: vec![
                ("id", dialect.id(Family::OrderLines, "(n * 200 + pattern.place)")),
                ("order_id", id),
            ],
        },
    ];
    copy(bare, &ground.company.people(), ground.counts.orders, &copies)
}
