//! The hand-over to the books: finance, or the ERP in its name, acknowledges what is ready, then confirms
//! or refuses its posting. Every call is idempotent per claim. `[EXP-9, EXP-10]`

use super::*;
use crate::{
    finance::{journal::JournalEntry, wording},
    spine::BusinessDate,
};
use chrono::NaiveDate;

crate::refusals! { HAND_OVER_REFUSALS:
    UNKNOWN_CLAIM = "erp.unknown_claim", NotFound, "没有此报销单", "There is no such claim";
    ALREADY_ACKNOWLEDGED = "erp.already_acknowledged", Conflict, "报销单 {number} 已被接收，接收批号为“{reference}”", "Claim {number} was acknowledged already, under \"{reference}\"";
    RECALLED = "erp.recalled", Conflict, "报销单 {number} 已被收回（{state}）", "Claim {number} was recalled ({state})";
    NOT_READY = "erp.not_ready", Conflict, "报销单 {number} 尚不可入账", "Claim {number} is not ready for posting";
    NO_ENTRY = "erp.no_entry", Conflict, "报销单 {number} 无法生成会计分录：{reason}", "No journal entry can be made for claim {number}: {reason}";
    NOT_ACKNOWLEDGED = "erp.not_acknowledged", Conflict, "报销单 {number} 尚未接收", "Claim {number} was not acknowledged yet";
    ALREADY_CONFIRMED = "erp.already_confirmed", Conflict, "报销单 {number} 已以凭证 {voucher} 入账", "Claim {number} was confirmed already with voucher {voucher}";
    BEFORE_DOCUMENT = "erp.before_document", Invalid, "入账日期 {date} 早于单据的业务日期 {business_date}", "The posting date {date} lies before the document's business date {business_date}";
    VOUCHER_YEAR = "erp.voucher_year", Invalid, "凭证年度 {year} 与入账日期 {date} 不符", "The voucher year {year} does not belong to the posting date {date}";
}

/// How an item of a hand-over was answered.
#[must_use = "a hand-over that is not applied did not happen"]
#[derive(Debug)]
pub enum HandedOver {
    /// It took effect now.
    Now(Box<Change<ExpenseClaim>>),
    /// The same had been said before; nothing changes.
    Already(Box<ExpenseClaim>),
}

impl HandedOver {
    pub(crate) fn already(claim: ExpenseClaim) -> Self {
        Self::Already(Box::new(claim))
    }

    pub(crate) fn now(change: Change<ExpenseClaim>) -> Self {
        Self::Now(Box::new(change))
    }
}

/// What finance or the ERP says when it takes a claim.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Acknowledgement {
    /// The batch or document under which the ERP took it.
    pub reference: String,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: Id<User>,
}

/// Where a claim stands in the ledger.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = LedgerVoucher)]
pub struct Voucher {
    /// The voucher's number.
    #[serde(deserialize_with = "crate::spine::typed::read_reference")]
    #[schema(min_length = 1, max_length = 40, example = "记-0231")]
    pub number: String,
    /// The fiscal year it belongs to.
    #[schema(minimum = 2000, maximum = 2999, example = 2026)]
    pub year: i32,
    /// The day it was posted.
    pub posted_on: NaiveDate,
}

/// Why the ERP could not post a claim.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PostingRefusal {
    /// The ERP's code.
    #[schema(min_length = 1, max_length = 40, example = "PERIOD_CLOSED")]
    pub code: String,
    /// The ERP's words.
    #[schema(min_length = 1, max_length = 500, example = "2026-02 会计期间已关闭")]
    pub text: String,
}

/// Why no journal entry of a claim could be made, kept as it was found.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct NotReady {
    /// The stable code.
    pub code: String,
    /// The parameters of its text.
    pub params: serde_json::Map<String, serde_json::Value>,
}

