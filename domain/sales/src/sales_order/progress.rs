//! How far an order is: produced, shipped, delivered, returned, line by line, and by when its stage is promised. `[ORD-1a, ORD-1b]`
//!
//! What is shipped and returned is counted beside the order, under ceilings; here it is known as it stands.

use super::{status::OrderStage, *};
use crate::{
    document_line::{Amounts, kept},
    order_terms::OrderTerms,
    quantity::Quantity,
    spine::{Findings, Money, MoneyError},
    working_time::WorkingTime,
};
use serde::Deserialize;
use std::collections::BTreeSet;

/// How far a line is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct LineProgress {
    /// So many are produced.
    pub produced: Quantity,
    /// So many are shipped, less what was taken back.
    pub shipped: Quantity,
    /// So many of these are delivered.
    pub delivered: Quantity,
    /// So many of these came back.
    pub returned: Quantity,
    /// So many are not wanted any more.
    pub cancelled: Quantity,
}

impl LineProgress {
    /// How many are still wanted of a line, delivered or not.
    pub const fn wanted(&self, line: &OrderLine) -> Quantity {
        line.quantity.minus(self.cancelled)
    }
    /// How many are to be shipped.
    pub const fn left(&self, line: &OrderLine) -> Quantity {
        self.wanted(line).minus(self.shipped)
    }
    /// How many the customer pays for.
    pub const fn kept(&self, line: &OrderLine) -> Quantity {
        self.wanted(line).minus(self.returned)
    }
}

/// By what promised times are reckoned.
#[derive(Clone, Copy, Debug)]
pub struct Promise<'a> {
    /// Now.
    pub now: Timestamp,
    /// The company's working time.
    pub time: WorkingTime<'a>,
    /// How long each stage may take.
    pub terms: &'a OrderTerms,
}

impl Promise<'_> {
    const fn minutes(&self, stage: OrderStage) -> u32 {
        60 * match stage {
            OrderStage::Production => self.terms.production_hours,
            OrderStage::Shipping => self.terms.shipping_hours,
            OrderStage::Delivery => self.terms.delivery_hours,
        }
    }
}

/// A line by its place, from 1 on, and how many.
pub(super) type Moved = (usize, Quantity);

impl SalesOrder {
    /// The line of a place, from 1 on.
    ///
    /// # Errors
    /// `sales_order.no_such_line`.
    pub fn line(&self, place: usize) -> Result<(usize, &OrderLine, &LineProgress), Refusal> {
        let index = place.wrapping_sub(1);
        let found = self.content.lines.get(index).zip(self.progress.get(index));
        found
            .map(|(line, progress)| (index, line, progress))
            .ok_or_else(|| cite(Refusal::new(NO_SUCH_LINE).with("line", place)))
    }

    /// Whether lines are there, each once.
    ///
    /// # Errors
    /// `sales_order.no_such_line`, `sales_order.line_twice`.
    pub fn check_lines(&self, moved: &[Moved]) -> Result<(), Refusal> {
        let (mut findings, mut seen) = (Findings::new(), BTreeSet::new());
        for (index, (place, _)) in moved.iter().enumerate() {
            let pointer = format!("/lines/{index}/line");
            if self.line(*place).is_err() {
                findings.add_with(pointer, NO_SUCH_LINE, [("line", json!(place))]);
            } else if !seen.insert(*place) {
                findings.add_with(pointer, LINE_TWICE, [("line", json!(place))]);
            }
        }
        findings.into_result().map_err(cite)
    }

    /// So many are produced of some lines by now, in all. What is less than was said before is late news: the line never goes
    /// back. None where nothing moved.
    ///
    /// # Errors
    /// `sales_order.not_under_way`, `sales_order.on_hold`, `sales_order.over_produced`; a line that is not there.
    pub fn produce(self, made: &[Moved], promise: &Promise<'_>) -> Result<Option<Change<Self>>, Refusal> {
        self.expect_moving()?;
        self.check_lines(made)?;
        let mut after = self.clone();
        for (place, produced) in made {
            let (index, line, progress) = self.line(*place)?;
            if *produced > line.quantity {
                let refusal = Refusal::new(OVER_PRODUCED).with("line", *place);
                return Err(cite(refusal.with("most", line.quantity.to_string())));
            }
            after.progress[index].produced = progress.produced.max(*produced);
        }
        if after.progress == self.progress {
            return Ok(None);
        }
        let kind = if after.stage() == self.stage() { PRODUCED } else { FINISHED };
        self.went_on(after, kind, promise).map(Some)
    }

    /// Goods left for the customer.
    ///
    /// # Errors
    /// `sales_order.not_under_way`, `sales_order.on_hold`, `order.over_shipped`; a line that is not there.
    pub fn ship(self, moved: &[Moved], promise: &Promise<'_>) -> Result<Change<Self>, Refusal> {
        self.expect_moving()?;
        self.check_lines(moved)?;
        let mut after = self.clone();
        for (place, quantity) in moved {
            let (index, line, progress) = self.line(*place)?;
            let left = progress.most(line, promise.terms.over_delivery_bp).minus(progress.shipped);
            if *quantity > left {
                let refusal = Refusal::new(OVER_SHIPPED).with("line", *place);
                return Err(cite(refusal.with("left", left.max(Quantity::ZERO).to_string())));
            }
            after.progress[index].shipped = progress.shipped.plus(*quantity);
        }
        self.went_on(after, SHIPPED, promise)
    }

