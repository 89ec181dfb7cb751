//! Rows of plans and of their nodes.

use crate::{
    approval::document::StandingColumns,
    schema::{sales_plan_nodes as nodes, sales_plans},
    spine::{
        Failure, Instant, Key, Reader, Sight, Stored, Tx, db, guard, insert_all, is_taken, save_row, within,
    },
};
use diesel::prelude::*;
use domain::{
    approval::{Petition, StandingState},
    sales_plan::{Measure, PlanNode, SalesPlan, SalesPlanContent, SalesPlanId, SalesPlanState, Scope},
    spine::{DepartmentId, Version},
};

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = sales_plans, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    pub number: String,
    pub department_id: Key,
    pub year: i32,
    pub measure: String,
    pub revision: i32,
    pub grounds: Option<String>,
    pub target: i64,
    pub creator_id: Key,
    pub creator_employee_id: Option<Key>,
    pub submitter_id: Key,
    pub created_at: Instant,
    pub changed_at: Instant,
    pub status: String,
    pub status_at: Option<Instant>,
    pub status_reason: Option<String>,
    pub approval_id: Option<Key>,
    pub version: Version,
}

#[derive(Queryable, Selectable, Insertable, Clone, Debug)]
#[diesel(table_name = nodes, treat_none_as_default_value = false)]
pub(super) struct NodeRow {
    plan_id: Key,
    place: i32,
    department_id: Key,
    employee_id: Option<Key>,
    period: String,
    floor_value: i64,
    target: i64,
    challenge: i64,
    reserve_of_scopes: i64,
    reserve_of_periods: i64,
}

impl Row {
    fn of(plan: &SalesPlan, tx: &Tx<'_>) -> Self {
        let SalesPlan { id, petition, department, revision, content, version } = plan;
        let Petition { number, creator, creator_employee, submitter, created_at, standing, approval } =
            petition;
        let SalesPlanContent { year, measure, grounds, nodes: _ } = content;
        let (at, reason) = standing.told();
        Self {
            id: (*id).into(),
            number: number.clone(),
            department_id: (*department).into(),
            year: *year,
            measure: measure.code().to_owned(),
            revision: i32::try_from(*revision).unwrap_or(i32::MAX),
            grounds: grounds.clone(),
            target: plan.target(),
            creator_id: (*creator).into(),
            creator_employee_id: creator_employee.map(Into::into),
            submitter_id: (*submitter).into(),
            created_at: (*created_at).into(),
            changed_at: tx.now().into(),
            status: plan.state().code().to_owned(),
            status_at: at.map(Into::into),
            status_reason: reason.map(str::to_owned),
            approval_id: approval.map(Into::into),
            version: *version,
        }
    }

    /// The state as it is kept.
    pub fn state(&self) -> Result<SalesPlanState, Failure> {
        SalesPlanState::from_code(&self.status).ok_or_else(|| self.corrupt("status"))
    }

    /// The measure as it is kept.
    pub fn measure(&self) -> Result<Measure, Failure> {
        Measure::from_code(&self.measure).ok_or_else(|| self.corrupt("measure"))
    }

    fn corrupt(&self, column: &'static str) -> Failure {
        Failure::corrupt("sales_plans", column, self.id.0)
    }

    fn plan(self, nodes: Vec<NodeRow>) -> Result<SalesPlan, Failure> {
        let standing = match self.state()? {
            SalesPlanState::InForce => StandingState::Approved.code(),
            SalesPlanState::Superseded => StandingState::Closed.code(),
            state => state.code(),
        };
        let columns = StandingColumns {
            status: standing.to_owned(),
            at: self.status_at,
            reason: self.status_reason.clone(),
        };
        let (standing, measure) = (columns.standing("sales_plans", self.id)?, self.measure()?);
        let revision = u32::try_from(self.revision).map_err(|_| self.corrupt("revision"))?;
        let nodes = nodes.into_iter().map(NodeRow::node).collect::<Result<_, _>>()?;
        Ok(SalesPlan {
            id: self.id.into(),
            department: self.department_id.into(),
            revision,
            content: SalesPlanContent { year: self.year, measure, grounds: self.grounds, nodes },
            petition: Petition {
                number: self.number,
                creator: self.creator_id.into(),
                creator_employee: self.creator_employee_id.map(Into::into),
                submitter: self.submitter_id.into(),
                created_at: self.created_at.into(),
                standing,
                approval: self.approval_id.map(Into::into),
            },
            version: self.version,
        })
    }
}