impl NotReady {
    pub(crate) fn because_of(refusal: Refusal) -> Self {
        Self { code: refusal.code.code.to_owned(), params: refusal.params }
    }

    /// The refusal it was; `None` if its code is no longer known.
    pub fn refusal(&self) -> Option<Refusal> {
        let wings = [crate::spine::WING, domain_base::WING, crate::WING];
        let code = wings.iter().flat_map(|wing| wing.refusals()).find(|known| known.code == self.code)?;
        Some(Refusal { params: self.params.clone(), ..Refusal::new(code) }.citing(Citation::rule("EXP-9")))
    }
}

/// The stages of a hand-over, each of which needs the one before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stage {
    /// Approved, waiting to be taken.
    Ready,
    /// Taken.
    Acknowledged,
    /// In the ledger.
    Posted,
}

impl ExpenseClaim {
    /// Refuses with the code that tells the ERP where the claim stands instead of at `wanted`.
    pub(crate) fn hand_over_stage(&self, wanted: Stage) -> Result<(), Refusal> {
        let state = self.state();
        let code = match (state, wanted) {
            (ClaimState::Approved, Stage::Ready)
            | (ClaimState::Acknowledged, Stage::Acknowledged)
            | (ClaimState::Posted, Stage::Posted) => return Ok(()),
            (ClaimState::Draft | ClaimState::InApproval, _) => NOT_READY,
            (ClaimState::Approved, _) => NOT_ACKNOWLEDGED,
            (ClaimState::Acknowledged, Stage::Ready) => ALREADY_ACKNOWLEDGED,
            (ClaimState::Acknowledged, _) => crate::finance::payment::NOT_POSTED,
            (ClaimState::Posted | ClaimState::Reversed, Stage::Ready) => ALREADY_ACKNOWLEDGED,
            (ClaimState::Posted | ClaimState::Reversed, _) => ALREADY_CONFIRMED,
            _ => RECALLED,
        };
        let mut refusal = Refusal::new(code)
            .citing(Citation::rule("EXP-10"))
            .with("number", self.petition.number.as_str())
            .with_label("state", state);
        if let Some(acknowledgement) = self.acknowledgement() {
            refusal = refusal.with("reference", acknowledgement.reference.as_str());
        }
        if let Some(voucher) = self.voucher() {
            refusal = refusal.with("voucher", voucher.number.as_str());
        }
        Err(refusal)
    }

    /// Finance or the ERP takes the claim: from now on it is immutable here. Without a journal entry that
    /// balances it is not ready.
    pub fn acknowledge(self, reference: String, by: &Actor, now: Timestamp) -> Result<HandedOver, Refusal> {
        if self.acknowledgement().is_some_and(|known| known.reference == reference) {
            return Ok(HandedOver::already(self));
        }
        self.hand_over_stage(Stage::Ready)?;
        let mut findings = Findings::new();
        wording::check(&mut findings, "/reference", &reference, 60);
        findings.into_result()?;
        self.has_an_entry()?;
        let acknowledgement = Acknowledgement { reference, at: now, by: by.user };
        Ok(HandedOver::now(self.booked(Books::Acknowledged { acknowledgement }, ACKNOWLEDGED)))
    }

    /// Refuses with the reason why there is no journal entry that balances.
    pub(crate) fn has_an_entry(&self) -> Result<(), Refusal> {
        if self.entry.as_ref().is_some_and(JournalEntry::is_balanced) {
            return Ok(());
        }
        let refusal = match self.not_ready.as_ref().and_then(NotReady::refusal) {
            Some(reason) => Refusal::new(NO_ENTRY).with_text("reason", &reason),
            None => Refusal::new(NOT_READY).with_label("state", self.state()),
        };
        Err(refusal.citing(Citation::rule("EXP-9")).with("number", self.petition.number.as_str()))
    }

