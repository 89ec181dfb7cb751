//! Post-evaluations in the database. `[EXP-12]`

mod cost;
mod duty;
mod part;
mod row;
mod view;

pub use cost::CostView;
pub use part::{IndicatorView, ThirdPartyView};
pub(crate) use view::of_request;
pub use view::{EvaluationRefView, POST_EVALUATION, PostEvaluationFilter, PostEvaluationView, list, view};

use self::row::Row;
use crate::{
    file,
    finance::{expense_claim, expense_request},
    organisation::{lower, referred},
    policy,
    schema::{
        approval_tasks as tasks, approvals, employees, expense_claims as claims, invoices,
        post_evaluations as evaluations,
    },
    separation_policy,
    spine::{Failure, Key, Part, Reader, Sight, Stored, Tx, Where, db, guard, save_row},
};
use diesel::prelude::*;
use domain::{
    finance::{
        expense_claim::ExpenseClaim,
        expense_policy::ExpensePolicy,
        expense_request::ExpenseRequest,
        invoice::is_same_seller,
        post_evaluation::{Commission, EvaluationSubject, PostEvaluation, ThirdParty},
    },
    separation_policy::SeparationRule,
    spine::{Change, Entity, Explanation, Id, Permission},
};
use serde_json::json;
use uuid::Uuid;

/// What this noun brings to its wing.
pub(crate) const NOUN: &[Part] = &[
    &file::DocumentKind { kind: PostEvaluation::KIND, may_read },
    &duty::CALLED,
    &duty::FILED,
    &policy::Shipped::text(
        "duty-rule/post-evaluation",
        "后评估报告",
        "003 §7.3 2 费用监督",
        duty::REPORT_RULE,
    ),
];

impl Stored<crate::Finance> for PostEvaluation {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self, tx.now())?;
        guard(save_row!(tx, evaluations, &row, before)?)
    }
}

crate::spine::resource! { crate::Finance: PostEvaluation as PostEvaluationView; find, apply, view = view }

/// Writes a change of a post-evaluation; its attachments become exactly those it names.
pub fn apply(tx: &mut Tx<'_>, change: Change<PostEvaluation>) -> Result<PostEvaluation, Failure> {
    let evaluation = tx.apply(change)?;
    let (id, files) = (evaluation.id.uuid(), &evaluation.attachments);
    file::attach_exactly(tx, files, PostEvaluation::KIND, id, "/attachments")?;
    Ok(evaluation)
}

/// The number of a new post-evaluation of this year.
pub fn next_number(tx: &mut Tx<'_>) -> Result<String, Failure> {
    crate::spine::next_number(tx, "PE")
}

/// The post-evaluations within sight: those of departments in reach, and those one commissioned.
fn seen(sight: &Sight) -> Where {
    let mut wanted = Where::new();
    if !sight.all {
        let of_department = evaluations::department_id.eq_any(sight.departments.clone());
        wanted.also(of_department.or(evaluations::created_by.eq(sight.user)));
    }
    wanted
}

fn row_of(reader: &mut Reader<'_>, id: Id<PostEvaluation>) -> Result<Row, Failure> {
    let (key, seen) = (Key::from(id), seen(&Sight::of(reader)));
    Ok(db!(reader, |c| evaluations::table
        .filter(evaluations::id.eq(key))
        .filter(&seen)
        .select(Row::as_select())
        .first(c))?)
}

/// A post-evaluation within the caller's sight.
pub fn find(reader: &mut Reader<'_>, id: Id<PostEvaluation>) -> Result<PostEvaluation, Failure> {
    let row = row_of(reader, id)?;
    let held = file::list_of(reader, PostEvaluation::KIND, id.uuid())?;
    row.evaluation(held.into_iter().map(|file| Id::from_uuid(file.id.uuid())).collect())
}

/// Whether the caller may read a post-evaluation, and with it its files.
pub(crate) fn may_read(reader: &mut Reader<'_>, evaluation: Uuid) -> Result<bool, Failure> {
    reader.finds_by(Permission::ReadPostEvaluations, |reader| row_of(reader, Id::from_uuid(evaluation)))
}

/// The claim an evaluation is to be about: one the caller may read.
pub fn claim(reader: &mut Reader<'_>, id: Id<ExpenseClaim>) -> Result<ExpenseClaim, Failure> {
    let found = reader.seeing_by(Permission::ReadExpenseClaims, |reader| expense_claim::find(reader, id));
    referred(found, "/claim_id")
}

/// The expense request an evaluation is to be about: one the caller may read.
pub fn request(reader: &mut Reader<'_>, id: Id<ExpenseRequest>) -> Result<ExpenseRequest, Failure> {
    let found = reader.seeing_by(Permission::ReadExpenseRequests, |reader| expense_request::find(reader, id));
    referred(found, "/request_id")
}

