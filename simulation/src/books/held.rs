//! What documents hold of budget lines from their submission on. `[BUD-4, BUD-5, EXP-4]`

use super::{Books, Control};
use chrono::NaiveDate;

/// The line of an approved request that a claim draws on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Source {
    /// Which request of the books.
    pub request: usize,
    /// Which of its lines, counted from 0.
    pub line: usize,
}

/// What a line of a document asks for.
#[derive(Clone, Copy, Debug)]
pub struct Ask {
    /// Of which budget line of the books.
    pub line: usize,
    /// How much.
    pub amount: i64,
    /// The request it draws on first.
    pub source: Option<Source>,
}

/// What a line of a document holds.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    ask: Ask,
    approved: i64,
    drawn: i64,
    over: i64,
    reserved: i64,
    /// Promised and not paid; of a request, what is left of it.
    pub committed: i64,
    spent: i64,
    granted: i64,
}

impl Part {
    /// The budget line of the books that it is charged to.
    pub const fn charged(&self) -> usize {
        self.ask.line
    }
}

/// What a document holds.
#[derive(Clone, Debug)]
pub struct Held {
    /// Line by line.
    pub parts: Vec<Part>,
}

impl Held {
    /// Whether it went beyond the budget when it was submitted, and met the special review.
    pub fn is_over_budget(&self) -> bool {
        self.parts.iter().any(|part| part.over > 0)
    }

    /// Whether it went beyond its request when it was submitted, and met the over-run step.
    pub fn is_over_run(&self) -> bool {
        self.parts.iter().any(|part| part.ask.source.is_some() && part.ask.amount > part.drawn)
    }

    /// What is promised and not paid.
    pub fn committed(&self) -> i64 {
        self.parts.iter().map(|part| part.committed).sum()
    }

    fn sources(&self) -> impl Iterator<Item = usize> + '_ {
        self.parts.iter().filter_map(|part| part.ask.source.map(|source| source.request))
    }
}

/// Where an approved request stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// Something is left.
    Open,
    /// Claims used it up: it closed itself, and opens when one gives back.
    UsedUp,
    /// Somebody closed or revoked it.
    Over,
}

/// An approved request.
#[derive(Clone, Debug)]
pub struct Request {
    /// Who asked.
    pub by: &'static str,
    /// Their department.
    pub department: &'static str,
    /// Since when.
    pub since: NaiveDate,
    /// The categories of its lines.
    pub categories: Vec<&'static str>,
    /// What it asked for in all.
    pub amount: i64,
    /// What it holds.
    pub held: Held,
    /// Where it stands.
    pub standing: Standing,
}

impl Books {
    /// A document is submitted: each line draws on its request as far as that goes, and reserves the rest.
    /// None where hard control has too little for it: then nothing has happened.
    pub fn submit(&mut self, asks: &[Ask]) -> Option<Held> {
        let before = (self.lines.clone(), self.requests.clone());
        let parts: Vec<Option<Part>> = asks.iter().map(|ask| self.reserve(*ask)).collect();
        let whole: Option<Vec<Part>> = parts.into_iter().collect();
        if whole.is_none() {
            (self.lines, self.requests) = before;
        }
        Some(Held { parts: whole? })
    }

    fn reserve(&mut self, ask: Ask) -> Option<Part> {
        let drawn = ask.source.map_or(0, |source| {
            let left = &mut self.requests[source.request].held.parts[source.line].committed;
            let drawn = ask.amount.min(*left);
            *left -= drawn;
            drawn
        });
        let line = &mut self.lines[ask.line];
        let own = ask.amount - drawn;
        let short = (own - line.balance.available()).max(0);
        let (over, granted) = match line.control {
            Control::Hard | Control::Fund if short > 0 => return None,
            Control::Warn => (0, short),
            _ => (short, 0),
        };
        line.balance.grant(granted);
        let reserved = own - over;
        line.balance.reserved += reserved;
        Some(Part { ask, approved: 0, drawn, over, reserved, committed: drawn, spent: 0, granted })
    }

