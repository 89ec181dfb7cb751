//! What a contract or an order says of its payment (付款约定): in which parts, each by when. `[REC-1a; 003 销售合同管理]`

use crate::{
    ownership::WHOLE_BP,
    spine::{BusinessDate, Citation, Currency, Findings, Money, Refusal, codes},
};
use chrono::Days;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

crate::refusals! { TERMS_REFUSALS:
    PART_UNCLEAR = "instalment.part_unclear", Invalid, "每期须写明比例或金额之一，且各期写法一致", "Every instalment says either its share or its amount, and all of them the same";
    DUE_UNCLEAR = "instalment.due_unclear", Invalid, "每期须写明到期日，或条件及其后的天数", "Every instalment says its day, or what it waits for and how many days after that";
    SHARES_NOT_WHOLE = "instalment.shares_not_whole", Invalid, "各期比例合计须为 100%，相差 {difference} 个万分点", "The shares must come to the whole; they differ by {difference} basis points";
    DOES_NOT_ADD_UP = "instalment.does_not_add_up", Invalid, "各期金额合计须等于总额 {total}，相差 {difference}", "The instalments must come to the total of {total}; they differ by {difference}";
    TERM_CURRENCY = "instalment.not_in_book_currency", Invalid, "分期金额须为记账本位币", "An instalment is in the book currency";
    NOT_AWAITED = "instalment.milestone_unknown", Invalid, "此类单据没有“{milestone}”这一条件", "\"{milestone}\" does not come about for a document of this kind";
    OF_ITS_ORDERS = "instalment.of_its_orders", Invalid, "框架合同按其订单收款，不约定分期", "A framework is paid by its orders; it has no instalments of its own";
    DUE_TOO_EARLY = "instalment.due_too_early", Invalid, "到期日 {date} 早于 {earliest}", "The day {date} lies before {earliest}";
    DUE_TOO_LATE = "instalment.due_too_late", Invalid, "到期日 {date} 晚于 {latest}", "The day {date} lies after {latest}";
}

/// At most so many instalments.
pub const TERMS_MAX: usize = 60;
/// At most so many days after what an instalment waits for.
const DAYS_MAX: u32 = 3_650;

/// What an instalment may wait for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = InstalmentMilestone)]
pub enum Milestone {
    /// The document is approved.
    Approval,
    /// The contract is signed.
    Signature,
    /// An order of it is delivered, all of it.
    Delivery,
}

crate::labels! { Milestone = "InstalmentMilestone":
    Approval = "approval", "批准", "Approval";
    Signature = "signature", "签署", "Signature";
    Delivery = "delivery", "送达", "Delivery";
}

/// What comes about for contracts.
pub const MILESTONES_OF_CONTRACTS: &[Milestone] =
    &[Milestone::Approval, Milestone::Signature, Milestone::Delivery];
/// What comes about for orders.
pub const MILESTONES_OF_ORDERS: &[Milestone] = &[Milestone::Approval, Milestone::Delivery];

/// An instalment as a document says it: its part of the whole, and by when.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct InstalmentTerm {
    /// Its share of the whole in basis points, where it is said so.
    pub share_bp: Option<u32>,
    /// Its amount, where that is said.
    pub amount: Option<Money>,
    /// The day by whose end it is due, where that is said.
    pub due_on: Option<BusinessDate>,
    /// What it waits for, where it is not a day.
    pub after: Option<Milestone>,
    /// How many days after that it is due; at once where absent.
    pub days: Option<u32>,
}

impl InstalmentTerm {
    /// What it waits for, and how many days it is due after that.
    pub fn awaited(&self) -> Option<(Milestone, u32)> {
        self.after.map(|milestone| (milestone, self.days.unwrap_or(0)))
    }
}

/// Looks at what a document says of its payment: parts that come to exactly the whole, each with its day.
pub fn check_terms(
    findings: &mut Findings,
    terms: &[InstalmentTerm],
    total: Option<Money>,
    known: &[Milestone],
) {
    if terms.len() > TERMS_MAX {
        findings.add_with(
            "/instalments",
            codes::OUT_OF_RANGE,
            [("min", json!(0)), ("max", json!(TERMS_MAX))],
        );
        return;
    }
    let is_by_share = terms.first().is_some_and(|term| term.share_bp.is_some());
    let mut is_sound = true;
    for (index, term) in terms.iter().enumerate() {
        let pointer = format!("/instalments/{index}");
        is_sound &= check_part(findings, &pointer, term, is_by_share);
        check_due(findings, &pointer, term, known);
    }
    if terms.is_empty() || !is_sound {
        return;
    }
    if is_by_share {
        let sum: i64 = terms.iter().filter_map(|term| term.share_bp).map(i64::from).sum();
        if sum != i64::from(WHOLE_BP) {
            let named = [("difference", json!(i64::from(WHOLE_BP) - sum))];
            findings.add_with("/instalments", SHARES_NOT_WHOLE, named);
        }
    } else if let Some(total) = total {
        let sum: i64 =
            terms.iter().filter_map(|term| term.amount).map(Money::minor).fold(0, i64::saturating_add);
        if sum != total.minor() {
            let difference = Money::from_minor(total.minor().saturating_sub(sum), Currency::Cny);
            let named = [("total", json!(total.to_string())), ("difference", json!(difference.to_string()))];
            findings.add_with("/instalments", DOES_NOT_ADD_UP, named);
        }
    }
}

