//! An approved version takes effect on a day, until the next does or it is repealed. `[REG-1a]`

use super::*;

/// A version in force from a day on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Publication {
    /// When it was published.
    pub at: Timestamp,
    /// By whom.
    pub by: UserId,
    /// The first day on which it is in force.
    pub effective_from: BusinessDate,
    /// The first day on which the next version is; none where there is none.
    pub superseded_from: Option<BusinessDate>,
    /// How it was repealed.
    pub repealed: Option<Repeal>,
}

/// A version is in force no longer, and none takes its place.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Repeal {
    /// The first day on which it is not in force.
    pub from: BusinessDate,
    /// Why.
    pub reason: String,
    /// When that was said.
    pub at: Timestamp,
}

impl Publication {
    /// Whether it is in force on a day.
    pub fn holds_on(&self, day: BusinessDate) -> bool {
        let over = |from: Option<BusinessDate>| from.is_some_and(|from| from <= day);
        let repealed = self.repealed.as_ref().map(|repeal| repeal.from);
        self.effective_from <= day && !over(self.superseded_from) && !over(repealed)
    }
}

impl RegulationVersion {
    /// Whether it could be published now.
    ///
    /// # Errors
    /// `regulation_version.not_approved`.
    pub fn may_publish(&self, today: BusinessDate) -> Result<(), Refusal> {
        let state = self.state_on(today);
        if state == RegulationVersionState::Approved {
            return Ok(());
        }
        Err(cite(Refusal::new(NOT_APPROVED).with_label("state", state)))
    }

    /// Puts it in force from a day on, not before today nor before or on the first day of the version before it.
    ///
    /// # Errors
    /// Where it is not approved; `regulation_version.backdated`, `regulation_version.review_too_early`.
    pub fn publish(
        self,
        effective_from: BusinessDate,
        last: Option<&Self>,
        by: UserId,
        (now, today): (Timestamp, BusinessDate),
    ) -> Result<Change<Self>, Refusal> {
        self.may_publish(today)?;
        let behind = last.and_then(|last| last.publication.as_ref()?.effective_from.succ_opt());
        let earliest = behind.map_or(today, |behind| behind.max(today));
        if effective_from < earliest {
            let refusal = Refusal::new(BACKDATED).with("earliest", earliest.to_string());
            return Err(cite(refusal.at("/effective_from")));
        }
        if self.text.review_on.is_some_and(|review| review <= effective_from) {
            let refusal = Refusal::new(REVIEW_TOO_EARLY).with("from", effective_from.to_string());
            return Err(cite(refusal.at("/effective_from")));
        }
        let publication = Publication { at: now, by, effective_from, superseded_from: None, repealed: None };
        let after = Self { publication: Some(publication), ..self.clone() };
        let mut facts = after.all_facts();
        facts.insert("digest".to_owned(), json!(after.digest()));
        Ok(Change::updated(self, after, PUBLISHED, facts.into()))
    }

    /// Ends with the day before the next version takes effect; nothing where it is not published, or repealed before.
    pub fn supersede(self, from: BusinessDate) -> Option<Change<Self>> {
        let mut after = self.clone();
        let publication = after.publication.as_mut()?;
        if publication.repealed.as_ref().is_some_and(|repeal| repeal.from <= from) {
            return None;
        }
        publication.superseded_from = Some(from);
        let facts = after.all_facts();
        Some(Change::updated(self, after, SUPERSEDED, facts.into()))
    }

    /// Whether it could be repealed: published, and no next version behind it.
    ///
    /// # Errors
    /// `regulation_version.not_published`.
    pub fn may_repeal(&self, today: BusinessDate) -> Result<(), Refusal> {
        let publication = self.publication.as_ref();
        let is_last = publication.is_some_and(|publication| {
            publication.superseded_from.is_none() && publication.repealed.is_none()
        });
        if is_last {
            return Ok(());
        }
        Err(cite(Refusal::new(NOT_PUBLISHED).with_label("state", self.state_on(today))))
    }

    /// Repeals it from a day on, without a next version.
    ///
    /// # Errors
    /// Where it is not published, or superseded; a day gone by; no reason.
    pub fn repeal(
        self,
        from: BusinessDate,
        reason: String,
        (now, today): (Timestamp, BusinessDate),
    ) -> Result<Change<Self>, Refusal> {
        self.may_repeal(today)?;
        check_reason(&reason)?;
        if from < today {
            let refusal = Refusal::new(BACKDATED).with("earliest", today.to_string());
            return Err(cite(refusal.at("/from")));
        }
        let mut after = self.clone();
        if let Some(publication) = &mut after.publication {
            publication.repealed = Some(Repeal { from, reason, at: now });
        }
        let facts = after.all_facts();
        Ok(Change::updated(self, after, REPEALED, facts.into()))
    }
}
