//! An entry is proposed: by a rule, or by a person. `[INC-2, INC-2a]`

use super::{
    ALREADY_ENTERED, ENTRY_PROPOSED, IncentiveAmount, IncentiveEntry, IncentiveStatus, Incident, NOT_A_MONTH,
    NOT_YET_HAPPENED, OWN_ENTRY, refused,
};
use crate::{
    file::File,
    spine::{
        Actor, BusinessDate, Change, Citation, DepartmentId, EmployeeId, Explanation, Findings, Id, Refusal,
        Timestamp, wording,
    },
    working_time::{Period, Span},
};
use serde_json::json;

/// A cap of the month, and what of it is used up already by penalties of the same kind.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cap {
    /// The cap, without a sign.
    pub cap: i64,
    /// What penalties of the month have taken, without a sign.
    pub taken: i64,
    /// What sets it.
    pub citation: Citation,
}

/// What an entry is proposed with.
#[derive(Clone, Debug)]
pub struct NewEntry {
    /// Identity.
    pub id: Id<IncentiveEntry>,
    /// The number, from the counter of its year.
    pub number: String,
    /// Whom it concerns.
    pub employee: EmployeeId,
    /// Where they work.
    pub department: DepartmentId,
    /// What it is made for.
    pub incident: Incident,
    /// What is granted or taken, before any cap.
    pub amount: IncentiveAmount,
    /// The month it counts in: see [`month_of`](super::month::month_of).
    pub month: Period,
    /// What for, in words.
    pub grounds: String,
    /// Evidence.
    pub evidence: Vec<Id<File>>,
    /// The rule and clause it rests on.
    pub citation: Citation,
}

impl IncentiveEntry {
    /// Proposes an entry; `existing` is the one its incident has, if any. By nobody: by rule, with why. A
    /// penalty is cut to what the caps of its month leave, perhaps to nothing; that is kept too, for the
    /// incident has its entry.
    ///
    /// # Errors
    /// `incentive_entry.already_entered`; `incentive_entry.own` of somebody who proposes for themselves; an
    /// amount, grounds, day or month that are not well formed, all of them named.
    pub fn propose(
        new: NewEntry,
        existing: Option<&Self>,
        caps: &[Cap],
        by: Option<&Actor>,
        why: Option<Explanation>,
        (now, today): (Timestamp, BusinessDate),
    ) -> Result<Change<Self>, Refusal> {
        let NewEntry {
            id,
            number,
            employee,
            department,
            incident,
            amount,
            month,
            grounds,
            evidence,
            citation,
        } = new;
        if let Some(entered) = existing.filter(|entry| entry.holds_incident()) {
            return Err(refused(ALREADY_ENTERED).with("number", entered.number.as_str()));
        }
        if by.is_some_and(|by| by.is(employee)) {
            return Err(refused(OWN_ENTRY));
        }
        check(&incident, &amount, &grounds, month, today)?;
        let (charged, cut) = capped(&amount, caps);
        let facts = json!({
            "number": number, "employee_id": employee, "incident": incident.kind.code(), "on": incident.on,
            "month": month, "amount": charged,
        });
        let entry = Self {
            id,
            number,
            employee,
            department,
            incident,
            amount: charged,
            uncapped: amount,
            month,
            grounds,
            evidence,
            citation,
            proposed_by: by.map(|by| by.user),
            proposed_at: now,
            counters: None,
            status: IncentiveStatus::Proposed {},
            submission: None,
            version: 0,
        };
        Ok(Change::created(entry, ENTRY_PROPOSED, facts).explained(why.into_iter().chain(cut)))
    }
}

fn check(
    incident: &Incident,
    amount: &IncentiveAmount,
    grounds: &str,
    month: Period,
    today: BusinessDate,
) -> Result<(), Refusal> {
    let mut findings = Findings::new();
    if incident.on > today {
        findings.add("/happened_on", NOT_YET_HAPPENED);
    }
    amount.check(&mut findings, "/amount");
    wording::check(&mut findings, "/grounds", grounds, 2_000);
    if month.span() != Span::Month {
        findings.add("/month", NOT_A_MONTH);
    }
    findings.into_result()
}

/// What the caps leave of an amount, and why it was cut, if it was.
fn capped(amount: &IncentiveAmount, caps: &[Cap]) -> (IncentiveAmount, Vec<Explanation>) {
    caps.iter().fold((amount.clone(), Vec::new()), |(left, mut cut), cap| {
        let after = left.capped(Some(cap.cap), cap.taken);
        if after != left {
            let facts = json!({"cap": cap.cap, "taken": cap.taken, "amount": left, "left": after});
            cut.push(Explanation::new("penalty_capped", cap.citation.clone(), facts));
        }
        (after, cut)
    })
}
