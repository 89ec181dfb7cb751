//! An order is given up, cut short, closed; held and released; taken over by another system. `[ORD-1, ORD-1a, ORD-1c]`

use super::{progress::Promise, *};
use crate::{
    approval::check_reason,
    order_terms::ORDER_TERMS_CODE,
    spine::Explanation,
    working_time::clock::{ClockRule, PauseReason},
};
use serde::Deserialize;
use utoipa::ToSchema;

/// Why an order is on hold.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SalesOrderHoldKind)]
pub enum HoldKind {
    /// The customer owes too much.
    Credit,
    /// The customer asked for it.
    Customer,
    /// The goods are not as they should be.
    Quality,
}

crate::labels! { HoldKind = "SalesOrderHoldKind":
    Credit = "credit", "信用", "Credit";
    Customer = "customer", "客户要求", "Customer";
    Quality = "quality", "质量", "Quality";
}

/// That an order is on hold.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct OrderHold {
    /// Of what kind.
    pub kind: HoldKind,
    /// Why: 1 to 500 characters.
    pub reason: String,
    /// Since when.
    pub at: Timestamp,
}

/// That another system took an order over.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Taken {
    /// What it calls it: 1 to 60 characters.
    pub reference: String,
    /// When.
    pub at: Timestamp,
}

/// Clocks of stages stand for as long as an order is on hold, whatever for.
fn pauses() -> ClockRule {
    /// As long as clocks run at all.
    const WITHOUT_END: u32 = 300_000;
    let reason = |kind: HoldKind| {
        let (zh, en) = kind.labels();
        PauseReason { code: kind.code().to_owned(), zh: zh.to_owned(), en: en.to_owned() }
    };
    ClockRule {
        pause_reasons: HoldKind::ALL.into_iter().map(reason).collect(),
        pause_limit_minutes: WITHOUT_END,
        least_after_retarget_minutes: 0,
        marks: Vec::new(),
    }
}

impl SalesOrder {
    /// Whether a caller may cancel it now: before anything was shipped, and before another system took it over.
    ///
    /// # Errors
    /// `sales_order.not_under_way`, `sales_order.shipped_already`, `sales_order.taken_already`; a stranger.
    pub fn may_cancel(&self, by: &Actor) -> Result<(), Refusal> {
        self.refuse_outsider(by)?;
        self.expect_under_way()?;
        if self.progress.iter().any(|progress| progress.shipped.is_positive()) {
            return Err(self.refuse(SHIPPED_ALREADY));
        }
        match &self.taken {
            None => Ok(()),
            Some(taken) => Err(self.refuse(TAKEN_ALREADY).with("reference", taken.reference.clone())),
        }
    }

    /// Cancels it: nothing of it is wanted any more.
    ///
    /// # Errors
    /// As of [`Self::may_cancel`]; no reason.
    pub fn cancel(self, reason: String, by: &Actor, promise: &Promise<'_>) -> Result<Change<Self>, Refusal> {
        self.may_cancel(by)?;
        check_reason(&reason)?;
        let before = self.stage();
        let mut after = self.clone();
        for (progress, line) in after.progress.iter_mut().zip(&self.content.lines) {
            progress.cancelled = line.quantity;
        }
        after.hold = None;
        after.stand(Standing::Revoked { at: promise.now, reason });
        let after = after.promised(before, promise)?;
        let facts = after.all_facts();
        Ok(Change::updated(self, after, CANCELLED, facts.into()))
    }

    /// Whether a caller may cut it short, close, hold or release it now.
    ///
    /// # Errors
    /// `sales_order.not_under_way`; a stranger.
    pub fn may_supervise(&self, by: &Actor) -> Result<(), Refusal> {
        self.refuse_outsider(by)?;
        self.expect_under_way()
    }

    /// What is not shipped of a line is not wanted any more. Where nothing else is to come, the order is closed by that.
    ///
    /// # Errors
    /// `sales_order.nothing_to_cut`, `sales_order.not_under_way`; a line that is not there; a stranger; no reason.
    pub fn cut_short(
        self,
        place: usize,
        reason: &str,
        by: &Actor,
        promise: &Promise<'_>,
    ) -> Result<Change<Self>, Refusal> {
        self.may_supervise(by)?;
        check_reason(reason)?;
        let (index, line, progress) = self.line(place)?;
        let left = progress.left(line);
        if !left.is_positive() {
            return Err(cite(Refusal::new(NOTHING_TO_CUT).with("line", place)));
        }
        let mut after = self.clone();
        after.progress[index].cancelled = progress.cancelled.plus(left);
        self.went_on(after, CUT_SHORT, promise)
    }

