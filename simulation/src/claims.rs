//! Claims and their fates: direct ones, and such on a request, in part until it is used up, or beyond it;
//! some settle an advance of whoever claims.

use crate::{
    books::{Ask, Books, Claim, Request, Source, Spending, Standing},
    chance::Chance,
    day::{Tie, Told},
    people,
    teller::{Teller, fen, money},
};
use chrono::{Datelike, NaiveDate};
use serde_json::{Value, json};

const CLAIMS: &str = "/api/v1/expense-claims";

/// The place of a claim.
pub fn place(id: &str) -> String {
    format!("{CLAIMS}/{id}")
}

/// What a claim is told of.
#[derive(Debug)]
pub struct Tale {
    by: &'static str,
    lines: Vec<Line>,
    /// The request it draws on.
    request: Option<usize>,
    /// The advance it names, and how much of it.
    settling: Option<(usize, i64)>,
    asks: Vec<Ask>,
    fate: Fate,
    foreseen: Foreseen,
}

#[derive(Debug)]
struct Line {
    category: &'static str,
    claimed: i64,
    invoice: String,
    /// The line of the request, counted from 0.
    source: Option<usize>,
}

/// What becomes of it, where the budget lets it pass.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Fate {
    Rejected,
    Withdrawn,
    /// Sent back once, then approved.
    Returned,
    /// Approved, of the first line less.
    Cut,
    Approved,
}

/// What the books say it will come to.
#[derive(Debug)]
enum Foreseen {
    Refused,
    Nothing,
    Approved { claim: Box<Claim>, steps: Steps },
}

/// Which extra steps it meets.
#[derive(Clone, Copy, Debug)]
struct Steps {
    over_budget: bool,
    over_run: bool,
}

/// Decides what a claim will be, and writes it into the books.
pub fn plan(chance: &mut Chance, books: &mut Books, today: NaiveDate) -> Option<Tale> {
    let by = chance.pick(&people::CLAIMANTS)?;
    let department = people::department_of(by);
    let drawn_on = open_requests(books, department, today);
    let request = if chance.happens(35) { chance.pick(&drawn_on) } else { None };
    let lines = match request {
        Some(request) => lines_on(chance, books, request),
        None => (0..chance.number(1, 3)).map(|_| direct_line(chance, books)).collect(),
    };
    let asks = asks(books, &lines, request, department, today.month())?;
    let settling = settling(chance, books, by, lines.iter().map(|line| line.claimed).sum(), today);
    let fate = match chance.number(1, 100) {
        1..=5 => Fate::Rejected,
        6..=9 => Fate::Withdrawn,
        10..=13 => Fate::Returned,
        14..=19 => Fate::Cut,
        _ => Fate::Approved,
    };
    let foreseen = foresee(books, department, &lines, (&asks, request.is_some()), settling, fate);
    Some(Tale { by, lines, request, settling, asks, fate, foreseen })
}

/// The requests of a department that something is left of, approved before today.
fn open_requests(books: &Books, department: &str, today: NaiveDate) -> Vec<usize> {
    let fits = |request: &Request| {
        request.standing == Standing::Open && request.department == department && request.since < today
    };
    let all = books.requests.iter().enumerate();
    all.filter(|(_, request)| fits(request)).map(|(index, _)| index).collect()
}

fn direct_line(chance: &mut Chance, books: &mut Books) -> Line {
    let category = match chance.number(1, 100) {
        1..=34 => "entertainment.travel",
        35..=68 => "promotion.publicity",
        69..=92 => "entertainment.meeting",
        _ => "other.training",
    };
    Line { category, claimed: chance.number(10_000, 160_000), invoice: books.invoice_number(), source: None }
}

