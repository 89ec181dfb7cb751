//! What is to be reached and what was attained: the targets of plans in force, as somebody sees them on a day. What a leaver
//! leaves is the team's; the forecast is said both ways. `[SAL-1b, SAL-1c, SAL-1d]`

use super::row::NodeRow;
use crate::{
    opportunity,
    organisation::{DEPARTMENT, EMPLOYEE, NamedRef, PersonRef, Register, department},
    policy,
    sales_plan::measure::{ByMonth, Whose, of_year},
    schema::{employee_placements, employees, sales_plan_nodes as nodes, sales_plans},
    spine::{
        Failure, Filter, Key, Page, Reader, Refers, Several, Sight, Slice, View, Where, columns, db, narrow,
    },
};
use chrono::{Datelike, NaiveDate};
use diesel::prelude::*;
use domain::{
    organisation::{DepartmentTree, working_calendar::WorkingCalendar},
    sales_plan::{Measure, PlanNode, PlanPeriod, SalesPlanId, SalesPlanState, Scope, Stay, left_over},
    spine::{BusinessDate, DepartmentId, EmployeeId, PolicyVersion},
};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// A target of a plan in force, and how far it is reached. Whole numbers in the unit of the measure: fen for amounts.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SalesTarget)]
pub struct SalesTargetView {
    /// The plan.
    pub plan_id: SalesPlanId,
    /// The department.
    pub department: NamedRef,
    /// Whose, where it is a person's.
    pub employee: Option<PersonRef>,
    /// When.
    pub period: PlanPeriod,
    /// What is measured.
    pub measure: Measure,
    /// At least.
    pub floor: i64,
    /// The target, as planned.
    pub target: i64,
    /// At best.
    pub challenge: i64,
    /// What of the target is still whose it is: less what fell to the team's reserve by leaving or moving.
    pub standing: i64,
    /// The reserve: as declared and, of a department, with what leavers left to it.
    pub reserve: i64,
    /// What was attained up to the day.
    pub attained: i64,
    /// The same in basis points of what stands; null where nothing does.
    pub attained_bp: Option<i64>,
    /// What was attained, and what open opportunities due in the rest of the period may come to by their stages; of amounts.
    pub forecast_by_chances: Option<i64>,
    /// Where it leads to at the pace of the working days gone; null before the first.
    pub forecast_by_pace: Option<i64>,
}

impl View for SalesTargetView {
    const REFERS: &'static [Refers] =
        &[Refers::to("department", &DEPARTMENT), Refers::to("employee", &EMPLOYEE)];
}

/// Which targets are wanted.
#[derive(Clone, Debug, Default, Deserialize, Validate, IntoParams)]
#[serde(default)]
pub struct SalesTargetFilter {
    /// Of which year; that of the day where absent.
    #[validate(range(min = 2000, max = 2999))]
    #[param(minimum = 2000, maximum = 2999)]
    pub year: Option<i32>,
    /// As of this day; today where absent.
    pub as_of: Option<NaiveDate>,
    /// Only of these measures, separated by commas.
    #[param(inline, example = "amount")]
    pub measure: Several<Measure>,
    /// Only of this plan.
    pub plan_id: Option<SalesPlanId>,
    /// Only of this department and its people.
    pub department_id: Option<DepartmentId>,
    /// Only of this person.
    pub employee_id: Option<EmployeeId>,
    /// Only of this period.
    #[validate(length(min = 4, max = 7))]
    #[param(min_length = 4, max_length = 7, example = "2026-03")]
    pub period: Option<String>,
}

impl Filter for SalesTargetFilter {}

type Found = (NodeRow, Key, String);

/// Targets within the caller's sight: one's own, and of departments in reach; in the order of their plans.
///
/// # Errors
/// Where the database fails.
pub fn list(
    reader: &mut Reader<'_>,
    filter: &SalesTargetFilter,
    page: &Page,
) -> Result<Slice<SalesTargetView>, Failure> {
    let as_of = filter.as_of.unwrap_or_else(|| reader.today());
    let year = filter.year.unwrap_or_else(|| as_of.year());
    let found = found(reader, filter, year)?;
    let slice = Slice::of(found, page);
    let desk = Desk::of(reader, &slice.data, (year, as_of))?;
    slice.try_map(|(row, plan, measure)| {
        let measure = Measure::from_code(&measure);
        let measure = measure.ok_or_else(|| Failure::corrupt("sales_plans", "measure", plan.0))?;
        desk.shown(plan.into(), measure, &row.node()?)
    })
}

