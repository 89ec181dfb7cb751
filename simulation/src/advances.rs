//! Cash advances and their fates: paid out, settled by claims, paid back; whoever owes an overdue one gets no
//! other.

use crate::{
    books::{Advance, Books},
    chance::Chance,
    day::{Deed, Tie, Told},
    people,
    teller::{Teller, fen, money},
};
use chrono::{Days, NaiveDate};
use serde_json::{Value, json};

const ADVANCES: &str = "/api/v1/cash-advances";

/// What an advance is told of.
#[derive(Debug)]
pub struct Tale {
    by: &'static str,
    amount: i64,
    settle_on: NaiveDate,
    fate: Fate,
}

/// What becomes of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Fate {
    /// Something overdue is owed.
    Blocked,
    Rejected,
    Withdrawn,
    /// Approved, and taken back before it is paid out.
    Revoked,
    /// As which of the advances in the books.
    PaidOut(usize),
}

/// Decides what an advance will be, and writes it into the books.
pub fn plan(chance: &mut Chance, books: &mut Books, today: NaiveDate) -> Option<Tale> {
    let by = chance.pick(&people::ASKERS)?;
    let amount = chance.number(50_000, 300_000);
    let settle_on = today.checked_add_days(Days::new(chance.number(3, 14).unsigned_abs()))?;
    let (fate, how) = match chance.number(1, 100) {
        _ if books.owes_overdue(by, today) => (Fate::Blocked, "advances blocked by an overdue one"),
        1..=6 => (Fate::Rejected, "advances rejected"),
        7..=10 => (Fate::Withdrawn, "advances withdrawn and voided"),
        11..=14 => (Fate::Revoked, "advances revoked"),
        _ => (Fate::PaidOut(books.advances.len()), "advances paid out"),
    };
    books.ended(how);
    if matches!(fate, Fate::PaidOut(_)) {
        books.advances.push(Advance { by, since: today, settle_on, amount, settled: 0, repaid: 0 });
    }
    Some(Tale { by, amount, settle_on, fate })
}

impl Tale {
    /// What its outcome hangs on.
    pub fn ties(&self) -> Vec<Tie> {
        vec![Tie::Advances(self.by)]
    }

    /// Tells it.
    pub fn tell(&self, teller: &Teller) -> Told {
        let by = teller.who(self.by);
        let body =
            json!({"amount": money(self.amount), "purpose": "展会现场费用", "settle_on": self.settle_on});
        let made = by.post(ADVANCES, body).expect(201);
        let path = format!("{ADVANCES}/{}", made.text("/id"));
        let refusal = (self.fate == Fate::Blocked).then_some("cash_advance.overdue_blocks");
        let Some(approval) = teller.submit(&by, &path, &made, refusal) else {
            teller.act(self.by, &path, "void", json!({"reason": "先核销"}));
            return Told::Nothing;
        };
        match self.fate {
            Fate::Rejected => teller.turn_down(&approval, "reject"),
            Fate::Withdrawn => teller.take_back(self.by, &path),
            _ => drop(teller.approve(&approval)),
        }
        match self.fate {
            Fate::Revoked => teller.act(self.by, &path, "revoke", json!({"reason": "展会取消"})),
            Fate::PaidOut(advance) => {
                let body = json!({"reference": format!("PAY-{advance}"), "paid_on": teller.today});
                teller.act("qian", &path, "confirm-payout", body);
                return Told::Advance { advance, place: path };
            }
            _ => {}
        }
        Told::Nothing
    }
}

/// Who pays back tonight: from the day on that an advance is to be settled, rather all of it; before, a part.
pub fn evening(chance: &mut Chance, books: &mut Books, today: NaiveDate) -> Vec<Deed> {
    let mut deeds = Vec::new();
    for (advance, of) in books.advances.iter_mut().enumerate() {
        let outstanding = of.outstanding();
        if outstanding == 0 {
            continue;
        }
        let amount = match (of.settle_on <= today, chance.number(1, 100)) {
            (true, 1..=20) => outstanding,
            (false, 1..=5) => (outstanding / 2).max(1),
            _ => continue,
        };
        of.repaid += amount;
        deeds.push(Deed::Repay { advance, amount });
    }
    for _ in &deeds {
        books.became("advances paid back, in part or whole");
    }
    deeds
}

/// What is outstanding of every advance that was paid out and is not settled, by its place, as the server
/// lists them.
pub fn outstanding(teller: &Teller) -> Vec<(String, i64)> {
    let list = teller.list("qian", &format!("{ADVANCES}?status=approved"));
    let place = |advance: &Value| format!("{ADVANCES}/{}", advance["id"].as_str().unwrap_or_default());
    let owed = list.iter().map(|advance| (place(advance), fen(&advance["outstanding"])));
    owed.filter(|(_, owed)| *owed > 0).collect()
}