/// Lines on a request: of each line that something is left of all, a part, or more than that.
fn lines_on(chance: &mut Chance, books: &mut Books, request: usize) -> Vec<Line> {
    let of = &books.requests[request];
    let left: Vec<(usize, &'static str, i64)> = (0..)
        .zip(of.categories.iter().zip(&of.held.parts))
        .filter(|(_, (_, part))| part.committed > 0)
        .map(|(index, (category, part))| (index, *category, part.committed))
        .collect();
    let line = |(index, category, left): (usize, &'static str, i64)| {
        let claimed = match chance.number(1, 100) {
            1..=35 => left,
            36..=80 => chance.number(left / 4, left * 3 / 4).max(1),
            _ => left + chance.number(1_000, 50_000),
        };
        Line { category, claimed, invoice: books.invoice_number(), source: Some(index) }
    };
    left.into_iter().map(line).collect()
}

fn asks(
    books: &Books,
    lines: &[Line],
    request: Option<usize>,
    department: &str,
    month: u32,
) -> Option<Vec<Ask>> {
    let ask = |line: &Line| {
        let source = request.zip(line.source).map(|(request, line)| Source { request, line });
        let charged = match source {
            Some(source) => Some(books.requests[source.request].held.parts[source.line].charged()),
            None => books.charged(department, line.category, month),
        };
        Some(Ask { line: charged?, amount: line.claimed, source })
    };
    lines.iter().map(ask).collect()
}

/// Now and then a claim settles what its beneficiary got in advance.
fn settling(
    chance: &mut Chance,
    books: &Books,
    by: &str,
    claimed: i64,
    today: NaiveDate,
) -> Option<(usize, i64)> {
    let owed = books
        .advances
        .iter()
        .enumerate()
        .filter(|(_, advance)| advance.by == by && advance.since < today && advance.outstanding() > 0);
    let (index, outstanding) = owed.map(|(index, advance)| (index, advance.outstanding())).next()?;
    chance.happens(60).then(|| (index, outstanding.min(claimed)))
}

fn foresee(
    books: &mut Books,
    department: &'static str,
    lines: &[Line],
    (asks, on_request): (&[Ask], bool),
    settling: Option<(usize, i64)>,
    fate: Fate,
) -> Foreseen {
    let Some(mut held) = books.submit(asks) else {
        books.ended("refused by the budget");
        return Foreseen::Refused;
    };
    let steps = Steps { over_budget: held.is_over_budget(), over_run: held.is_over_run() };
    if matches!(fate, Fate::Rejected | Fate::Withdrawn) {
        books.release(&mut held);
        books.ended(if fate == Fate::Rejected { "rejected" } else { "withdrawn and voided" });
        return Foreseen::Nothing;
    }
    let granted = |(index, line): (usize, &Line)| Spending {
        category: line.category,
        approved: if index == 0 && fate == Fate::Cut { cut(line.claimed) } else { line.claimed },
    };
    let lines: Vec<Spending> = lines.iter().enumerate().map(granted).collect();
    let approved: Vec<i64> = lines.iter().map(|line| line.approved).collect();
    books.approve(&mut held, &approved);
    let settles = settling.map(|(advance, named)| (advance, named.min(approved.iter().sum())));
    if let Some((advance, amount)) = settles {
        books.advances[advance].settled += amount;
        books.became("settled an advance");
    }
    books.ended(match (on_request, steps.over_run) {
        (false, _) => "approved",
        (true, false) => "approved on a request",
        (true, true) => "approved beyond a request",
    });
    let claim = Claim { department, lines, held, settles };
    Foreseen::Approved { claim: Box::new(claim), steps }
}

/// What is granted of a line that is cut.
const fn cut(claimed: i64) -> i64 {
    claimed * 7 / 10
}

impl Tale {
    /// What its outcome hangs on.
    pub fn ties(&self) -> Vec<Tie> {
        let lines = self.asks.iter().map(|ask| Tie::Line(ask.line, ask.amount));
        let request = self.request.map(Tie::Request);
        let advances = self.settling.map(|_| Tie::Advances(self.by));
        lines.chain(request).chain(advances).collect()
    }

    /// Tells it.
    pub fn tell(&self, teller: &Teller) -> Told {
        let by = teller.who(self.by);
        let made = by.post(CLAIMS, self.body(teller)).expect(201);
        let path = place(&made.text("/id"));
        let refusal = matches!(self.foreseen, Foreseen::Refused).then_some("budget_line.exhausted");
        let Some(approval) = teller.submit(&by, &path, &made, refusal) else { return Told::Nothing };
        match self.fate {
            Fate::Rejected => teller.turn_down(&approval, "reject"),
            Fate::Withdrawn => teller.take_back(self.by, &path),
            Fate::Returned => teller.send_round(&by, &path, &approval),
            Fate::Cut => self.reduce(teller, &path, &approval),
            Fate::Approved => {}
        }
        match &self.foreseen {
            Foreseen::Approved { claim, steps } => {
                let met = teller.approve(&approval);
                assert_eq!(met.contains("special-review"), steps.over_budget, "{path}: {self:?}");
                assert_eq!(met.contains("over-run"), steps.over_run, "{path}: {self:?}");
                approved(teller, &path, claim)
            }
            _ => Told::Nothing,
        }
    }

    fn body(&self, teller: &Teller) -> Value {
        let lines: Vec<Value> = self.lines.iter().map(|line| line.body(teller.today)).collect();
        let request = self.request.map(|request| teller.places.id_of_request(request));
        let settled = |(advance, amount): (usize, i64)| {
            let id = teller.places.id_of_advance(advance);
            json!({"advance_id": id, "amount": money(amount)})
        };
        let advances: Vec<Value> = self.settling.into_iter().map(settled).collect();
        json!({"details": details(), "lines": lines, "request_id": request, "advances": advances})
    }

    /// The first approver grants less on the first line.
    fn reduce(&self, teller: &Teller, path: &str, approval: &str) {
        let by = teller.asked(&teller.who("gm").get(&format!("/api/v1/approvals/{approval}")).json());
        let version = teller.who("gm").get(path).expect(200).version();
        let granted = self.lines.first().map_or(0, |line| cut(line.claimed));
        let body = json!({"lines": [{"line": 1, "approved": money(granted), "reason": "超标准"}]});
        teller.who(by).at(version).post(&format!("{path}/reduce"), body).expect(200);
    }
}

/// The claim has come to what the books foresaw.
fn approved(teller: &Teller, path: &str, claim: &Claim) -> Told {
    let shown = teller.who("gm").get(path).expect(200).json();
    assert_eq!(shown["status"], "approved", "{shown}");
    assert_eq!(fen(&shown["payable"]), claim.payable(), "{shown}");
    let text = |member: &str| shown[member].as_str().unwrap_or_default().to_owned();
    Told::Claim { claim: Box::new(claim.clone()), id: text("id"), number: text("number") }
}

impl Line {
    fn body(&self, today: NaiveDate) -> Value {
        let (total, is_taxed) = (self.claimed, self.category != "entertainment.meeting");
        let tax = if is_taxed { total * 6 / 106 } else { 0 };
        let kind = if is_taxed { "fully_digital_special" } else { "fully_digital_general" };
        json!({
            "category": self.category, "description": "费用", "occurred_on": today, "claimed": money(total),
            "request_line": self.source.map(|line| line + 1),
            "invoices": [{
                "kind": kind, "number": self.invoice, "issued_on": today,
                "seller": {"name": "杭州云栖酒店有限公司", "tax_number": "91330100799655058B"},
                "buyer": {"name": "杭州云杉营销服务有限公司", "tax_number": "91330106MA2XYQNL8A"},
                "net": money(total - tax), "tax": money(tax), "total": money(total)
            }]
        })
    }
}

/// What every category asks for.
pub fn details() -> Value {
    json!({"background": "年度计划", "purpose": "拜访客户", "participants": "销售团队",
        "expected_effect": "签订意向", "route": "杭州—上海", "days": 2})
}