fn found(reader: &mut Reader<'_>, filter: &SalesTargetFilter, year: i32) -> Result<Vec<Found>, Failure> {
    let (sight, mut wanted) = (Sight::of(reader), Where::new());
    if !sight.all {
        let own = nodes::employee_id.eq(Some(sight.employee));
        wanted.also(own.or(nodes::department_id.eq_any(sight.departments).nullable()));
    }
    wanted.also(sales_plans::year.eq(year).and(sales_plans::status.eq(SalesPlanState::InForce.code())));
    narrow!(wanted, nodes, filter; plan_id = plan_id, department_id = department_id, employee_id = employee_id,
        period = period);
    narrow!(wanted, sales_plans, filter; measure in measure);
    Ok(db!(reader, |c| nodes::table
        .inner_join(sales_plans::table.on(sales_plans::id.eq(nodes::plan_id)))
        .filter(&wanted)
        .order((nodes::plan_id, nodes::place))
        .select((NodeRow::as_select(), sales_plans::id, sales_plans::measure))
        .load(c))?)
}

/// What targets are compared with.
struct Desk {
    register: Arc<Register>,
    tree: Arc<DepartmentTree>,
    calendar: Arc<PolicyVersion<WorkingCalendar>>,
    attained: BTreeMap<Measure, ByMonth>,
    /// The people's targets of the plans that are shown, by plan: what leavers leave falls to their department.
    left: BTreeMap<(SalesPlanId, DepartmentId, PlanPeriod), i64>,
    /// What open opportunities may come to, by whose they are and when.
    chances: BTreeMap<(Whose, BusinessDate), i64>,
    stays: Stays,
    as_of: BusinessDate,
}

impl Desk {
    fn of(
        reader: &mut Reader<'_>,
        found: &[Found],
        (year, as_of): (i32, BusinessDate),
    ) -> Result<Self, Failure> {
        let measures: BTreeSet<&str> = found.iter().map(|(_, _, measure)| measure.as_str()).collect();
        let mut attained = BTreeMap::new();
        for measure in measures.into_iter().filter_map(Measure::from_code) {
            attained.insert(measure, of_year(reader, measure, year, as_of)?);
        }
        let tree = department::tree(reader)?;
        let mut desk = Self {
            register: Register::of(reader)?,
            calendar: policy::in_force(reader, "company", as_of)?,
            chances: opportunity::expected(reader, as_of)?,
            stays: Stays::of(reader)?,
            left: BTreeMap::new(),
            attained,
            tree,
            as_of,
        };
        desk.leave(reader, found)?;
        Ok(desk)
    }

    /// Finds what leavers of these plans left to their departments.
    fn leave(&mut self, reader: &mut Reader<'_>, found: &[Found]) -> Result<(), Failure> {
        let plans: BTreeSet<Key> = found.iter().map(|(_, plan, _)| *plan).collect();
        for plan in plans {
            let rows: Vec<NodeRow> = db!(reader, |c| nodes::table
                .filter(nodes::plan_id.eq(plan).and(nodes::employee_id.is_not_null()))
                .select(NodeRow::as_select())
                .load(c))?;
            for row in rows {
                let node = row.node()?;
                let (_, left) = self.parted(&node);
                let place = (plan.into(), node.scope.department, node.period);
                *self.left.entry(place).or_default() += left;
            }
        }
        Ok(())
    }

    /// What of a target stands, and what was left.
    fn parted(&self, node: &PlanNode) -> (i64, i64) {
        let Scope { department, person: Some(person) } = node.scope else { return (node.target, 0) };
        let within = self.tree.subtree(department);
        left_over(node.target, node.period, &self.stays.within(person, &within, self.as_of))
    }

    fn shown(
        &self,
        plan: SalesPlanId,
        measure: Measure,
        node: &PlanNode,
    ) -> Result<SalesTargetView, Failure> {
        let (standing, _) = self.parted(node);
        let attained = self.attained(measure, node);
        let left = match node.scope.person {
            Some(_) => 0,
            None => self.left.get(&(plan, node.scope.department, node.period)).copied().unwrap_or(0),
        };
        Ok(SalesTargetView {
            plan_id: plan,
            department: self.register.placed(node.scope.department)?,
            employee: node.scope.person.map(|person| self.register.named(person)).transpose()?,
            period: node.period,
            measure,
            floor: node.floor,
            target: node.target,
            challenge: node.challenge,
            standing,
            reserve: node.reserve_of_scopes + left,
            attained,
            attained_bp: ratio(attained, 10_000, standing),
            forecast_by_chances: (measure == Measure::Amount).then(|| attained + self.chances(node)),
            forecast_by_pace: self.by_pace(attained, node.period),
        })
    }

