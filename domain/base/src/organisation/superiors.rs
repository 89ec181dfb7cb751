//! Who is whose superior on a day. `[ORG-1, APR-1]`

use super::Placement;
use crate::spine::{BusinessDate, Employee, Id};
use std::collections::{BTreeMap, BTreeSet};

/// From which day on, whom somebody reports to.
type Line = (BusinessDate, Option<Id<Employee>>);

/// The placements of all employees, by which the line of superiors of any day is found.
#[derive(Clone, Default, Debug)]
pub struct SuperiorLines {
    /// Per employee: from which day on, whom they report to; ascending.
    lines: BTreeMap<Id<Employee>, Vec<Line>>,
}

impl SuperiorLines {
    /// From the placements of employees, in any order.
    pub fn of<'a>(placements: impl IntoIterator<Item = (Id<Employee>, &'a Placement)>) -> Self {
        let mut lines: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (employee, placement) in placements {
            lines.entry(employee).or_default().push((placement.from, placement.superior));
        }
        for line in lines.values_mut() {
            line.sort_unstable();
        }
        Self { lines }
    }

    /// Whom an employee reports to on a day; before the first placement, whom they will report to.
    pub fn superior_of(&self, employee: Id<Employee>, day: BusinessDate) -> Option<Id<Employee>> {
        let line = self.lines.get(&employee)?;
        let current = line.iter().rev().find(|(from, _)| *from <= day).or_else(|| line.first());
        current.and_then(|(_, superior)| *superior)
    }

    /// The superior, the superior's superior and so on; it ends where it would repeat.
    pub fn chain(&self, employee: Id<Employee>, day: BusinessDate) -> Vec<Id<Employee>> {
        let mut seen = BTreeSet::from([employee]);
        let mut chain = Vec::new();
        let mut next = self.superior_of(employee, day);
        while let Some(superior) = next.filter(|superior| seen.insert(*superior)) {
            chain.push(superior);
            next = self.superior_of(superior, day);
        }
        chain
    }

    /// The first day on which placing `employee` under `superior` from `from` on would make a loop,
    /// given all moves already planned.
    pub fn first_loop(
        &self,
        employee: Id<Employee>,
        superior: Id<Employee>,
        from: BusinessDate,
    ) -> Option<BusinessDate> {
        let changes = self.lines.values().flatten().map(|(day, _)| *day).filter(|day| *day > from);
        let days: BTreeSet<_> = changes.chain([from]).collect();
        days.into_iter().find(|day| superior == employee || self.chain(superior, *day).contains(&employee))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spine::Department;
    use uuid::Uuid;

    fn employee(n: u128) -> Id<Employee> {
        Id::from_uuid(Uuid::from_u128(n))
    }
    fn day(n: u32) -> BusinessDate {
        BusinessDate::from_ymd_opt(2026, 1, n).expect("a day")
    }
    fn under(from: u32, superior: Option<u128>) -> Placement {
        let department: Id<Department> = Id::from_uuid(Uuid::from_u128(100));
        Placement { from: day(from), department, position: None, superior: superior.map(employee) }
    }

    #[test]
    fn the_chain_is_that_of_the_day() {
        let placements =
            [(3, under(1, Some(2))), (2, under(1, Some(1))), (1, under(1, None)), (3, under(10, Some(1)))];
        let lines = SuperiorLines::of(placements.iter().map(|(n, p)| (employee(*n), p)));
        assert_eq!(lines.chain(employee(3), day(9)), vec![employee(2), employee(1)]);
        assert_eq!(lines.chain(employee(3), day(10)), vec![employee(1)]);
    }

    #[test]
    fn a_loop_is_seen_also_when_it_closes_only_by_a_planned_move() {
        // From the 20th on, 2 will report to 3.
        let placements = [(2, under(1, None)), (2, under(20, Some(3))), (3, under(1, None))];
        let lines = SuperiorLines::of(placements.iter().map(|(n, p)| (employee(*n), p)));
        assert_eq!(lines.first_loop(employee(3), employee(2), day(5)), Some(day(20)));
        assert_eq!(lines.first_loop(employee(2), employee(3), day(5)), None);
        assert_eq!(lines.first_loop(employee(2), employee(2), day(5)), Some(day(5)));
    }

    #[test]
    fn a_swap_on_the_same_day_is_no_loop() {
        // Until the 9th, 1 reports to 2; from the 10th on 1 is at the top, and 2 moves under 1.
        let placements = [(1, under(1, Some(2))), (1, under(10, None)), (2, under(1, None))];
        let lines = SuperiorLines::of(placements.iter().map(|(n, p)| (employee(*n), p)));
        assert_eq!(lines.first_loop(employee(2), employee(1), day(10)), None);
        assert_eq!(lines.first_loop(employee(2), employee(1), day(9)), Some(day(9)));
    }
}