impl NodeRow {
    fn of(plan: Key, (place, node): (i32, &PlanNode)) -> Self {
        let PlanNode { scope, period, floor, target, challenge, reserve_of_scopes, reserve_of_periods } =
            node;
        Self {
            plan_id: plan,
            place,
            department_id: scope.department.into(),
            employee_id: scope.person.map(Into::into),
            period: period.to_string(),
            floor_value: *floor,
            target: *target,
            challenge: *challenge,
            reserve_of_scopes: *reserve_of_scopes,
            reserve_of_periods: *reserve_of_periods,
        }
    }

    pub fn node(self) -> Result<PlanNode, Failure> {
        let period = self.period.parse();
        Ok(PlanNode {
            scope: Scope { department: self.department_id.into(), person: self.employee_id.map(Into::into) },
            period: period.map_err(|_| Failure::corrupt("sales_plan_nodes", "period", self.plan_id.0))?,
            floor: self.floor_value,
            target: self.target,
            challenge: self.challenge,
            reserve_of_scopes: self.reserve_of_scopes,
            reserve_of_periods: self.reserve_of_periods,
        })
    }
}

impl Stored<crate::Sales> for SalesPlan {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self, tx);
        match save_row!(tx, sales_plans, &row, before) {
            // Somebody else's came first: done again, it is found, and named.
            Err(error) if is_taken(&error) => return Err(Failure::Moved),
            saved => guard(saved?)?,
        }
        if before.is_some_and(|before| before.content.nodes == self.content.nodes) {
            return Ok(());
        }
        let key = row.id;
        db!(tx, |c| diesel::delete(nodes::table.filter(nodes::plan_id.eq(key))).execute(c))?;
        let rows: Vec<NodeRow> = (1..).zip(&self.content.nodes).map(|node| NodeRow::of(key, node)).collect();
        insert_all!(tx, nodes::table, &rows);
        Ok(())
    }
}

/// One plan, if the caller may see it.
///
/// # Errors
/// Where there is none in sight.
pub fn find(reader: &mut Reader<'_>, id: SalesPlanId) -> Result<SalesPlan, Failure> {
    let (sight, key) = (Sight::of(reader), Key::from(id));
    let row: Row = db!(reader, |c| {
        let query = sales_plans::table.filter(sales_plans::id.eq(key)).into_boxed();
        within!(query, sight, sales_plans, "sales_plan").select(Row::as_select()).first(c)
    })?;
    whole(reader, row)
}

/// One plan whoever asks: for rules, never for an answer.
pub(super) fn find_unscoped(reader: &mut Reader<'_>, id: SalesPlanId) -> Result<SalesPlan, Failure> {
    let key = Key::from(id);
    let row: Row = db!(reader, |c| sales_plans::table
        .filter(sales_plans::id.eq(key))
        .select(Row::as_select())
        .first(c))?;
    whole(reader, row)
}

/// The revision of a department's plan that stands in one of some states; the states are such that there is at most one.
pub(super) fn standing(
    reader: &mut Reader<'_>,
    (department, year, measure): (DepartmentId, i32, Measure),
    states: &[SalesPlanState],
) -> Result<Option<SalesPlan>, Failure> {
    let (department, measure) = (Key::from(department), measure.code());
    let states: Vec<&str> = states.iter().map(|state| state.code()).collect();
    let row: Option<Row> = db!(reader, |c| sales_plans::table
        .filter(sales_plans::department_id.eq(department).and(sales_plans::year.eq(year)))
        .filter(sales_plans::measure.eq(measure).and(sales_plans::status.eq_any(&states)))
        .select(Row::as_select())
        .first(c)
        .optional())?;
    row.map(|row| whole(reader, row)).transpose()
}

fn whole(reader: &mut Reader<'_>, row: Row) -> Result<SalesPlan, Failure> {
    let key = row.id;
    let nodes: Vec<NodeRow> = db!(reader, |c| nodes::table
        .filter(nodes::plan_id.eq(key))
        .order(nodes::place)
        .select(NodeRow::as_select())
        .load(c))?;
    row.plan(nodes)
}