    /// What counts for a scope in a period: a person's in the department, or all of a department and those below it.
    fn attained(&self, measure: Measure, node: &PlanNode) -> i64 {
        let Some(by_month) = self.attained.get(&measure) else { return 0 };
        let within = self.tree.subtree(node.scope.department);
        let counts = |((person, department), month): &(Whose, PlanPeriod)| {
            within.contains(department)
                && (node.scope.person.is_none() || *person == node.scope.person)
                && node.period.contains(month.first_day())
        };
        by_month.iter().filter(|(place, _)| counts(place)).map(|(_, value)| value).sum()
    }

    /// What open opportunities of a scope that are due in a period may come to.
    fn chances(&self, node: &PlanNode) -> i64 {
        let within = self.tree.subtree(node.scope.department);
        let counts = |((person, department), on): &(Whose, BusinessDate)| {
            within.contains(department)
                && (node.scope.person.is_none() || *person == node.scope.person)
                && node.period.contains(*on)
        };
        self.chances.iter().filter(|(place, _)| counts(place)).map(|(_, value)| value).sum()
    }

    /// What was attained ÷ working days gone × working days.
    fn by_pace(&self, attained: i64, period: PlanPeriod) -> Option<i64> {
        let works = |day: &BusinessDate| !self.calendar.content.kind_of(*day).is_off();
        let all = period.days().filter(works).count();
        let gone = period.days().take_while(|day| *day <= self.as_of).filter(works).count();
        ratio(attained, i64::try_from(all).ok()?, i64::try_from(gone).ok()?)
    }
}

/// A value × another ÷ a third, to the nearest whole; none by nothing.
fn ratio(value: i64, times: i64, by: i64) -> Option<i64> {
    let (product, by) = (i128::from(value) * i128::from(times), i128::from(by));
    if by == 0 {
        return None;
    }
    let doubled = (2 * product + by).div_euclid(2 * by);
    i64::try_from(doubled).ok()
}

/// Where people worked, and until when.
struct Stays(BTreeMap<EmployeeId, Vec<(DepartmentId, Stay)>>);

impl Stays {
    fn of(reader: &mut Reader<'_>) -> Result<Self, Failure> {
        type Row = (Key, Key, BusinessDate, Option<BusinessDate>, bool, Option<BusinessDate>);
        let rows: Vec<Row> = db!(reader, |c| employee_placements::table
            .inner_join(employees::table.on(employees::id.eq(employee_placements::employee_id)))
            .select((
                employee_placements::employee_id,
                employee_placements::department_id,
                employee_placements::from_on,
                employee_placements::until_on,
                employee_placements::is_first,
                employees::last_day
            ))
            .load(c))?;
        let mut stays: BTreeMap<EmployeeId, Vec<(DepartmentId, Stay)>> = BTreeMap::new();
        for (person, department, from, until, is_first, last) in rows {
            let moved = until.and_then(|until| until.pred_opt());
            let to = match (moved, last) {
                (Some(moved), Some(last)) => Some(moved.min(last)),
                (moved, last) => moved.or(last),
            };
            let stay = Stay { from: (!is_first).then_some(from), to };
            stays.entry(person.into()).or_default().push((department.into(), stay));
        }
        Ok(Self(stays))
    }

    /// When somebody belongs to one of these departments, as far as it was so by a day.
    fn within(
        &self,
        person: EmployeeId,
        departments: &BTreeSet<DepartmentId>,
        by: BusinessDate,
    ) -> Vec<Stay> {
        let all = self.0.get(&person).into_iter().flatten();
        let known = all.filter(|(department, _)| departments.contains(department)).map(|(_, stay)| *stay);
        // What takes effect after the day has not happened yet.
        known.map(|stay| Stay { to: stay.to.filter(|to| *to < by), ..stay }).collect()
    }
}

columns! { SalesTargetView as "sales-targets" "销售目标" "Sales targets", domain::spine::Permission::ExportSales:
    period "期间" "Period" = |row| row.period.to_string();
    department "部门" "Department";
    employee "人员" "Person";
    measure "指标" "Measure";
    floor "底线目标" "Floor";
    target "计划目标" "Target";
    challenge "挑战目标" "Challenge";
    standing "现有目标" "Standing";
    reserve "预留" "Reserve";
    attained "已完成" "Attained";
    attained_bp "完成率（万分比）" "Attained (bp)";
    forecast_by_chances "按机会预测" "Forecast by chances";
    forecast_by_pace "按进度预测" "Forecast by pace";
}
