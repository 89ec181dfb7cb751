//! Absences and who stands in. Approvals, duties and receptions ask [`stand_in_for`]. `[ORG-3, APR-9]`

use super::label::{check_date, check_line};
use super::{
    ABSENCE_CANCELLED, ABSENCE_CHANGED, ABSENCE_IS_CANCELLED, ABSENCE_OVERLAPS, ABSENCE_REGISTERED, Employee,
    PERIOD_REVERSED, STAND_IN_IS_SELF, STAND_IN_LOOP, STAND_IN_UNAVAILABLE,
};
use crate::spine::{self, BusinessDate, Change, Citation, Entity, Findings, Id, Refusal, Timestamp, Version};
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeSet;
use uuid::Uuid;

/// A period in which somebody stands in for somebody.
#[derive(Clone, Debug, Serialize)]
pub struct Absence {
    /// Identity.
    pub id: Id<Self>,
    /// Who is away.
    pub employee: Id<spine::Employee>,
    /// Who stands in.
    pub stand_in: Id<spine::Employee>,
    /// The first day.
    pub from: BusinessDate,
    /// The last day, included.
    pub until: BusinessDate,
    /// Why, up to 200 characters.
    pub reason: String,
    /// When it was cancelled.
    pub cancelled_at: Option<Timestamp>,
    /// Counts the states.
    pub version: Version,
}

impl Entity for Absence {
    const KIND: &'static str = "absence";
    fn uuid(&self) -> Uuid {
        self.id.uuid()
    }
    fn version(&self) -> Version {
        self.version
    }
    fn version_mut(&mut self) -> &mut Version {
        &mut self.version
    }
}

impl Absence {
    /// Registers it. `others` are all absences, of anybody, that share a day with the period.
    ///
    /// # Errors
    /// A reversed period, an absence of the same person on a shared day, a stand-in who is the absent
    /// person, is not employed throughout, or leads back to the absent person. `[ORG-3]`
    pub fn register(self, stand_in: &Employee, others: &[Self]) -> Result<Change<Self>, Refusal> {
        self.check(stand_in, others)?;
        let facts = json!({"employee_id": self.employee, "stand_in_id": self.stand_in,
            "from": self.from, "until": self.until});
        Ok(Change::created(Self { cancelled_at: None, ..self }, ABSENCE_REGISTERED, facts))
    }

    /// Gives it another period, stand-in or reason.
    ///
    /// # Errors
    /// As [`Absence::register`]; a cancelled one does not change.
    pub fn change(
        self,
        period: (BusinessDate, BusinessDate),
        stand_in: &Employee,
        reason: String,
        others: &[Self],
    ) -> Result<Change<Self>, Refusal> {
        self.ensure_live()?;
        let (from, until) = period;
        let after = Self { from, until, stand_in: stand_in.id, reason, ..self.clone() };
        after.check(stand_in, others)?;
        let facts = json!({"employee_id": self.employee, "stand_in_id": after.stand_in,
            "from": from, "until": until});
        Ok(Change::updated(self, after, ABSENCE_CHANGED, facts))
    }

    /// Cancels it.
    ///
    /// # Errors
    /// One that was cancelled already.
    pub fn cancel(self, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.ensure_live()?;
        let facts = json!({"employee_id": self.employee, "stand_in_id": self.stand_in});
        let after = Self { cancelled_at: Some(now), ..self.clone() };
        Ok(Change::updated(self, after, ABSENCE_CANCELLED, facts))
    }

    /// Whether it holds on a day.
    pub fn holds_on(&self, day: BusinessDate) -> bool {
        self.cancelled_at.is_none() && self.from <= day && day <= self.until
    }

    fn ensure_live(&self) -> Result<(), Refusal> {
        match self.cancelled_at {
            None => Ok(()),
            Some(_) => Err(Refusal::new(ABSENCE_IS_CANCELLED).citing(Citation::rule("ORG-3"))),
        }
    }

    fn check(&self, stand_in: &Employee, others: &[Self]) -> Result<(), Refusal> {
        let mut findings = Findings::new();
        check_date(&mut findings, "/from", self.from);
        check_date(&mut findings, "/until", self.until);
        check_line(&mut findings, "/reason", &self.reason, 0..=200);
        if self.until < self.from {
            findings.add("/until", PERIOD_REVERSED);
        }
        if self.stand_in == self.employee {
            findings.add("/stand_in_id", STAND_IN_IS_SELF);
        }
        findings.into_result()?;
        if !stand_in.is_employed_throughout(self.from, self.until) {
            return Err(rule(STAND_IN_UNAVAILABLE).at("/stand_in_id"));
        }
        let live = |other: &&Self| other.id != self.id && other.cancelled_at.is_none();
        let overlapping: Vec<&Self> = others
            .iter()
            .filter(live)
            .filter(|other| other.from <= self.until && self.from <= other.until)
            .collect();
        if let Some(other) = overlapping.iter().find(|other| other.employee == self.employee) {
            return Err(rule(ABSENCE_OVERLAPS)
                .with("from", other.from.to_string())
                .with("until", other.until.to_string())
                .at("/from"));
        }
        // The line of stand-ins changes only where an absence begins: those days suffice.
        let days: BTreeSet<_> =
            overlapping.iter().map(|other| other.from.max(self.from)).chain([self.from]).collect();
        let leads_back = |day: &BusinessDate| {
            let others = overlapping.iter().copied();
            line_of_stand_ins(self.stand_in, *day, others).contains(&self.employee)
        };
        if days.iter().any(leads_back) {
            return Err(rule(STAND_IN_LOOP).at("/stand_in_id"));
        }
        Ok(())
    }
}