    /// The ledger has it, under this voucher.
    pub fn confirm_posting(self, voucher: Voucher, today: BusinessDate) -> Result<HandedOver, Refusal> {
        if self.voucher() == Some(&voucher) {
            return Ok(HandedOver::already(self));
        }
        self.hand_over_stage(Stage::Acknowledged)?;
        check_voucher(&voucher, self.content.business_date, today)?;
        let Some(Books::Acknowledged { acknowledgement }) = self.books.clone() else {
            return Err(self.wrong_state(NOT_ACKNOWLEDGED));
        };
        let facts = json!({
            "number": self.petition.number, "state": ClaimState::Posted.code(), "voucher": voucher, "payable": self.payable()?,
            "direction": self.direction(), "reverses": self.reverses.as_ref().map(|of| of.number.as_str()),
        });
        let after = Self { books: Some(Books::Posted { acknowledgement, voucher }), ..self.clone() };
        Ok(HandedOver::now(Change::updated(self, after, POSTED, facts)))
    }

    /// The ledger will not have it: the claim goes back whole, with the ERP's reason. A reversing document
    /// has nobody to go back to: it becomes void.
    pub fn refuse_posting(self, refusal: PostingRefusal, now: Timestamp) -> Result<HandedOver, Refusal> {
        let said = match &self.petition.standing {
            Standing::Returned { .. } => self.posting_refusal.as_ref() == Some(&refusal),
            Standing::Void { reason, .. } => self.reverses.is_some() && *reason == refusal.as_reason(),
            _ => false,
        };
        if said {
            return Ok(HandedOver::already(self));
        }
        self.hand_over_stage(Stage::Acknowledged)?;
        let mut findings = Findings::new();
        wording::check(&mut findings, "/code", &refusal.code, 40);
        wording::check(&mut findings, "/text", &refusal.text, 500);
        findings.into_result()?;
        let facts = json!({"number": self.petition.number, "code": refusal.code, "text": refusal.text});
        let is_reversal = self.reverses.is_some();
        let entry = self.entry.clone().filter(|_| is_reversal);
        let mut after = Self { books: None, entry, ..self.clone() };
        if is_reversal {
            after.stand(Standing::Void { at: now, reason: refusal.as_reason() });
        } else {
            after.stand(Standing::Returned { at: now, reason: refusal.as_reason() });
            after.posting_refusal = Some(refusal);
        }
        Ok(HandedOver::now(Change::updated(self, after, POSTING_REFUSED, facts)))
    }
}

impl PostingRefusal {
    /// As the reason of a return.
    pub fn as_reason(&self) -> String {
        format!("{}: {}", self.code, self.text)
    }
}

/// The fiscal years a voucher may belong to.
const VOUCHER_YEARS: std::ops::RangeInclusive<i32> = 2000..=2999;

/// A voucher is of no day before the document's own and of none that has not come.
fn check_voucher(voucher: &Voucher, earliest: BusinessDate, today: BusinessDate) -> Result<(), Refusal> {
    let mut findings = Findings::new();
    wording::check(&mut findings, "/voucher/number", &voucher.number, 40);
    if !VOUCHER_YEARS.contains(&voucher.year) {
        let bounds = [("min", json!(VOUCHER_YEARS.start())), ("max", json!(VOUCHER_YEARS.end()))];
        findings.add_with("/voucher/year", codes::OUT_OF_RANGE, bounds);
    }
    let date = ("date", json!(voucher.posted_on));
    if chrono::Datelike::year(&voucher.posted_on) != voucher.year {
        findings.add_with("/voucher/year", VOUCHER_YEAR, [("year", json!(voucher.year)), date.clone()]);
    }
    if voucher.posted_on > today {
        findings.add_with("/voucher/posted_on", DATE_IN_FUTURE, [date]);
    } else if voucher.posted_on < earliest {
        let bounds = [date, ("business_date", json!(earliest))];
        findings.add_with("/voucher/posted_on", BEFORE_DOCUMENT, bounds);
    }
    findings.into_result()
}
