//! Employees: they join, are moved and leave by date. `[ORG-1, ORG-4]`

use super::label::{check_code, check_date, check_line};
use super::{
    EMPLOYEE_CHANGED, EMPLOYEE_HIRED, EMPLOYEE_LEAVING, EMPLOYEE_LEFT, EMPLOYEE_MOVED, EMPLOYEE_STAYS,
    Employment, LEAVES_BEFORE_JOINING, MOVE_AFTER_LEAVING, MOVE_BEFORE_LATEST, NOT_LEAVING, Position,
    SUPERIOR_LOOP, SuperiorLines,
};
use crate::spine::{self, BusinessDate, Change, Citation, Entity, Findings, Id, Refusal, Version};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

/// Where somebody works, as what and for whom, from a day on until the next placement.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Placement {
    /// The first day it holds.
    pub from: BusinessDate,
    /// The department.
    pub department: Id<spine::Department>,
    /// The position, where one is held.
    pub position: Option<Id<Position>>,
    /// The superior; none at the very top.
    pub superior: Option<Id<spine::Employee>>,
}

/// What is known of a person who is taken on.
#[derive(Clone, Debug)]
pub struct Hire {
    /// The personnel number, unique.
    pub number: String,
    /// The name, 1 to 60 characters.
    pub name: String,
    /// The first day, from which the placement holds.
    pub joined_on: BusinessDate,
    /// The department.
    pub department: Id<spine::Department>,
    /// The position.
    pub position: Option<Id<Position>>,
    /// The superior.
    pub superior: Option<Id<spine::Employee>>,
}

/// A person who works or worked here.
#[derive(Clone, Debug, Serialize)]
pub struct Employee {
    /// Identity.
    pub id: Id<spine::Employee>,
    /// The personnel number, unique.
    pub number: String,
    /// The name.
    pub name: String,
    /// The first day.
    pub joined_on: BusinessDate,
    /// Whether they still work here.
    pub employment: Employment,
    /// Where they worked, work and will work; ascending, at least one, the first from the day of joining.
    pub placements: Vec<Placement>,
    /// Counts the states.
    pub version: Version,
}

impl Entity for Employee {
    const KIND: &'static str = "employee";
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

fn check_person(number: &str, name: &str) -> Findings {
    let mut findings = Findings::new();
    check_code(&mut findings, "/number", number);
    check_line(&mut findings, "/name", name, 1..=60);
    findings
}

impl Employee {
    /// Takes somebody on.
    ///
    /// # Errors
    /// A number, name or date that is not well formed, all of them named.
    pub fn hire(id: Id<spine::Employee>, hire: Hire) -> Result<Change<Self>, Refusal> {
        let mut findings = check_person(&hire.number, &hire.name);
        check_date(&mut findings, "/joined_on", hire.joined_on);
        findings.into_result()?;
        let Hire { number, name, joined_on, department, position, superior } = hire;
        let facts = json!({"number": number, "joined_on": joined_on, "department_id": department});
        let placements = vec![Placement { from: joined_on, department, position, superior }];
        let employment = Employment::Employed;
        let after = Self { id, number, name, joined_on, employment, placements, version: 0 };
        Ok(Change::created(after, EMPLOYEE_HIRED, facts))
    }

    /// Corrects the number or the name.
    ///
    /// # Errors
    /// A number or name that is not well formed.
    pub fn change(self, number: String, name: String) -> Result<Change<Self>, Refusal> {
        check_person(&number, &name).into_result()?;
        let facts = json!({"number": number});
        let after = Self { number, name, ..self.clone() };
        Ok(Change::updated(self, after, EMPLOYEE_CHANGED, facts))
    }

