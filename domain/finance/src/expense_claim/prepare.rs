//! Making the journal entry of a claim for which none could be made at its approval, once finance has mended
//! what stood in its way. `[EXP-9]`

use super::*;

crate::refusals! { PREPARE_REFUSALS:
    NOT_PREPARABLE = "expense_claim.not_preparable", Conflict, "当前状态“{state}”不可生成会计分录，批准后、接收前才可生成", "No journal entry is made of a claim in the state \"{state}\"; only of an approved one, before it is acknowledged";
    ALREADY_PREPARED = "expense_claim.already_prepared", Conflict, "报销单 {number} 已有会计分录", "Claim {number} has its journal entry already";
}

crate::events! { PREPARE_EVENTS:
    PREPARED = "expense_claim.prepared", "报销单已生成会计分录", "The missing journal entry of an expense claim was made";
}

impl ExpenseClaim {
    /// Whether its journal entry is wanting and may be made now.
    pub fn may_prepare(&self) -> Result<(), Refusal> {
        let refusal = match self.state() {
            ClaimState::Approved if self.entry.is_none() => return Ok(()),
            ClaimState::Approved => {
                Refusal::new(ALREADY_PREPARED).with("number", self.petition.number.as_str())
            }
            _ => self.wrong_state(NOT_PREPARABLE),
        };
        Err(refusal.citing(Citation::rule("EXP-9")))
    }

    /// Makes the entry that could not be made at the approval. The rules are those in force when it is made:
    /// what mended them cannot have been in force on the business date, since policies are never backdated.
    ///
    /// # Errors
    /// A claim that is not approved, or has its entry; the reason why still none can be made.
    pub fn prepare(self, rules: ClaimRules<'_>) -> Result<Change<Self>, Refusal> {
        self.may_prepare()?;
        let entry = JournalEntry::of(&self.content, rules)?;
        let (policy, categories) = (rules.policy, rules.categories);
        let facts = json!({
            "number": self.petition.number, "state": self.state().code(), "payable": self.payable()?,
            "policies": [[policy.code, policy.number], [categories.code, categories.number]],
        });
        let after = Self { entry: Some(entry), not_ready: None, ..self.clone() };
        Ok(Change::updated(self, after, PREPARED, facts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finance::{fixture::*, journal::NO_ACCOUNT};

    fn not_ready() -> ExpenseClaim {
        let reason = Refusal::new(NO_ACCOUNT).with("category", "entertainment.travel");
        ExpenseClaim { entry: None, not_ready: Some(NotReady::because_of(reason)), ..approved() }
    }

    #[test]
    fn the_entry_is_made_once_by_rules_that_allow_it() {
        let mut rules = Rules::shipped();
        let kept = rules.categories.content.clone();
        rules.categories.content.categories.iter_mut().for_each(|category| category.account = None);
        assert_eq!(not_ready().prepare(rules.all()).expect_err("still no account").code, NO_ACCOUNT);
        rules.categories.content = kept;
        let ready = not_ready().prepare(rules.all()).expect("an entry").into_after();
        assert!(ready.entry.as_ref().is_some_and(JournalEntry::is_balanced));
        assert_eq!((ready.not_ready.clone(), ready.state()), (None, ClaimState::Approved));
        assert_eq!(ready.prepare(rules.all()).expect_err("it has one").code, ALREADY_PREPARED);
    }

    #[test]
    fn only_an_approved_claim_is_prepared() {
        let rules = Rules::shipped();
        for claim in [draft(), submitted(draft())] {
            assert_eq!(claim.prepare(rules.all()).expect_err("too early").code, NOT_PREPARABLE);
        }
    }
}