fn rule(code: &'static spine::RefusalCode) -> Refusal {
    Refusal::new(code).citing(Citation::rule("ORG-3"))
}

/// The stand-ins of somebody, then of the stand-in and so on, until somebody is present or it repeats.
fn line_of_stand_ins<'a>(
    employee: Id<spine::Employee>,
    day: BusinessDate,
    absences: impl Iterator<Item = &'a Absence> + Clone,
) -> Vec<Id<spine::Employee>> {
    let mut line = Vec::new();
    let mut current = employee;
    while let Some(absence) = absences.clone().find(|a| a.employee == current && a.holds_on(day)) {
        if absence.stand_in == employee || line.contains(&absence.stand_in) {
            line.push(absence.stand_in);
            break;
        }
        line.push(absence.stand_in);
        current = absence.stand_in;
    }
    line
}

/// Who acts for somebody on a day.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum StandIn {
    /// They are present themselves.
    Present,
    /// These stand in, one for the other; the last is present.
    By(Vec<Id<spine::Employee>>),
    /// The line leads in a circle or is longer than allowed: nobody can be named.
    Nobody,
}

/// Finds who acts for an employee on a day, over at most `depth` stand-ins. `[APR-9]`
pub fn stand_in_for(
    employee: Id<spine::Employee>,
    day: BusinessDate,
    absences: &[Absence],
    depth: usize,
) -> StandIn {
    let line = line_of_stand_ins(employee, day, absences.iter());
    let Some(last) = line.last().copied() else { return StandIn::Present };
    let is_circle = last == employee || line.iter().filter(|id| **id == last).count() > 1;
    if is_circle || line.len() > depth { StandIn::Nobody } else { StandIn::By(line) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::organisation::Hire;

    fn day(n: u32) -> BusinessDate {
        BusinessDate::from_ymd_opt(2026, 1, n).expect("a day")
    }
    fn who(n: u128) -> Id<spine::Employee> {
        Id::from_uuid(Uuid::from_u128(n))
    }
    fn employee(n: u128) -> Employee {
        let hire = Hire {
            number: format!("E{n}"),
            name: "王强".into(),
            joined_on: day(1),
            department: Id::from_uuid(Uuid::from_u128(99)),
            position: None,
            superior: None,
        };
        Employee::hire(who(n), hire).expect("no refusal").into_after()
    }
    fn away(id: u128, employee: u128, stand_in: u128, from: u32, until: u32) -> Absence {
        Absence {
            id: Id::from_uuid(Uuid::from_u128(1000 + id)),
            employee: who(employee),
            stand_in: who(stand_in),
            from: day(from),
            until: day(until),
            reason: String::new(),
            cancelled_at: None,
            version: 1,
        }
    }

    #[test]
    fn the_line_of_stand_ins_ends_with_somebody_present() {
        let absences = [away(1, 1, 2, 5, 10), away(2, 2, 3, 8, 9)];
        assert_eq!(stand_in_for(who(1), day(4), &absences, 3), StandIn::Present);
        assert_eq!(stand_in_for(who(1), day(5), &absences, 3), StandIn::By(vec![who(2)]));
        assert_eq!(stand_in_for(who(1), day(8), &absences, 3), StandIn::By(vec![who(2), who(3)]));
        assert_eq!(stand_in_for(who(1), day(8), &absences, 1), StandIn::Nobody);
    }

    #[test]
    fn a_circle_names_nobody() {
        let absences = [away(1, 1, 2, 5, 10), away(2, 2, 3, 5, 10), away(3, 3, 2, 5, 10)];
        assert_eq!(stand_in_for(who(1), day(6), &absences, 9), StandIn::Nobody);
        assert_eq!(stand_in_for(who(2), day(6), &absences, 9), StandIn::Nobody);
    }

    #[test]
    fn a_stand_in_never_leads_back() {
        let others = [away(1, 2, 3, 8, 9), away(2, 3, 1, 9, 20)];
        let refused = away(3, 1, 2, 5, 10).register(&employee(2), &others).unwrap_err();
        assert_eq!(refused.code, STAND_IN_LOOP);
        assert!(away(3, 1, 2, 5, 8).register(&employee(2), &others).is_ok(), "the loop closes on the 9th");
    }

    #[test]
    fn one_absence_a_day_and_a_stand_in_who_is_here() {
        let others = [away(1, 1, 3, 8, 9)];
        let refused = away(2, 1, 2, 9, 12).register(&employee(2), &others).unwrap_err();
        assert_eq!(refused.code, ABSENCE_OVERLAPS);
        let leaver = employee(2).leave(day(20), day(2)).expect("no refusal").into_after();
        let refused = away(2, 1, 2, 10, 20).register(&leaver, &others).unwrap_err();
        assert_eq!(refused.code, STAND_IN_UNAVAILABLE);
        let registered = away(2, 1, 2, 10, 19).register(&leaver, &others).expect("no refusal").into_after();
        let now = Timestamp::from_micros(0).expect("an instant");
        let cancelled = registered.cancel(now).expect("no refusal").into_after();
        assert!(!cancelled.holds_on(day(10)));
        assert_eq!(cancelled.cancel(now).unwrap_err().code, ABSENCE_IS_CANCELLED);
    }

    #[test]
    fn all_faults_are_named() {
        let refused = away(1, 1, 1, 9, 8).register(&employee(1), &[]).unwrap_err();
        let codes: Vec<_> = refused.findings.iter().map(|finding| finding.code.code).collect();
        assert_eq!(codes, [PERIOD_REVERSED.code, STAND_IN_IS_SELF.code]);
    }
}
