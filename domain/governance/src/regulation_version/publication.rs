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
        refuse_backdated(effective_from, last, Some(today))?;
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

    /// Enters a text that the company has by other means, as published and in force from a day on: what comes with the product.
    /// Nobody approves it here, which is why few may.
    ///
    /// # Errors
    /// As [`Self::create`] and [`Self::publish`].
    pub fn enter(
        new: NewDocument<Self>,
        (of, edition): (&Regulation, i32),
        text: RegulationText,
        last: Option<&Self>,
        (by, now, effective_from): (UserId, Timestamp, BusinessDate),
    ) -> Result<Change<Self>, Refusal> {
        let NewDocument { id, number, submitter } = new;
        let submitter = submitter.ok_or_else(|| Refusal::new(NOBODY_ANSWERS))?;
        text.check(edition)?;
        refuse_backdated(effective_from, last, None)?;
        let petition = Petition {
            number,
            creator: by,
            creator_employee: None,
            submitter,
            created_at: now,
            standing: Standing::Approved { at: now },
            approval: None,
        };
        let publication = Publication { at: now, by, effective_from, superseded_from: None, repealed: None };
        let (regulation, department) = (of.id, of.details.department);
        let version = Self {
            id,
            petition,
            regulation,
            department,
            edition,
            text,
            publication: Some(publication),
            version: 0,
        };
        let mut facts = version.all_facts();
        facts.insert("digest".to_owned(), json!(version.digest()));
        Ok(Change::created(version, PUBLISHED, facts.into()))
    }

    /// Whether it is the last that was published, and not repealed.
    pub fn is_last_in_force(&self) -> bool {
        self.publication.as_ref().is_some_and(|publication| {
            publication.superseded_from.is_none() && publication.repealed.is_none()
        })
    }

    /// Whether it was repealed, from whatever day on.
    pub fn is_repealed(&self) -> bool {
        self.publication.as_ref().is_some_and(|publication| publication.repealed.is_some())
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
        if self.is_last_in_force() {
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
        let effective_from =
            self.publication.as_ref().map_or(today, |publication| publication.effective_from);
        let earliest = effective_from.max(today);
        if from < earliest {
            let refusal = Refusal::new(BACKDATED).with("earliest", earliest.to_string());
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

/// A version takes effect after the one before it, and not before a day.
fn refuse_backdated(
    effective_from: BusinessDate,
    last: Option<&RegulationVersion>,
    today: Option<BusinessDate>,
) -> Result<(), Refusal> {
    let behind = last.and_then(|last| last.publication.as_ref()?.effective_from.succ_opt());
    let Some(earliest) = behind.max(today).filter(|earliest| effective_from < *earliest) else {
        return Ok(());
    };
    let refusal = Refusal::new(BACKDATED).with("earliest", earliest.to_string());
    Err(cite(refusal.at("/effective_from")))
}