    /// Whether a caller may close it now: once all of it is delivered.
    ///
    /// # Errors
    /// `sales_order.not_under_way`; a stranger.
    pub fn may_close(&self, by: &Actor) -> Result<(), Refusal> {
        self.may_supervise(by)?;
        if self.state() == SalesOrderState::Delivered {
            return Ok(());
        }
        Err(self.refuse(NOT_UNDER_WAY).with_label("state", self.state()))
    }

    /// Closes it.
    ///
    /// # Errors
    /// As of [`Self::may_close`].
    pub fn close(self, by: &Actor, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.may_close(by)?;
        Ok(self.moved(Standing::Closed { at: now, reason: None }, CLOSED))
    }

    /// Puts it on hold: nothing is made or shipped, and the time of its stage stands still.
    ///
    /// # Errors
    /// `sales_order.not_under_way`, `sales_order.on_hold`; a stranger; no reason.
    pub fn put_on_hold(
        self,
        (kind, reason): (HoldKind, String),
        by: &Actor,
        promise: &Promise<'_>,
    ) -> Result<Change<Self>, Refusal> {
        self.refuse_outsider(by)?;
        self.expect_moving()?;
        check_reason(&reason)?;
        self.held((kind, reason), promise)
    }

    /// Holds it as soon as it is approved: its customer has owed something overdue for as long as the terms allow, or longer.
    /// `[REC-1d]`
    ///
    /// # Errors
    /// `sales_order.not_under_way`, `sales_order.on_hold`.
    pub fn hold_for_debt(
        self,
        overdue_days: i64,
        terms_version: i32,
        promise: &Promise<'_>,
    ) -> Result<Change<Self>, Refusal> {
        self.expect_moving()?;
        let allowed = promise.terms.overdue_hold_days;
        let reason =
            format!("客户有逾期 {overdue_days} 天的应收款 / The customer is {overdue_days} days overdue");
        let citation = Citation::clause("REC-1d", "001 第十七条").by_policy(ORDER_TERMS_CODE, terms_version);
        let facts = json!({"customer_id": self.content.customer, "overdue_days": overdue_days,
            "held_from_days": allowed});
        let why = Explanation::new("order_held_for_debt", citation, facts);
        Ok(self.held((HoldKind::Credit, reason), promise)?.explained([why]))
    }

    fn held(
        self,
        (kind, reason): (HoldKind, String),
        promise: &Promise<'_>,
    ) -> Result<Change<Self>, Refusal> {
        let mut after = self.clone();
        if let Some(clock) = after.clock.take() {
            after.clock = Some(match self.stage() {
                Some(_) => clock.pause(promise.now, kind.code(), false, &pauses(), promise.time)?,
                None => clock,
            });
        }
        after.hold = Some(OrderHold { kind, reason, at: promise.now });
        let mut facts = after.all_facts();
        facts.insert("kind".to_owned(), json!(kind));
        Ok(Change::updated(self, after, HELD, facts.into()))
    }

    /// Whether a caller may release it now.
    ///
    /// # Errors
    /// `sales_order.not_on_hold`, `sales_order.not_under_way`; a stranger.
    pub fn may_release(&self, by: &Actor) -> Result<(), Refusal> {
        self.may_supervise(by)?;
        if self.hold.is_some() { Ok(()) } else { Err(self.refuse(NOT_ON_HOLD)) }
    }

    /// Releases it. Whether price and credit allow that is looked at again in the same unit of work.
    ///
    /// # Errors
    /// As of [`Self::may_release`].
    pub fn release(self, by: &Actor, promise: &Promise<'_>) -> Result<Change<Self>, Refusal> {
        self.may_release(by)?;
        let mut after = Self { hold: None, ..self.clone() };
        if let Some(clock) = after.clock.take() {
            after.clock = Some(match self.stage() {
                Some(_) => clock.resume(promise.now, promise.time)?,
                None => clock,
            });
        }
        let facts = after.all_facts();
        Ok(Change::updated(self, after, RELEASED, facts.into()))
    }

    /// Another system takes it over, under a reference; from then on it is not cancelled here. Nothing where it did so before.
    ///
    /// # Errors
    /// `sales_order.not_under_way`, `sales_order.taken_already` under another reference.
    pub fn take(self, reference: String, now: Timestamp) -> Result<Result<Change<Self>, Self>, Refusal> {
        match &self.taken {
            Some(taken) if taken.reference == reference => return Ok(Err(self)),
            Some(taken) => {
                let known = taken.reference.clone();
                return Err(self.refuse(TAKEN_ALREADY).with("reference", known));
            }
            None => {}
        }
        self.expect_under_way()?;
        let after = Self { taken: Some(Taken { reference, at: now }), ..self.clone() };
        let mut facts = after.all_facts();
        facts
            .insert("reference".to_owned(), json!(after.taken.as_ref().map(|taken| taken.reference.clone())));
        Ok(Ok(Change::updated(self, after, TAKEN, facts.into())))
    }
}
