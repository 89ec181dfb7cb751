//! Post-evaluations over HTTP: commissioned, filed, accepted or returned. `[EXP-12]`

mod body;

use crate::spine::{
    At, Can, Created, List, LongReason, Merge, PathId, Reading, Reply, Routes, UnitOfWork, Valid, Wanted,
    routes,
};
use body::*;
use domain::{
    finance::post_evaluation::{Commission, PostEvaluation},
    spine::perm,
};
use persistence::{
    finance::post_evaluation::{self as evaluations, PostEvaluationFilter, PostEvaluationView},
    organisation::department,
    spine::{Failure, Tx},
};

pub(crate) fn routes(into: &mut Routes) {
    routes!(
        into,
        "post-evaluations",
        [
            list_post_evaluations,
            commission_post_evaluation,
            show_post_evaluation,
            revise_post_evaluation,
            file_post_evaluation_report,
            return_post_evaluation_report,
            accept_post_evaluation_report,
            cancel_post_evaluation,
        ]
    );
}

/// What a body commissions, with what it takes from its claim or request; refuses what refers to nothing, and evaluators
/// who are no third party.
fn commission(tx: &mut Tx<'_>, body: CommissionEvaluation) -> Result<Commission, Failure> {
    let claim = body.claim().map(|id| evaluations::claim(tx, id)).transpose()?;
    let request = body.request().map(|id| evaluations::request(tx, id)).transpose()?;
    let commission = body.commission(claim.as_ref(), request.as_ref())?;
    department::refer(tx, commission.department, "/department_id")?;
    evaluations::ensure_third_party(tx, &commission.third_party)?;
    Ok(commission)
}

/// List post-evaluations, the newest first. `[EXP-12]`
#[utoipa::path(get, path = "/api/v1/post-evaluations")]
async fn list_post_evaluations(
    who: Can<perm::ReadPostEvaluations>,
    wanted: Wanted<PostEvaluationFilter>,
    reading: Reading,
) -> List<PostEvaluationView> {
    reading.list(who, wanted, evaluations::list).await
}

/// Commission a post-evaluation by a third party. `[EXP-12]`
///
/// Of what a claim was spent on, or of what an approved expense request paid for — expected effect and department
/// are theirs where absent, and what the request cost is told from its own figures —, or of a project by its name.
#[utoipa::path(post, path = "/api/v1/post-evaluations")]
async fn commission_post_evaluation(
    who: Can<perm::ManagePostEvaluations>,
    body: Valid<CommissionEvaluation>,
    work: UnitOfWork,
) -> Created<PostEvaluationView> {
    work.write(who, move |tx| {
        let commission = commission(tx, body.0.clone())?;
        let (id, number) = (tx.id(), evaluations::next_number(tx)?);
        let told = evaluations::ensure_no_seller(tx, &commission)?;
        let change = PostEvaluation::commission(id, number, commission, tx.actor(), tx.now())?;
        let evaluation = evaluations::apply(tx, change.explained(told))?;
        evaluations::view(tx, evaluation.id)
    })
    .await
}

/// Show a post-evaluation. `[EXP-12]`
#[utoipa::path(get, path = "/api/v1/post-evaluations/{id}")]
async fn show_post_evaluation(
    who: Can<perm::ReadPostEvaluations>,
    id: PathId<PostEvaluation>,
    reading: Reading,
) -> Reply<PostEvaluationView> {
    reading.read(who, move |reader| evaluations::view(reader, *id)).await
}

/// Change a commissioned post-evaluation. `[EXP-12]`
///
/// While the report is awaited.
#[utoipa::path(patch, path = "/api/v1/post-evaluations/{id}")]
async fn revise_post_evaluation(
    who: Can<perm::ManagePostEvaluations>,
    at: At<PostEvaluation>,
    patch: Merge<CommissionEvaluation>,
    work: UnitOfWork,
) -> Reply<PostEvaluationView> {
    work.moves(who, at, move |evaluation, tx| {
        let commission = commission(tx, patch.over(&evaluation.commission.clone().into())?)?;
        let told = evaluations::ensure_no_seller(tx, &commission)?;
        Ok(evaluation.revise(commission)?.explained(told))
    })
    .await
}

/// File the report of the third party. `[EXP-12]`
///
/// With what was achieved of every indicator, and the report itself attached.
#[utoipa::path(post, path = "/api/v1/post-evaluations/{id}/file-report")]
async fn file_post_evaluation_report(
    who: Can<perm::ManagePostEvaluations>,
    at: At<PostEvaluation>,
    body: Valid<FileReport>,
    work: UnitOfWork,
) -> Reply<PostEvaluationView> {
    work.moves(who, at, move |evaluation, tx| {
        Ok(evaluation.file(body.0.clone().filing(), tx.actor(), tx.now(), tx.today())?)
    })
    .await
}

/// Send the report of a post-evaluation back. `[EXP-12]`
#[utoipa::path(post, path = "/api/v1/post-evaluations/{id}/return-report")]
async fn return_post_evaluation_report(
    who: Can<perm::ManagePostEvaluations>,
    at: At<PostEvaluation>,
    body: Valid<LongReason>,
    work: UnitOfWork,
) -> Reply<PostEvaluationView> {
    work.moves(who, at, move |evaluation, tx| Ok(evaluation.return_report(body.reason.clone(), tx.now())?))
        .await
}

/// Accept the report of a post-evaluation. `[EXP-12]`
///
/// Never by somebody who had a part in the spending or decided about it.
#[utoipa::path(post, path = "/api/v1/post-evaluations/{id}/accept-report")]
async fn accept_post_evaluation_report(
    who: Can<perm::ManagePostEvaluations>,
    at: At<PostEvaluation>,
    body: Valid<AcceptReport>,
    work: UnitOfWork,
) -> Reply<PostEvaluationView> {
    work.moves(who, at, move |evaluation, tx| {
        let is_party = evaluations::is_party(tx, &evaluation)?;
        let told = evaluations::ensure_acceptable(tx, &evaluation)?;
        let change = evaluation.accept(body.note.clone(), is_party, tx.actor(), tx.now())?;
        Ok(change.explained(told))
    })
    .await
}

/// Cancel a post-evaluation that is not accepted yet. `[EXP-12]`
#[utoipa::path(post, path = "/api/v1/post-evaluations/{id}/cancel")]
async fn cancel_post_evaluation(
    who: Can<perm::ManagePostEvaluations>,
    at: At<PostEvaluation>,
    body: Valid<LongReason>,
    work: UnitOfWork,
) -> Reply<PostEvaluationView> {
    work.moves(who, at, move |evaluation, tx| Ok(evaluation.cancel(body.reason.clone(), tx.now())?)).await
}