    /// Moves them to another department, position or superior from a day on. A move dated like the
    /// latest one replaces it; history before it stays as it is.
    ///
    /// # Errors
    /// A day before the latest placement or not before the last day; `organisation.superior_loop`, also
    /// where the loop would close only by a move planned for later; somebody who left. `[ORG-1]`
    pub fn relocate(self, to: Placement, lines: &SuperiorLines) -> Result<Change<Self>, Refusal> {
        let mut findings = Findings::new();
        check_date(&mut findings, "/from", to.from);
        findings.into_result()?;
        self.ensure_here("ORG-1")?;
        let latest = self.placements.last().map_or(self.joined_on, |placement| placement.from);
        if to.from < latest {
            return Err(Refusal::new(MOVE_BEFORE_LATEST)
                .with("earliest", latest.to_string())
                .citing(Citation::rule("ORG-1"))
                .at("/from"));
        }
        if let Some(last_day) = self.employment.last_day().filter(|last_day| to.from >= *last_day) {
            return Err(Refusal::new(MOVE_AFTER_LEAVING)
                .with("left_on", last_day.to_string())
                .citing(Citation::rule("ORG-4"))
                .at("/from"));
        }
        if let Some(day) = to.superior.and_then(|superior| lines.first_loop(self.id, superior, to.from)) {
            return Err(Refusal::new(SUPERIOR_LOOP)
                .with("date", day.to_string())
                .citing(Citation::rule("ORG-1"))
                .at("/superior_id"));
        }
        let facts = json!({"from": to.from, "department_id": to.department, "position_id": to.position,
            "superior_id": to.superior});
        let mut after = self.clone();
        after.placements.retain(|placement| placement.from < to.from);
        after.placements.push(to);
        Ok(Change::updated(self, after, EMPLOYEE_MOVED, facts))
    }

    /// Registers the last day. If it has come, they have left at once; else [`Employee::finish_leaving`]
    /// completes it when it comes. Moves planned for later are dropped.
    ///
    /// # Errors
    /// A day before that of joining; somebody who left already. `[ORG-4]`
    pub fn leave(self, last_day: BusinessDate, today: BusinessDate) -> Result<Change<Self>, Refusal> {
        let mut findings = Findings::new();
        check_date(&mut findings, "/last_day", last_day);
        findings.into_result()?;
        self.ensure_here("ORG-4")?;
        if last_day < self.joined_on {
            return Err(Refusal::new(LEAVES_BEFORE_JOINING)
                .with("joined_on", self.joined_on.to_string())
                .citing(Citation::rule("ORG-4"))
                .at("/last_day"));
        }
        let has_come = last_day <= today;
        let (employment, event) = if has_come {
            (Employment::Left { last_day }, EMPLOYEE_LEFT)
        } else {
            (Employment::Leaving { last_day }, EMPLOYEE_LEAVING)
        };
        let mut after = Self { employment, ..self.clone() };
        let joined_on = self.joined_on;
        after.placements.retain(|placement| placement.from < last_day || placement.from == joined_on);
        Ok(Change::updated(self, after, event, json!({"last_day": last_day})))
    }

    /// Takes a registered leaving back before its day.
    ///
    /// # Errors
    /// `organisation.not_leaving` where none is registered or it has come into effect.
    pub fn stay(self) -> Result<Change<Self>, Refusal> {
        let Employment::Leaving { last_day } = self.employment else {
            return Err(Refusal::new(NOT_LEAVING).citing(Citation::rule("ORG-4")));
        };
        let after = Self { employment: Employment::Employed, ..self.clone() };
        Ok(Change::updated(self, after, EMPLOYEE_STAYS, json!({"last_day": last_day})))
    }

    /// Completes a registered leaving whose day has come; nothing where there is none.
    pub fn finish_leaving(self, today: BusinessDate) -> Option<Change<Self>> {
        match self.employment {
            Employment::Leaving { last_day } if last_day <= today => {
                let after = Self { employment: Employment::Left { last_day }, ..self.clone() };
                Some(Change::updated(self, after, EMPLOYEE_LEFT, json!({"last_day": last_day})))
            }
            _ => None,
        }
    }

