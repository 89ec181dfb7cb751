//! A ruling settles what a sale earns: it comes out at exactly zero, stands in place of the split, and is booked whole once the
//! commission is due in full. `[COM-9]`

use super::*;
use crate::{
    commission::{
        COMMISSION_RULES_CODE, CommissionRules, Due,
        settlement::{Settlement, SettlementLine, commission_of, contributions, settle, unbalanced},
    },
    spine::{Actor, Change, Citation, Currency, Explanation, Findings, Money, Refusal, in_both, wording},
};
use serde_json::json;

/// What is ruled about the money of a sale.
#[derive(Clone, Debug)]
pub struct NewSettlement {
    /// What books it.
    pub id: Uuid,
    /// Why: 1 to 4,000 characters.
    pub reasons: String,
    /// Its lines: what comes in, then what goes out.
    pub lines: Vec<SettlementLine>,
}

/// Who settles, and whether much may be put in by them.
#[derive(Clone, Debug)]
pub struct Ruler<'a> {
    /// Who.
    pub by: &'a Actor,
    /// Whether they hold the role that rules where much is put in.
    pub rules_for_much: bool,
    /// What people call that role, Chinese and English.
    pub role: (String, String),
}

impl Sale {
    /// Settles what it earns. A later settlement takes the place of this one.
    ///
    /// # Errors
    /// `settlement.unbalanced` with the difference, also where it parts another commission than the sale earns;
    /// `settlement.award_to_ruler`, `sale.settlement_above_limit`, `sale.settled_too_early`, `sale.party_cannot_tell`.
    pub fn settle(
        self,
        new: NewSettlement,
        Ruler { by, rules_for_much, role: (zh, en) }: Ruler<'_>,
        rules: &CommissionRules,
        now: (Timestamp, BusinessDate),
        fresh: &mut dyn FnMut() -> Uuid,
    ) -> Result<Change<Self>, Refusal> {
        let earned = self.may_settle(by)?;
        let NewSettlement { id, reasons, lines } = new;
        let mut findings = Findings::new();
        wording::check(&mut findings, "/reasons", &reasons, 4_000);
        findings.into_result().map_err(cite)?;
        let Some(ruler) = by.employee else { return Err(cite(Refusal::new(PARTY_CANNOT_TELL))) };
        let poured = settle(&lines, ruler)?;
        if commission_of(&lines) != earned {
            return Err(unbalanced(earned - commission_of(&lines)).at("/lines"));
        }
        let put_in = contributions(&lines);
        if put_in > rules.contributions_minor && !rules_for_much {
            let yuan = |minor| Money::from_minor(minor, Currency::Cny).to_string();
            let refusal = Refusal::new(SETTLEMENT_ABOVE_LIMIT).with("amount", yuan(put_in));
            let refusal = refusal.with("limit", yuan(rules.contributions_minor));
            return Err(cite(refusal.with("role", in_both(zh, en))));
        }
        let before = self.clone();
        let mut after = self;
        let at = now.0;
        let Some(closing) = &mut after.closing else { return Err(cite(Refusal::new(SETTLED_TOO_EARLY))) };
        let citation = Citation::rule("COM-9").by_policy(COMMISSION_RULES_CODE, closing.terms.rules_version);
        let facts = json!({"lines": lines, "poured": poured, "replaces": closing.settlement.is_some()});
        let why = Explanation::new("sale_settled", citation, facts);
        closing.settlement =
            Some(Settlement { id, by: by.user, at, reasons, lines, poured, is_booked: false });
        after.accrue(id, now, fresh);
        let facts = after.facts();
        Ok(Change::updated(before, after, SALE_SETTLED, facts).explained([why]))
    }

    /// What it earns in full, where its money may be settled by somebody.
    fn may_settle(&self, by: &Actor) -> Result<i64, Refusal> {
        let closing = match (&self.closing, self.state()) {
            (Some(closing), SaleState::Held | SaleState::Closed) => closing,
            (_, SaleState::FellThrough) => return Err(self.expect(&[]).err().unwrap_or_else(early)),
            _ => return Err(early().with("number", self.number.clone())),
        };
        if self.parties().into_iter().any(|party| by.is(party)) {
            return Err(cite(Refusal::new(PARTY_CANNOT_TELL)));
        }
        let in_full = Due { earned: closing.terms.earned, received: self.total, total: self.total };
        in_full.so_far().map_err(|_| early())
    }
}

fn early() -> Refusal {
    cite(Refusal::new(SETTLED_TOO_EARLY))
}

fn cite(refusal: Refusal) -> Refusal {
    refusal.citing(Citation::rule("COM-9"))
}
