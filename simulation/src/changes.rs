//! Changes of the year's budget: money moved between lines, given, taken, and drawn from the emergency fund.

use crate::{
    books::{Books, Control},
    chance::Chance,
    day::{Tie, Told},
    teller::{FIRST_DAY, Teller, money},
};
use serde_json::{Value, json};

const CHANGES: &str = "/api/v1/budget-changes";

/// What a change does to the lines where it takes effect.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Sort {
    Transfer,
    Increase,
    Cut,
    Draw,
}

/// What a change is told of.
#[derive(Debug)]
pub struct Tale {
    sort: Sort,
    /// The line that is taken from; none where money is new.
    from: Option<usize>,
    /// The line that is given to; none where money goes.
    to: Option<usize>,
    amount: i64,
    foreseen: Foreseen,
}

/// What the books say it will come to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Foreseen {
    /// A line has less than shall be taken from it.
    Refused,
    Rejected,
    Effective,
}

/// Decides what a change will be, and writes it into the books.
pub fn plan(chance: &mut Chance, books: &mut Books) -> Option<Tale> {
    let sort = match chance.number(1, 100) {
        1..=55 => Sort::Transfer,
        56..=70 => Sort::Increase,
        71..=90 => Sort::Cut,
        _ => Sort::Draw,
    };
    let amount = chance.number(50_000, 2_000_000);
    let (funds, ordinary): (Vec<usize>, Vec<usize>) =
        (0..books.lines.len()).partition(|line| books.lines[*line].control == Control::Fund);
    let from = match sort {
        Sort::Draw => funds.first().copied(),
        Sort::Increase => None,
        Sort::Transfer | Sort::Cut => chance.pick(&ordinary),
    };
    let others: Vec<usize> = ordinary.into_iter().filter(|line| Some(*line) != from).collect();
    let to = if sort == Sort::Cut { None } else { chance.pick(&others) };
    let is_short = from.is_some_and(|line| books.lines[line].balance.available() < amount);
    let foreseen = match chance.number(1, 100) {
        _ if is_short => Foreseen::Refused,
        1..=12 => Foreseen::Rejected,
        _ => Foreseen::Effective,
    };
    if foreseen == Foreseen::Effective {
        for (line, more) in [(from, -amount), (to, amount)] {
            if let Some(line) = line {
                books.lines[line].balance.allocated += more;
            }
        }
    }
    books.ended(match foreseen {
        Foreseen::Refused => "changes refused by the line",
        Foreseen::Rejected => "changes rejected",
        Foreseen::Effective => "changes effective",
    });
    Some(Tale { sort, from, to, amount, foreseen })
}

impl Tale {
    /// What its outcome hangs on.
    pub fn ties(&self) -> Vec<Tie> {
        let from = self.from.map(|line| Tie::Line(line, self.amount));
        from.into_iter().chain(self.to.map(|line| Tie::Line(line, 0))).collect()
    }

    /// Tells it.
    pub fn tell(&self, teller: &Teller) -> Told {
        let director = teller.who("director");
        let made = director.post(CHANGES, self.body(teller)).expect(201);
        let path = format!("{CHANGES}/{}", made.text("/id"));
        let refusal = (self.foreseen == Foreseen::Refused).then_some("budget_line.cut_below_use");
        let Some(approval) = teller.submit(&director, &path, &made, refusal) else {
            teller.act("director", &path, "void", json!({"reason": "余额不足"}));
            return Told::Nothing;
        };
        if self.foreseen == Foreseen::Rejected {
            teller.turn_down(&approval, "reject");
            return Told::Nothing;
        }
        teller.approve(&approval);
        assert_eq!(teller.who("gm").get(&path).expect(200).at("/status"), "effective");
        Told::Nothing
    }

    fn body(&self, teller: &Teller) -> Value {
        let mut movement = json!({"amount": money(self.amount)});
        for (member, line) in [("from_line_id", self.from), ("to_line_id", self.to)] {
            if let Some(line) = line {
                movement[member] = json!(teller.places.lines[line]);
            }
        }
        let mut body = json!({"kind": "adjustment", "fiscal_year": FIRST_DAY.0, "reason": "市场变化",
            "movements": [movement]});
        if self.sort == Sort::Draw {
            body["kind"] = json!("emergency_draw");
            (body["event"], body["event_on"]) = (json!("竞品突然降价"), json!(teller.today));
        }
        body
    }
}