    /// Reports to somebody else from a day on wherever the leaver would be the superior; nothing where the
    /// leaver is not. `[ORG-4]`
    pub fn lose_superior(
        self,
        leaver: Id<spine::Employee>,
        successor: Option<Id<spine::Employee>>,
        from: BusinessDate,
    ) -> Option<Change<Self>> {
        let mut placements = Vec::with_capacity(self.placements.len() + 1);
        for (index, placement) in self.placements.iter().enumerate() {
            let until = self.placements.get(index + 1).map(|next| next.from);
            let is_touched = placement.superior == Some(leaver) && until.is_none_or(|until| until > from);
            if !is_touched || placement.from < from {
                placements.push(placement.clone());
            }
            if is_touched {
                let from = from.max(placement.from);
                placements.push(Placement { from, superior: successor, ..placement.clone() });
            }
        }
        if placements == self.placements {
            return None;
        }
        let facts = json!({"from": from, "superior_id": successor});
        let after = Self { placements, ..self.clone() };
        Some(Change::updated(self, after, EMPLOYEE_MOVED, facts))
    }

    /// Where they work on a day: before joining the first placement, after leaving the last.
    pub fn placement_on(&self, day: BusinessDate) -> Option<&Placement> {
        self.placements
            .iter()
            .rev()
            .find(|placement| placement.from <= day)
            .or_else(|| self.placements.first())
    }

    /// Whether they begin in a position of a department on a day: they hold it that day, and do not leave before it.
    pub fn starts(
        &self,
        on: BusinessDate,
        department: Id<spine::Department>,
        position: Id<Position>,
    ) -> bool {
        let held = |placement: &Placement| {
            placement.department == department && placement.position == Some(position)
        };
        self.placement_on(on).is_some_and(held) && self.is_employed_throughout(on, on)
    }

    /// Whether they are employed throughout a period (both days included).
    pub fn is_employed_throughout(&self, from: BusinessDate, until: BusinessDate) -> bool {
        self.joined_on <= from && self.employment.last_day().is_none_or(|last_day| until < last_day)
    }
}

#[cfg(test)]
mod tests {
    use super::super::NOT_EMPLOYED;
    use super::*;

    fn day(n: u32) -> BusinessDate {
        BusinessDate::from_ymd_opt(2026, 1, n).expect("a day")
    }
    fn employee(n: u128) -> Id<spine::Employee> {
        Id::from_uuid(Uuid::from_u128(n))
    }
    fn department(n: u128) -> Id<spine::Department> {
        Id::from_uuid(Uuid::from_u128(100 + n))
    }
    fn hire() -> Hire {
        Hire {
            number: "E001".into(),
            name: "李娜".into(),
            joined_on: day(5),
            department: department(1),
            position: None,
            superior: None,
        }
    }
    fn hired() -> Employee {
        Employee::hire(employee(1), hire()).expect("no refusal").into_after()
    }
    fn to(from: u32, target: u128) -> Placement {
        Placement { from: day(from), department: department(target), position: None, superior: None }
    }
    fn no_lines() -> SuperiorLines {
        SuperiorLines::default()
    }

    #[test]
    fn a_move_counts_from_its_day_and_history_stays() {
        let moved = hired().relocate(to(10, 2), &no_lines()).expect("no refusal").into_after();
        assert_eq!(moved.placement_on(day(1)).expect("a placement").department, department(1));
        assert_eq!(moved.placement_on(day(9)).expect("a placement").department, department(1));
        assert_eq!(moved.placement_on(day(10)).expect("a placement").department, department(2));
        let corrected = moved.relocate(to(10, 3), &no_lines()).expect("no refusal").into_after();
        assert_eq!(corrected.placements.len(), 2);
        assert_eq!(corrected.placement_on(day(30)).expect("a placement").department, department(3));
        let refused = corrected.relocate(to(9, 4), &no_lines()).unwrap_err();
        assert_eq!(refused.code, MOVE_BEFORE_LATEST);
    }