    /// It is approved: so much of each line is promised, the rest is free again, and what the special review
    /// let pass is given to the line. A request of which nothing is left closes itself.
    pub fn approve(&mut self, held: &mut Held, approved: &[i64]) {
        for (part, approved) in held.parts.iter_mut().zip(approved) {
            part.approved = *approved;
            let kept = part.drawn.min(*approved);
            self.give_back(part, part.drawn - kept);
            let own = approved - kept;
            let excess = (part.reserved - own).max(0);
            self.lines[part.ask.line].balance.reserved -= part.reserved;
            part.reserved = 0;
            self.take_back(part, excess);
            let balance = &mut self.lines[part.ask.line].balance;
            let short = (own - balance.available()).max(0);
            balance.grant(short);
            balance.committed += own;
            part.granted += short;
            part.committed += own;
        }
        for request in held.sources() {
            self.requests[request].close_if_used_up();
        }
    }

    /// It came to nothing, or needs no more: what it holds and has not spent is free again.
    pub fn release(&mut self, held: &mut Held) {
        for part in &mut held.parts {
            self.give_back(part, part.drawn.min(part.committed));
            let balance = &mut self.lines[part.ask.line].balance;
            balance.reserved -= part.reserved;
            balance.committed -= part.committed;
            let freed = part.reserved + part.committed;
            (part.reserved, part.committed) = (0, 0);
            self.take_back(part, freed);
        }
    }

    /// So much of it is paid in all, the first line first.
    pub fn spend(&mut self, held: &mut Held, paid: i64) {
        let mut left = paid;
        for part in &mut held.parts {
            let of_this = left.min(part.approved);
            left -= of_this;
            let more = of_this - part.spent;
            part.spent += more;
            part.committed -= more;
            let balance = &mut self.lines[part.ask.line].balance;
            balance.spent += more;
            balance.committed -= more;
        }
    }

    /// It is undone: what it spent and holds returns to the lines, and what it drew to its request.
    pub fn reverse(&mut self, held: &mut Held) {
        for part in &mut held.parts {
            let balance = &mut self.lines[part.ask.line].balance;
            balance.committed -= part.committed;
            balance.spent -= part.spent;
            let freed = part.committed + part.spent;
            (part.committed, part.spent) = (0, 0);
            self.return_to(part.ask.source, part.drawn);
            let own = freed - part.drawn;
            part.drawn = 0;
            self.take_back(part, own);
        }
    }

    /// Somebody closes or revokes a request: what is left of it is free again.
    pub fn end(&mut self, request: usize) {
        let mut held = self.requests[request].held.clone();
        self.release(&mut held);
        let request = &mut self.requests[request];
        (request.held, request.standing) = (held, Standing::Over);
    }

    /// Gives part of what was drawn back to the request.
    fn give_back(&mut self, part: &mut Part, amount: i64) {
        part.drawn -= amount;
        part.committed -= amount;
        self.lines[part.ask.line].balance.committed -= amount;
        self.return_to(part.ask.source, amount);
    }

    /// What was drawn comes back to its request. One that is over lets it go, and with it what it was granted
    /// beyond the budget.
    fn return_to(&mut self, source: Option<Source>, amount: i64) {
        let Some(source) = source.filter(|_| amount > 0) else { return };
        let request = &mut self.requests[source.request];
        let mut part = request.held.parts[source.line];
        if request.standing == Standing::Over {
            self.take_back(&mut part, amount);
        } else {
            request.standing = Standing::Open;
            part.committed += amount;
            self.lines[part.ask.line].balance.committed += amount;
        }
        self.requests[source.request].held.parts[source.line] = part;
    }

    /// What was granted beyond the budget goes first where something is free again.
    fn take_back(&mut self, part: &mut Part, freed: i64) {
        let back = part.granted.min(freed);
        part.granted -= back;
        self.lines[part.ask.line].balance.grant(-back);
    }
}

impl Request {
    fn close_if_used_up(&mut self) {
        if self.standing == Standing::Open && self.held.committed() == 0 {
            self.standing = Standing::UsedUp;
        }
    }
}