/// Refuses an evaluator that is our own company, or bears the name of somebody who works here.
pub fn ensure_third_party(reader: &mut Reader<'_>, party: &ThirdParty) -> Result<(), Failure> {
    let today = reader.today();
    let policy = policy::in_force::<ExpensePolicy>(reader, "claims", today)?;
    let name = party.name.trim().to_lowercase();
    let namesakes: i64 = db!(reader, |c| employees::table
        .filter(lower(employees::name).eq(&name).and(employees::status.ne("left")))
        .count()
        .get_result(c))?;
    Ok(party.ensure_independent(&policy.content, namesakes > 0)?)
}

/// Refuses an evaluator who sold what is evaluated: who is on an invoice of the claim, or of a claim on the request.
pub fn ensure_no_seller(
    reader: &mut Reader<'_>,
    commission: &Commission,
) -> Result<Option<Explanation>, Failure> {
    let Some(evaluated) = document_of(&commission.subject) else { return Ok(None) };
    // Ids are unique over all tables: that of a request is no claim's.
    let of_it = claims::id.eq(evaluated).or(claims::request_id.eq(evaluated));
    let sellers: Vec<(String, Option<String>)> = db!(reader, |c| invoices::table
        .inner_join(claims::table)
        .filter(of_it)
        .select((invoices::seller_name, invoices::seller_tax_number))
        .distinct()
        .load(c))?;
    let party = &commission.third_party;
    let named = (party.name.as_str(), party.tax_number.as_deref());
    let sold = sellers.iter().any(|(name, number)| is_same_seller(named, (name, number.as_deref())));
    let facts = json!({"name": party.name});
    separation_policy::apart(reader, SeparationRule::SellerEvaluates, sold, facts)
}

/// Holds a report against the rules of who may let it stand: for what is refused and for what is told beforehand alike.
///
/// # Errors
/// Where the caller decided about the spending, or the evaluator sold what is evaluated.
pub fn ensure_acceptable(
    reader: &mut Reader<'_>,
    evaluation: &PostEvaluation,
) -> Result<Vec<Explanation>, Failure> {
    let decided = ensure_no_decider(reader, evaluation)?;
    let sold = ensure_no_seller(reader, &evaluation.commission)?;
    Ok(decided.into_iter().chain(sold).collect())
}

/// Refuses whoever decided about the spending that is evaluated: on the claim, the request, or a claim on it.
fn ensure_no_decider(
    reader: &mut Reader<'_>,
    evaluation: &PostEvaluation,
) -> Result<Option<Explanation>, Failure> {
    let own = reader.actor().employee;
    let (Some(own), Some(evaluated)) = (own, document_of(&evaluation.commission.subject)) else {
        return Ok(None);
    };
    let of_request: Vec<Key> =
        db!(reader, |c| claims::table.filter(claims::request_id.eq(evaluated)).select(claims::id).load(c))?;
    let documents: Vec<Key> = of_request.into_iter().chain([evaluated]).collect();
    let decided: i64 = db!(reader, |c| tasks::table
        .inner_join(approvals::table.on(approvals::id.eq(tasks::approval_id)))
        .filter(tasks::assignee_id.eq(Key::from(own)).and(tasks::state.eq("decided")))
        .filter(approvals::document.eq_any(&documents))
        .count()
        .get_result(c))?;
    let facts = json!({"number": evaluation.number});
    separation_policy::apart(reader, SeparationRule::DeciderAccepts, decided > 0, facts)
}

/// The claim or the request that is evaluated; none of a project.
fn document_of(subject: &EvaluationSubject) -> Option<Key> {
    match subject {
        EvaluationSubject::Project { .. } => None,
        EvaluationSubject::ExpenseClaim { claim, .. } => Some((*claim).into()),
        EvaluationSubject::ExpenseRequest { request, .. } => Some((*request).into()),
    }
}

/// Whether the caller had a part in the spending that is evaluated: asked for it, claimed it, or was paid.
pub fn is_party(reader: &mut Reader<'_>, evaluation: &PostEvaluation) -> Result<bool, Failure> {
    let Some(own) = reader.actor().employee else { return Ok(false) };
    let claimed_on = match &evaluation.commission.subject {
        EvaluationSubject::Project { .. } => return Ok(false),
        EvaluationSubject::ExpenseClaim { claim, .. } => Key::from(*claim),
        EvaluationSubject::ExpenseRequest { request, .. } => {
            let asked = expense_request::find_unscoped(reader, *request)?.petition;
            if asked.submitter == own || asked.creator_employee == Some(own) {
                return Ok(true);
            }
            Key::from(*request)
        }
    };
    let own = Key::from(own);
    let is_party = claims::submitter_id
        .eq(own)
        .or(claims::beneficiary_id.eq(own))
        .or(claims::creator_employee_id.eq(own));
    // Ids are unique over all tables: that of a request is no claim's.
    let evaluated = claims::id.eq(claimed_on).or(claims::request_id.eq(claimed_on));
    let found: i64 = db!(reader, |c| claims::table.filter(evaluated).filter(is_party).count().get_result(c))?;
    Ok(found > 0)
}