    #[test]
    fn nobody_is_their_own_superior() {
        let own = Placement { superior: Some(employee(1)), ..to(10, 2) };
        assert_eq!(hired().relocate(own, &no_lines()).unwrap_err().code, SUPERIOR_LOOP);
    }

    #[test]
    fn access_ends_from_the_last_day() {
        let leaving = hired().leave(day(20), day(10)).expect("no refusal").into_after();
        assert_eq!(leaving.employment, Employment::Leaving { last_day: day(20) });
        assert!(leaving.employment.grants_access(day(19)));
        assert!(!leaving.employment.grants_access(day(20)));
        assert!(leaving.clone().finish_leaving(day(19)).is_none());
        let left = leaving.finish_leaving(day(20)).expect("no refusal").into_after();
        assert_eq!(left.employment, Employment::Left { last_day: day(20) });
        assert!(left.finish_leaving(day(21)).is_none(), "a leaving is completed once");
    }

    #[test]
    fn leaving_today_is_having_left_and_is_final() {
        let left = hired().leave(day(10), day(10)).expect("no refusal").into_after();
        assert_eq!(left.employment, Employment::Left { last_day: day(10) });
        assert_eq!(left.clone().stay().unwrap_err().code, NOT_LEAVING);
        assert_eq!(left.clone().leave(day(11), day(10)).unwrap_err().code, NOT_EMPLOYED);
        assert_eq!(left.relocate(to(12, 2), &no_lines()).unwrap_err().code, NOT_EMPLOYED);
    }

    #[test]
    fn a_registered_leaving_can_be_taken_back_and_drops_later_moves() {
        let planned = hired().relocate(to(25, 2), &no_lines()).expect("no refusal").into_after();
        let leaving = planned.leave(day(20), day(10)).expect("no refusal").into_after();
        assert_eq!(leaving.placements.len(), 1);
        assert_eq!(leaving.clone().relocate(to(20, 2), &no_lines()).unwrap_err().code, MOVE_AFTER_LEAVING);
        assert_eq!(leaving.stay().expect("no refusal").after().employment, Employment::Employed);
    }

    #[test]
    fn who_reported_to_a_leaver_reports_to_somebody_else_from_that_day() {
        let under =
            |from, target, superior| Placement { superior: Some(employee(superior)), ..to(from, target) };
        let mut report = hired();
        report.placements = vec![under(5, 1, 7), under(10, 2, 8), under(20, 3, 7)];
        let after =
            report.clone().lose_superior(employee(7), None, day(12)).expect("no refusal").into_after();
        let superiors =
            |e: &Employee| [5, 10, 19, 20].map(|n| e.placement_on(day(n)).expect("a placement").superior);
        assert_eq!(superiors(&after), [Some(employee(7)), Some(employee(8)), Some(employee(8)), None]);
        let after = report
            .clone()
            .lose_superior(employee(8), Some(employee(9)), day(12))
            .expect("no refusal")
            .into_after();
        assert_eq!(superiors(&after)[2..], [Some(employee(9)), Some(employee(7))]);
        assert_eq!(
            after.placement_on(day(11)).expect("a placement").superior,
            Some(employee(8)),
            "history stays"
        );
        assert!(report.lose_superior(employee(3), None, day(12)).is_none());
    }

    #[test]
    fn dates_and_names_must_be_sane() {
        let typo = BusinessDate::from_ymd_opt(205, 1, 1).expect("a day");
        let bad = Hire { number: "".into(), name: " ".into(), joined_on: typo, ..hire() };
        let refused = Employee::hire(employee(1), bad).unwrap_err();
        let pointers: Vec<_> = refused.findings.iter().map(|finding| finding.pointer.as_str()).collect();
        assert_eq!(pointers, ["/number", "/name", "/joined_on"]);
        assert_eq!(hired().leave(day(4), day(10)).unwrap_err().code, LEAVES_BEFORE_JOINING);
    }
}
