//! The course of a sale: opened, closed and attributed or held, received of, fallen through. `[COM-10, COM-10b]`

use super::{told::with_told, *};
use crate::{
    commission::{
        COMMISSION_RULES_CODE, CommissionRules, Due, Earned, Holder, Ledger, SaleFacts,
        attribution::{Attribution, Hold, attribute},
        plan::COMMISSION_PLAN_CODE,
        settlement::Settlement,
    },
    ownership::WHOLE_BP,
    spine::{Actor, Change, Citation, Explanation, Findings, Refusal, wording},
};
use serde_json::{Value, json};

/// The terms that freeze with a sale.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Frozen {
    /// The version of the plan.
    pub plan_version: i32,
    /// The version of the rules.
    pub rules_version: i32,
    /// What the sale earns.
    pub earned: Earned,
    /// What of it counts for the tiers of its month, in minor units.
    pub tier_base: i64,
}

/// What froze when a sale closed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Closing {
    /// When the server learnt of the signature.
    pub at: Timestamp,
    /// The business day.
    pub on: BusinessDate,
    /// What records showed by then.
    pub facts: SaleFacts,
    /// Rates.
    pub terms: Frozen,
    /// Whom it counts for and who shares, or for what that waits.
    pub judged: Attributed,
    /// What a ruling settled of what it earns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settlement: Option<Settlement>,
}

/// By which version of which rules a sale is judged, and where people belonged on the day.
pub struct Court<'a> {
    /// The rules.
    pub rules: &'a CommissionRules,
    /// Where somebody belonged.
    pub department_of: &'a dyn Fn(EmployeeId) -> DepartmentId,
    /// Ids for entries.
    pub fresh: &'a mut dyn FnMut() -> Uuid,
    /// Now, and the business day.
    pub now: (Timestamp, BusinessDate),
}

impl Sale {
    /// Opens a sale with its contract's approval.
    pub fn open(sale: Self) -> Change<Self> {
        let facts = sale.facts();
        Change::created(sale, SALE_OPENED, facts)
    }

    /// Closes it: what records show freezes, with rates and rules, and it is attributed or held. What was received before
    /// is booked at once.
    ///
    /// # Errors
    /// `sale.not_open`.
    pub fn close(
        self,
        facts: SaleFacts,
        terms: Frozen,
        mut court: Court<'_>,
    ) -> Result<Change<Self>, Refusal> {
        self.expect(&[SaleState::Open])?;
        let (at, on) = court.now;
        let judged = attribute(
            &with_told(facts.clone(), &self.told),
            court.rules,
            (COMMISSION_RULES_CODE, terms.rules_version),
        );
        let before = self.clone();
        let mut after =
            Self { closing: Some(Closing { at, on, facts, terms, judged, settlement: None }), ..self };
        after.take_effect(&mut court);
        let told = after.facts();
        Ok(explained(Change::updated(before, after, SALE_CLOSED, told)))
    }

    /// Says something of it. Where that lets a held sale be judged, it is. A violation is found whether or not the deal came
    /// about.
    ///
    /// # Errors
    /// `sale.party_cannot_tell`, `sale.answered_already`, `sale.parts_not_whole`, `sale.two_are_one`, `sale.not_open`.
    pub fn tell(self, told: Told, by: &Actor, court: Option<Court<'_>>) -> Result<Change<Self>, Refusal> {
        if !matches!(told.fact, ToldFact::Violated { .. }) {
            self.expect(&[SaleState::Open, SaleState::Held, SaleState::Closed])?;
        }
        self.check(&told, by)?;
        let before = self.clone();
        let mut after = self;
        let facts = json!({"number": after.number, "kind": told.fact.code()});
        after.told.push(told);
        let was_held = before.state() == SaleState::Held;
        let judged = after.closing.as_mut().zip(court).filter(|_| was_held);
        if let Some((closing, mut court)) = judged {
            closing.judged = attribute(
                &with_told(closing.facts.clone(), &after.told),
                court.rules,
                (COMMISSION_RULES_CODE, closing.terms.rules_version),
            );
            if matches!(closing.judged, Attributed::Decided(_)) {
                after.take_effect(&mut court);
            }
        }
        let change = Change::updated(before, after, SALE_TOLD, facts);
        Ok(if was_held { explained(change) } else { change })
    }

