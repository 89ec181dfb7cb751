//! What requests, their amendments and cash advances have in common in the database: who sees them, what they refer
//! to, where they stand, and how they come before their approvers.

use crate::{
    approval,
    organisation::Register,
    spine::{Failure, Instant, Key, Reader, Tx},
};
use domain::{
    approval::{Approval, Subject},
    finance::petition::{FOREIGN_DEPARTMENT, Petition, Standing, StandingState},
    spine::{BusinessDate, Citation, DepartmentId, EmployeeId, Findings, Permission, Refusal, codes},
};

/// The bounds of what a caller may read.
#[derive(Clone, Debug)]
pub(super) struct Sight {
    /// Everything in the company.
    pub all: bool,
    /// What belongs to these departments.
    pub departments: Vec<Key>,
    /// The caller's account: what it made.
    pub user: Key,
    /// The caller's employee: what they submitted, approve or were copied. The nil id where the account has
    /// none: nobody bears it.
    pub employee: Key,
}

impl Sight {
    /// As far as the permission of the route reaches for its caller.
    pub fn of(reader: &Reader<'_>) -> Self {
        let (actor, reach) = (reader.actor(), reader.reach());
        Self {
            all: reach.all,
            departments: reach.departments.iter().map(|department| (*department).into()).collect(),
            user: actor.user.into(),
            employee: actor.employee.map_or(Key(uuid::Uuid::nil()), Into::into),
        }
    }
}

/// The documents of a table within a sight, as a condition on a boxed query over it. Who has a part in the
/// approval of a document reads it whatever their reach.
macro_rules! within {
    ($query:expr, $sight:expr, $table:ident, $kind:expr) => {{
        use $crate::schema::{document_readers, $table};
        let sight = &$sight;
        if sight.all {
            $query
        } else {
            let readable = document_readers::table
                .filter(document_readers::document_kind.eq($kind))
                .filter(document_readers::employee_id.eq(sight.employee))
                .select(document_readers::document);
            $query.filter(
                $table::creator_id
                    .eq(sight.user)
                    .or($table::submitter_id.eq(sight.employee))
                    .or($table::department_id.eq_any(&sight.departments))
                    .or($table::id.eq_any(readable)),
            )
        }
    }};
}
pub(super) use within;

/// The columns of a standing.
#[derive(Clone, Debug)]
pub(super) struct StandingColumns {
    pub status: String,
    pub at: Option<Instant>,
    pub reason: Option<String>,
}

impl StandingColumns {
    pub fn of(standing: &Standing) -> Self {
        let (at, reason) = standing.since();
        Self {
            status: standing.state().code().to_owned(),
            at: at.map(Into::into),
            reason: reason.map(str::to_owned),
        }
    }

    /// The standing; a column that a state needs and does not find is a fault of ours.
    pub fn standing(self, table: &str, id: Key) -> Result<Standing, Failure> {
        let Self { status, at, reason } = self;
        StandingState::from_code(&status)
            .and_then(|state| Standing::recall(state, at.map(Into::into), reason))
            .ok_or_else(|| Failure::corrupt(table, "status", id.0))
    }
}

/// What a document refers to.
pub(super) struct References<'a> {
    pub submitter: Option<EmployeeId>,
    pub department: DepartmentId,
    pub business_date: BusinessDate,
    /// The departments that bear the cost, with the pointers of those who name them.
    pub cost_centres: &'a [(String, DepartmentId)],
    /// The permission that reaches beyond the submitter's own department.
    pub for_others: Permission,
}

/// Checks that people and departments exist and are open, and that the document's department is its submitter's:
/// the department chooses the approvers, so nobody may choose it.
pub(super) fn refer(reader: &mut Reader<'_>, to: References<'_>) -> Result<(), Failure> {
    let register = Register::of(reader)?;
    let today = reader.today();
    let mut findings = Findings::new();
    if to.submitter.is_some_and(|submitter| register.person(submitter).is_none()) {
        findings.add("/submitter_id", codes::UNKNOWN_REFERENCE);
    }
    if !register.is_open(to.department, today) {
        findings.add("/department_id", codes::UNKNOWN_REFERENCE);
    }
    for (pointer, cost_centre) in to.cost_centres {
        if !register.is_open(*cost_centre, today) {
            findings.add(pointer.clone(), codes::UNKNOWN_REFERENCE);
        }
    }
    findings.into_result()?;
    if reader.actor().reach(to.for_others).covers(to.department, false) {
        return Ok(());
    }
    let Some(submitter) = to.submitter.or(reader.actor().employee) else { return Ok(()) };
    let is_own = |day| register.department_on(submitter, day) == Some(to.department);
    if [to.business_date, today].into_iter().any(is_own) {
        return Ok(());
    }
    Err(Refusal::new(FOREIGN_DEPARTMENT).citing(Citation::rule("EXP-3")).at("/department_id").into())
}

/// Opens the approval of a document, or takes up the one that was returned or withdrawn.
pub(super) fn hand_in(
    tx: &mut Tx<'_>,
    chain: &str,
    petition: &Petition,
    subject: Subject,
) -> Result<Approval, Failure> {
    match petition.goes_on() {
        Some(approval) => approval::resubmit(tx, approval, chain, subject),
        None => approval::start(tx, chain, subject),
    }
}

/// Takes a document back while it waits for its approvers; the engine settles it in the same transaction.
pub(super) fn withdraw(tx: &mut Tx<'_>, petition: &Petition, note: Option<String>) -> Result<(), Failure> {
    petition.may_withdraw(tx.actor())?;
    let approval = petition.approval.ok_or_else(|| Failure::fault("a document in approval without one"))?;
    approval::withdraw(tx, approval, note)?;
    Ok(())
}

/// The number of a new document of this year; given back if the unit of work does not come to its end.
pub(super) fn next_number(tx: &mut Tx<'_>, prefix: &str) -> Result<String, Failure> {
    let year = chrono::Datelike::year(&tx.today());
    crate::spine::next_number(tx, prefix, year)
}