    /// A shipment is taken back before its delivery.
    ///
    /// # Errors
    /// `sales_order.not_under_way`.
    pub fn unship(self, moved: &[Moved], promise: &Promise<'_>) -> Result<Change<Self>, Refusal> {
        self.expect_under_way()?;
        let mut after = self.clone();
        for (place, quantity) in moved {
            let (index, _, progress) = self.line(*place)?;
            after.progress[index].shipped = progress.shipped.minus(*quantity);
        }
        self.went_on(after, SHIPPING_UNDONE, promise)
    }

    /// Goods reached the customer. One whose rest was cut short is closed by that.
    ///
    /// # Errors
    /// `sales_order.not_under_way`.
    pub fn deliver(self, moved: &[Moved], promise: &Promise<'_>) -> Result<Change<Self>, Refusal> {
        self.expect_under_way()?;
        let mut after = self.clone();
        for (place, quantity) in moved {
            let (index, _, progress) = self.line(*place)?;
            after.progress[index].delivered = progress.delivered.plus(*quantity);
        }
        let change = self.went_on(after, DELIVERED, promise)?;
        Ok(change)
    }

    /// Goods came back.
    ///
    /// # Errors
    /// `order.over_returned`; a line that is not there.
    pub fn take_return(self, moved: &[Moved]) -> Result<Change<Self>, Refusal> {
        self.check_lines(moved)?;
        let mut after = self.clone();
        for (place, quantity) in moved {
            let (index, _, progress) = self.line(*place)?;
            let left = progress.delivered.minus(progress.returned);
            if *quantity > left {
                let refusal = Refusal::new(OVER_RETURNED).with("line", *place);
                return Err(cite(refusal.with("left", left.to_string())));
            }
            after.progress[index].returned = progress.returned.plus(*quantity);
        }
        let facts = after.all_facts();
        Ok(Change::updated(self, after, GOODS_RETURNED, facts.into()))
    }

    /// What the customer pays of each line by now: what is cancelled or came back counts no more.
    ///
    /// # Errors
    /// Where it is too large.
    pub fn amounts_kept(&self) -> Result<Vec<(Quantity, Money)>, MoneyError> {
        let amounts: Vec<Amounts> = self.content.amounts()?;
        let lines = self.content.lines.iter().zip(&self.progress).zip(amounts);
        lines
            .map(|((line, progress), amounts)| {
                let quantity = progress.kept(line);
                Ok((quantity, kept(amounts.gross, line.quantity, quantity)?))
            })
            .collect()
    }

    /// The same of the whole.
    ///
    /// # Errors
    /// Where it is too large.
    pub fn total_kept(&self) -> Result<Money, MoneyError> {
        Money::sum(self.amounts_kept()?.into_iter().map(|(_, gross)| gross), crate::spine::Currency::Cny)
    }

    /// It moved on: the clock of its stage with it; and it is closed where nothing is left to come of one that was cut short.
    pub(super) fn went_on(
        self,
        after: Self,
        kind: &'static crate::spine::EventKind,
        promise: &Promise<'_>,
    ) -> Result<Change<Self>, Refusal> {
        let after = after.promised(self.stage(), promise)?;
        let facts = after.all_facts();
        if after.state() == SalesOrderState::Delivered && after.is_cut() {
            let mut closed = after;
            closed.stand(Standing::Closed { at: promise.now, reason: None });
            let told = closed.all_facts();
            return Ok(Change::updated(self, closed, kind, facts.into()).and(CLOSED, told.into()));
        }
        Ok(Change::updated(self, after, kind, facts.into()))
    }

    fn is_cut(&self) -> bool {
        self.progress.iter().any(|progress| progress.cancelled.is_positive())
    }

    /// It with the clock of the stage it is in, where that is another than it was.
    pub(super) fn promised(
        mut self,
        before: Option<OrderStage>,
        promise: &Promise<'_>,
    ) -> Result<Self, Refusal> {
        let stage = self.stage();
        if stage == before {
            return Ok(self);
        }
        let rule = "ORD-1b";
        let stopped = match self.clock.take() {
            Some(clock) if before.is_some() => Some(clock.stop(promise.now, promise.time)?),
            known => known,
        };
        self.clock = match (stopped, stage) {
            (None, Some(stage)) => Some(WorkingClock::start(promise.now, promise.minutes(stage), rule)?),
            (Some(clock), Some(stage)) => Some(clock.reopen(promise.now, promise.minutes(stage), rule)?),
            (known, None) => known,
        };
        Ok(self)
    }
}

impl LineProgress {
    /// How many may be shipped at most: a little more than is wanted, where the terms say so.
    pub fn most(&self, line: &OrderLine, over_bp: u32) -> Quantity {
        let wanted = i128::from(self.wanted(line).scaled());
        let over = wanted * i128::from(over_bp) / 10_000;
        Quantity::from_scaled(i64::try_from(wanted + over).unwrap_or(i64::MAX))
    }
}