/// Whether the part of an instalment is said as those of the others are.
fn check_part(findings: &mut Findings, pointer: &str, term: &InstalmentTerm, is_by_share: bool) -> bool {
    match (term.share_bp, term.amount) {
        (Some(share), None) if is_by_share => {
            let is_part = (1..=WHOLE_BP).contains(&share);
            if !is_part {
                let range = [("min", json!(1)), ("max", json!(WHOLE_BP))];
                findings.add_with(format!("{pointer}/share_bp"), codes::OUT_OF_RANGE, range);
            }
            is_part
        }
        (None, Some(amount)) if !is_by_share => {
            if amount.currency() != Currency::Cny {
                findings.add(format!("{pointer}/amount"), TERM_CURRENCY);
            } else if !amount.is_positive() {
                findings.add(format!("{pointer}/amount"), codes::AMOUNT_NOT_POSITIVE);
            } else {
                return true;
            }
            false
        }
        _ => {
            findings.add(pointer.to_owned(), PART_UNCLEAR);
            false
        }
    }
}

fn check_due(findings: &mut Findings, pointer: &str, term: &InstalmentTerm, known: &[Milestone]) {
    match (term.due_on, term.after, term.days) {
        (Some(_), None, None) => {}
        (None, Some(milestone), days) => {
            if !known.contains(&milestone) {
                let refusal = Refusal::new(NOT_AWAITED).with_label("milestone", milestone);
                findings.absorb(refusal.at(format!("{pointer}/after")));
            }
            if days.is_some_and(|days| days > DAYS_MAX) {
                let range = [("min", json!(0)), ("max", json!(DAYS_MAX))];
                findings.add_with(format!("{pointer}/days"), codes::OUT_OF_RANGE, range);
            }
        }
        _ => findings.add(pointer.to_owned(), DUE_UNCLEAR),
    }
}

/// Looks at the days that are said: so many days back and ahead of today at most.
///
/// # Errors
/// `instalment.due_too_early`, `instalment.due_too_late`.
pub fn check_days(
    terms: &[InstalmentTerm],
    today: BusinessDate,
    (back, ahead): (u32, u32),
) -> Result<(), Refusal> {
    let mut findings = Findings::new();
    let earliest = today.checked_sub_days(Days::new(back.into())).unwrap_or(BusinessDate::MIN);
    let latest = today.checked_add_days(Days::new(ahead.into())).unwrap_or(BusinessDate::MAX);
    for (index, term) in terms.iter().enumerate() {
        let (Some(due), pointer) = (term.due_on, format!("/instalments/{index}/due_on")) else { continue };
        if due < earliest {
            let named = [("date", json!(due)), ("earliest", json!(earliest))];
            findings.add_with(pointer, DUE_TOO_EARLY, named);
        } else if due > latest {
            findings.add_with(pointer, DUE_TOO_LATE, [("date", json!(due)), ("latest", json!(latest))]);
        }
    }
    findings.into_result().map_err(|refusal| refusal.citing(Citation::clause("REC-1a", "003 销售合同管理")))
}

/// What each instalment comes to, in minor units: exactly the whole together, by the largest remainder, ties to the earlier.
pub fn amounts_of(terms: &[InstalmentTerm], total: i64) -> Vec<i64> {
    let weight = |term: &InstalmentTerm| match (term.share_bp, term.amount) {
        (Some(share), _) => u64::from(share),
        (None, amount) => amount.map_or(0, |amount| amount.minor().unsigned_abs()),
    };
    let weights: Vec<u64> = terms.iter().map(weight).collect();
    Money::from_minor(total, Currency::Cny).split(&weights).into_iter().map(Money::minor).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(share_bp: u32) -> InstalmentTerm {
        let after = Some(Milestone::Signature);
        InstalmentTerm { share_bp: Some(share_bp), amount: None, due_on: None, after, days: Some(30) }
    }

    #[test]
    fn thirds_of_a_hundred_come_to_the_whole_to_the_fen() {
        let terms = [share(3_333), share(3_333), share(3_334)];
        assert_eq!(amounts_of(&terms, 10_000), [3_333, 3_333, 3_334]);
        assert_eq!(amounts_of(&terms, 1), [0, 0, 1]);
        assert_eq!(amounts_of(&[share(5_000), share(5_000)], 1), [1, 0], "ties go to the earlier");
    }

    #[test]
    fn what_is_wrong_with_a_schedule_is_said() {
        let of = |terms: &[InstalmentTerm]| {
            let mut findings = Findings::new();
            check_terms(
                &mut findings,
                terms,
                Some(Money::from_minor(100, Currency::Cny)),
                MILESTONES_OF_ORDERS,
            );
            findings.into_vec().iter().map(|finding| finding.code.code).collect::<Vec<_>>()
        };
        let amount = |minor| InstalmentTerm {
            share_bp: None,
            amount: Some(Money::from_minor(minor, Currency::Cny)),
            after: Some(Milestone::Approval),
            ..share(1)
        };
        assert_eq!(of(&[amount(40), amount(60)]), [""; 0]);
        assert_eq!(of(&[amount(40), amount(61)]), [DOES_NOT_ADD_UP.code]);
        assert_eq!(of(&[share(10_000)]), [NOT_AWAITED.code], "orders are not signed");
        assert_eq!(of(&[amount(100), share(1)]), [PART_UNCLEAR.code, NOT_AWAITED.code]);
        let unclear = InstalmentTerm { after: None, ..amount(100) };
        assert_eq!(of(&[unclear]), [DUE_UNCLEAR.code]);
    }
}
