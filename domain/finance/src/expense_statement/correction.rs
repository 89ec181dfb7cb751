//! 更正报表: a month that is opened again after its statement was approved may cost something else. A corrected statement
//! of the same period and department takes the place of the approved one when it is approved itself; that one stays
//! frozen and readable. `[EXP-13, BUD-9]`

use super::*;

crate::refusals! { STATEMENT_CORRECTION_REFUSALS:
    NOT_REPLACEABLE = "expense_statement.not_replaceable", Conflict, "报表 {number} 不是该期间、部门现行已批准的报表，不能更正", "The statement {number} is not the approved one in force of this period and department, and cannot be corrected";
    NOTHING_REOPENED = "expense_statement.nothing_reopened", Conflict, "报表 {number} 批准后没有会计期间重新开账，无须更正", "No month was opened again since the statement {number} was approved; there is nothing to correct";
}

impl ExpenseStatement {
    /// Whether a corrected statement of a period and department may take its place: it is approved and in force, and a
    /// month of it stood open again after that. `last_open` is until when one did.
    pub fn may_be_corrected(
        &self,
        period: Period,
        department: Id<Department>,
        last_open: Option<Timestamp>,
    ) -> Result<(), Refusal> {
        let refuse = |code| {
            let refusal = Refusal::new(code).with("number", self.petition.number.as_str());
            Err(refusal.citing(Citation::clause("EXP-13", "000 §9.2 四")).at("/replaces_id"))
        };
        match self.petition.standing {
            Standing::Approved { at } if self.period == period && self.department == department => {
                if self.replaced_by.is_some() {
                    refuse(NOT_REPLACEABLE)
                } else if last_open.is_none_or(|until| until <= at) {
                    refuse(NOTHING_REOPENED)
                } else {
                    Ok(())
                }
            }
            _ => refuse(NOT_REPLACEABLE),
        }
    }

    /// Its correction was approved: that one is in force from now on. What this one says does not change.
    pub fn replaced(self, by: &Self) -> Change<Self> {
        let facts = json!({
            "number": self.petition.number, "replaced_by_id": by.id, "replaced_by": by.petition.number,
        });
        let after = Self { replaced_by: Some(by.id), ..self.clone() };
        Change::updated(self, after, REPLACED, facts)
    }
}