    fn check(&self, told: &Told, by: &Actor) -> Result<(), Refusal> {
        let mut findings = Findings::new();
        wording::check(&mut findings, "/evidence", &told.evidence, 500);
        if !told.fact.is_whole() {
            findings.add("/fact/parts", PARTS_NOT_WHOLE);
        }
        if !told.fact.names_two() {
            findings.add("/fact", NEITHER_PARTY);
        }
        findings.into_result().map_err(cite)?;
        if told.fact.named().into_iter().chain(self.parties()).any(|party| by.is(party)) {
            return Err(cite(Refusal::new(PARTY_CANNOT_TELL)));
        }
        if self.told.iter().any(|known| known.fact.is_same_answer(&told.fact)) {
            return Err(cite(Refusal::new(ANSWERED_ALREADY)));
        }
        Ok(())
    }

    /// Everybody who has, or may come to have, a part in it.
    pub fn parties(&self) -> Vec<EmployeeId> {
        let Some(closing) = &self.closing else { return vec![self.submitter] };
        let mut people: Vec<EmployeeId> = closing.facts.closers.iter().map(|closer| closer.person).collect();
        people.push(closing.facts.owner);
        if let Attributed::Decided(attribution) = &closing.judged {
            people.extend(attribution.parties.iter().map(|party| party.person));
        }
        people.sort_unstable();
        people.dedup();
        people
    }

    /// Somebody paid, or was paid back, so much by a source: booked once it is attributed.
    ///
    /// # Errors
    /// Where it is too large; `sale.not_open` of one that fell through.
    pub fn receive(
        self,
        source: Uuid,
        amount: i64,
        now: (Timestamp, BusinessDate),
        fresh: &mut dyn FnMut() -> Uuid,
    ) -> Result<Change<Self>, Refusal> {
        self.expect(&[SaleState::Open, SaleState::Held, SaleState::Closed])?;
        let before = self.clone();
        let mut after = Self { received: self.received + amount, ..self };
        after.accrue(source, now, fresh);
        let kind = if after.ledger.len() > before.ledger.len() { SALE_ACCRUED } else { SALE_CHANGED };
        let facts = after.facts();
        Ok(Change::updated(before, after, kind, facts))
    }

    /// It came to nothing before it closed.
    ///
    /// # Errors
    /// `sale.not_open`.
    pub fn fall_through(self, now: Timestamp) -> Result<Change<Self>, Refusal> {
        self.expect(&[SaleState::Open])?;
        let after = Self { fell_through_at: Some(now), ..self.clone() };
        let facts = after.facts();
        Ok(Change::updated(self, after, SALE_FELL_THROUGH, facts))
    }

    /// What is due of its commission by what was received; none until it is attributed. What was settled and is not due in
    /// full yet leaves what was booked before.
    pub fn due(&self) -> Option<i64> {
        let closing = self.closing.as_ref()?;
        let Attributed::Decided(_) = &closing.judged else { return None };
        let due = Due { earned: closing.terms.earned, received: self.received, total: self.total };
        let due = due.so_far().ok()?;
        let booked = || self.ledger.iter().map(|entry| entry.booked.amount).sum();
        Some(if self.waits_in_full() { due.min(booked()) } else { due })
    }

    /// Whether a settlement waits until its commission is due in full.
    fn waits_in_full(&self) -> bool {
        let settled = self.closing.as_ref().and_then(|closing| closing.settlement.as_ref());
        settled.is_some_and(|settlement| !settlement.is_booked) && self.received < self.total
    }

    /// How it is attributed, once it is.
    pub fn attribution(&self) -> Option<&Attribution> {
        match self.closing.as_ref().map(|closing| &closing.judged) {
            Some(Attributed::Decided(attribution)) => Some(attribution),
            _ => None,
        }
    }

    /// For what its commission waits.
    pub fn holds(&self) -> &[Hold] {
        match self.closing.as_ref().map(|closing| &closing.judged) {
            Some(Attributed::Held { by }) => by,
            _ => &[],
        }
    }

    /// Lets what was judged count: credit moves, and what was received by now is booked.
    pub(super) fn take_effect(&mut self, court: &mut Court<'_>) {
        self.give_credit(court);
        self.catch_up(court);
    }

