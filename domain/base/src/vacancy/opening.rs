//! What becomes of an approved vacancy: its places are taken, given back by who never starts, and it ends. `[ORG-2b]`

use super::*;
use chrono::Days;

/// An approved vacancy can be filled from a day on until it ends.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Opening {
    /// The day it was approved.
    pub opened_on: BusinessDate,
    /// The last day on which it can be filled.
    pub expires_on: BusinessDate,
    /// How it ended, if it did.
    pub ended: Option<Ended>,
}

/// How a vacancy ended.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Ended {
    /// By what.
    pub by: Ending,
    /// When.
    pub at: Timestamp,
    /// Why, where somebody had to say it.
    pub reason: Option<String>,
}

/// By what a vacancy ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// All its places are taken.
    Filled,
    /// Nobody is needed any more.
    Cancelled,
    /// It was not filled in time.
    Expired,
}

/// A place that somebody took.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Taken {
    /// Who.
    pub employee: EmployeeId,
    /// The first day in the position.
    pub from: BusinessDate,
    /// When that was said.
    pub at: Timestamp,
    /// When it was given back, by who never started.
    pub freed_at: Option<Timestamp>,
}

impl Opening {
    /// That begins on a day and lasts so many days.
    pub fn on(opened_on: BusinessDate, days: u32) -> Self {
        let expires_on = opened_on.checked_add_days(Days::new(days.into())).unwrap_or(BusinessDate::MAX);
        Self { opened_on, expires_on, ended: None }
    }
}

impl Vacancy {
    /// How many of its places are taken.
    pub fn places_taken(&self) -> u32 {
        let live = self.taken.iter().filter(|taken| taken.freed_at.is_none()).count();
        u32::try_from(live).unwrap_or(u32::MAX)
    }

    /// How many of its places nobody has taken, while it can be filled.
    pub fn vacant_on(&self, today: BusinessDate) -> u32 {
        let open = self.state_on(today) == VacancyState::Open;
        if open { self.content.places.saturating_sub(self.places_taken()) } else { 0 }
    }

    /// Gives a place to somebody who is taken on or moved in.
    ///
    /// # Errors
    /// `vacancy.not_open`, `vacancy.other_post`, `vacancy.taken_already`, `vacancy.no_place_left`.
    pub fn take(
        self,
        (employee, from): (EmployeeId, BusinessDate),
        (department, position): (DepartmentId, Option<PositionId>),
        (now, today): (Timestamp, BusinessDate),
    ) -> Result<Change<Self>, Refusal> {
        let number = self.petition.number.clone();
        let refuse = |code| cite(Refusal::new(code).with("number", number.clone()).at("/vacancy_id"));
        let VacancyContent { department: wanted, position: as_what, places, .. } = self.content;
        if wanted != department || Some(as_what) != position {
            return Err(refuse(OTHER_POST));
        }
        if self.holds_place(employee) {
            return Err(refuse(TAKEN_ALREADY));
        }
        match self.state_on(today) {
            VacancyState::Open => {}
            VacancyState::Filled => return Err(refuse(NO_PLACE_LEFT).with("places", places)),
            state => return Err(refuse(NOT_OPEN).with_label("state", state)),
        }
        Ok(self.taken_by(employee, from, now))
    }

    /// Gives a place back to somebody who does start after all. It was theirs, so it does not matter whether the vacancy
    /// could be filled today by anybody else: only whether somebody else has the place.
    ///
    /// # Errors
    /// `vacancy.place_given_away`.
    pub fn give_back(
        self,
        employee: EmployeeId,
        from: BusinessDate,
        now: Timestamp,
    ) -> Result<Change<Self>, Refusal> {
        if self.places_taken() >= self.content.places {
            return Err(cite(Refusal::new(PLACE_GIVEN_AWAY).with("number", self.petition.number.clone())));
        }
        Ok(self.taken_by(employee, from, now))
    }

    fn taken_by(self, employee: EmployeeId, from: BusinessDate, now: Timestamp) -> Change<Self> {
        let mut after = self.clone();
        after.taken.push(Taken { employee, from, at: now, freed_at: None });
        let is_open = self.state() == VacancyState::Open;
        let is_filled = is_open && after.places_taken() >= self.content.places;
        if is_filled {
            after.end(Ending::Filled, now, None);
        }
        let facts = after.placed(json!({"employee_id": employee, "from": from}));
        let change = Change::updated(self, after, PLACE_TAKEN, facts.clone().into());
        if is_filled { change.and(FILLED, facts.into()) } else { change }
    }

    /// Takes a place back from somebody who never started; it can be filled again, unless its time is over. Nothing
    /// where they hold none.
    pub fn free(self, employee: EmployeeId, now: Timestamp) -> Option<Change<Self>> {
        let mut after = self.clone();
        let live = |taken: &&mut Taken| taken.employee == employee && taken.freed_at.is_none();
        after.taken.iter_mut().find(live)?.freed_at = Some(now);
        if let Some(opening) = &mut after.opening
            && opening.ended.as_ref().is_some_and(|ended| ended.by == Ending::Filled)
        {
            opening.ended = None;
        }
        let facts = after.placed(json!({"employee_id": employee}));
        Some(Change::updated(self, after, PLACE_FREED, facts.into()))
    }

    /// Ends it: nobody is needed any more. Who was taken on stays.
    ///
    /// # Errors
    /// Where it is not the actor's to cancel, or cannot be filled any more anyway.
    pub fn cancel(
        self,
        reason: String,
        by: &Actor,
        (now, today): (Timestamp, BusinessDate),
    ) -> Result<Change<Self>, Refusal> {
        self.may_cancel(by, today)?;
        check_reason(&reason)?;
        Ok(self.ended(Ending::Cancelled, now, Some(reason), CANCELLED))
    }

    /// Whether a caller may cancel it now: whoever asked for it, and whoever manages vacancies of its department.
    pub fn may_cancel(&self, by: &Actor, today: BusinessDate) -> Result<(), Refusal> {
        if !by.reach(Permission::ManageVacancies).covers(self.content.department, false) {
            self.petition.refuse_stranger(by)?;
        }
        let state = self.state_on(today);
        if state == VacancyState::Open {
            return Ok(());
        }
        Err(cite(
            Refusal::new(NOT_OPEN).with("number", self.petition.number.clone()).with_label("state", state),
        ))
    }

    /// Ends it when its last day has passed; nothing where that has not come.
    pub fn expire(self, now: Timestamp, today: BusinessDate) -> Option<Change<Self>> {
        let due = self.state() == VacancyState::Open && self.state_on(today) == VacancyState::Expired;
        due.then(|| self.ended(Ending::Expired, now, None, EXPIRED))
    }

    /// Whether somebody has one of its places.
    pub fn holds_place(&self, employee: EmployeeId) -> bool {
        self.taken.iter().any(|taken| taken.employee == employee && taken.freed_at.is_none())
    }

    fn ended(
        self,
        by: Ending,
        at: Timestamp,
        reason: Option<String>,
        kind: &'static EventKind,
    ) -> Change<Self> {
        let mut after = self.clone();
        after.end(by, at, reason);
        let facts = after.all_facts();
        Change::updated(self, after, kind, facts.into())
    }

    fn end(&mut self, by: Ending, at: Timestamp, reason: Option<String>) {
        if let Some(opening) = &mut self.opening {
            opening.ended = Some(Ended { by, at, reason });
        }
    }

    fn placed(&self, who: serde_json::Value) -> Facts {
        let mut facts = self.all_facts();
        if let serde_json::Value::Object(who) = who {
            facts.extend(who);
        }
        facts
    }
}
