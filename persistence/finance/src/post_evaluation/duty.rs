//! The report of a third party is due by its day: whoever commissioned it sees to that. `[EXP-12, DUT-1a]`

use crate::{
    duty::{Called, Filed, FiledRecord, Undone},
    schema::{post_evaluations as evaluations, users},
    spine::{Failure, Key, Reader, db},
};
use diesel::prelude::*;
use domain::{duty::TakenBy, finance::post_evaluation::PostEvaluation, spine::EmployeeId, spine::Entity};
use serde_json::json;
use uuid::Uuid;

/// The rule that calls for reports of third parties.
pub const REPORT_RULE: &str = include_str!("../shipped/post_evaluation_rule.json");

/// A post-evaluation that is commissioned calls for its report.
pub static CALLED: Called = Called {
    event: "post_evaluation.commissioned",
    kind: PostEvaluation::KIND,
    responsible,
    gone: &["post_evaluation.cancelled"],
    passed: &[],
    redated: &[],
};

/// A report that was filed fulfils it; one that was returned is owed again.
pub static FILED: Filed = Filed {
    source: "post_evaluation.filed",
    zh: "后评估报告已提交",
    en: "The report of a post-evaluation was filed",
    event: "post_evaluation.report_filed",
    undone: &[Undone { event: "post_evaluation.returned", by: |_| Some(TakenBy::Another) }],
    of: |_, id| Ok(Some(FiledRecord::Record { kind: PostEvaluation::KIND, id, facts: json!({}) })),
};

fn responsible(reader: &mut Reader<'_>, evaluation: Uuid) -> Result<Option<EmployeeId>, Failure> {
    let key = Key(evaluation);
    let employee: Option<Key> = db!(reader, |c| evaluations::table
        .inner_join(users::table.on(users::id.eq(evaluations::created_by)))
        .filter(evaluations::id.eq(key))
        .select(users::employee_id)
        .first(c))?;
    Ok(employee.map(Into::into))
}