    /// Credit moves to whom it was judged to count for.
    pub(super) fn give_credit(&mut self, court: &mut Court<'_>) {
        let Some(closing) = &self.closing else { return };
        let owner = closing.facts.owner;
        let nobody = |department| vec![Credited { person: None, department, share_bp: WHOLE_BP }];
        let to = match &closing.judged {
            Attributed::Decided(attribution) if !attribution.credit.is_empty() => {
                let credited = |(person, share_bp): &(EmployeeId, u32)| Credited {
                    person: Some(*person),
                    department: (court.department_of)(*person),
                    share_bp: *share_bp,
                };
                attribution.credit.iter().map(credited).collect()
            }
            _ => nobody((court.department_of)(owner)),
        };
        let entries = self.credited(&to, court.now.1, court.fresh);
        self.credits.extend(entries);
    }

    /// Books what was received by now, with the closing as its source.
    fn catch_up(&mut self, court: &mut Court<'_>) {
        if self.received != 0 {
            self.accrue(self.id.uuid(), court.now, court.fresh);
        }
    }

    pub(super) fn accrue(
        &mut self,
        source: Uuid,
        (at, on): (Timestamp, BusinessDate),
        fresh: &mut dyn FnMut() -> Uuid,
    ) {
        let (Some(due), Some(attribution)) = (self.due(), self.attribution()) else { return };
        let mut ledger = Ledger::of(self.ledger.iter().map(|entry| entry.booked).collect());
        let waits = self.waits_in_full();
        let settled = self.closing.as_ref().and_then(|closing| closing.settlement.as_ref());
        let new = match settled.filter(|_| !waits) {
            Some(settlement) => {
                let primary = attribution.parties.first().map(|party| Holder::Person(party.person));
                ledger.book_to(source, settlement.parts(due), primary).to_vec()
            }
            // Of what waits, only what is taken back is booked.
            None if waits && due == ledger.sum() => return,
            None => ledger.book(source, due, &attribution.parties).to_vec(),
        };
        if let Some(settlement) = self.closing.as_mut().and_then(|closing| closing.settlement.as_mut()) {
            settlement.is_booked |= !waits;
        }
        self.ledger.extend(new.into_iter().map(|booked| CommissionEntry { id: fresh(), booked, at, on }));
    }

    pub(super) fn expect(&self, states: &[SaleState]) -> Result<(), Refusal> {
        if states.contains(&self.state()) {
            return Ok(());
        }
        let refusal = Refusal::new(NOT_OPEN).with("number", self.number.clone());
        Err(cite(refusal.with_label("state", self.state())))
    }

    pub(super) fn facts(&self) -> Value {
        json!({"number": self.number, "contract_id": self.deal.contract(), "order_id": self.deal.order(), "customer_id": self.customer,
            "state": self.state(), "total_minor": self.total, "received_minor": self.received, "due_minor": self.due()})
    }
}

/// Says whom it counts for and why, or for what it waits.
pub(super) fn explained(change: Change<Sale>) -> Change<Sale> {
    let sale = change.after();
    let Some(closing) = &sale.closing else { return change };
    match closing.judged.clone() {
        Attributed::Held { by } => {
            let citation =
                Citation::rule("COM-10").by_policy(COMMISSION_RULES_CODE, closing.terms.rules_version);
            let why = Explanation::new("sale_held", citation, json!({"waits_for": by}));
            let facts = json!({"number": sale.number, "waits_for": by});
            change.and(SALE_HELD, facts).explained([why])
        }
        Attributed::Decided(attribution) => {
            let Attribution { rule, citation, credit, parties, did_not_hold, incidents } = attribution;
            let facts = json!({"rule": rule, "credit": credit, "parties": parties, "did_not_hold": did_not_hold,
                "incidents": incidents, "plan": COMMISSION_PLAN_CODE, "plan_version": closing.terms.plan_version});
            let why = Explanation::new("sale_attributed", citation, facts);
            let facts = json!({"number": sale.number, "rule": rule, "credit": credit, "parties": parties});
            change.and(SALE_ATTRIBUTED, facts).explained([why])
        }
    }
}

fn cite(refusal: Refusal) -> Refusal {
    refusal.citing(Citation::clause("COM-10", "002 §5"))
}
