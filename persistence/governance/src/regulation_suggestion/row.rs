//! Rows of suggestions.

use crate::{
    organisation::department,
    schema::regulation_suggestions as suggestions,
    spine::{Failure, Instant, Key, Reader, Stored, Tx, db, guard, save_row},
};
use diesel::prelude::*;
use domain::{
    regulation_suggestion::{RegulationSuggestion, SuggestionContent, SuggestionState, SuggestionStatus},
    spine::{Id, Version, search_text},
};

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = suggestions, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct Row {
    pub id: Key,
    pub number: String,
    pub regulation_id: Key,
    pub department_id: Key,
    pub clause: Option<String>,
    pub text: String,
    pub is_anonymous: bool,
    pub creator_id: Key,
    pub submitter_id: Key,
    pub created_at: Instant,
    pub changed_at: Instant,
    pub status: String,
    pub status_at: Option<Instant>,
    pub status_reason: Option<String>,
    pub draft_id: Option<Key>,
    pub joined_to_id: Option<Key>,
    pub version: Version,
    pub search_text: String,
}

impl Row {
    fn of(suggestion: &RegulationSuggestion, tx: &Tx<'_>) -> Self {
        let RegulationSuggestion {
            id,
            number,
            regulation,
            department,
            content,
            creator,
            submitter,
            created_at,
            status,
            version,
        } = suggestion;
        let SuggestionContent { clause, text, is_anonymous } = content;
        let mut row = Self {
            id: (*id).into(),
            number: number.clone(),
            regulation_id: (*regulation).into(),
            department_id: (*department).into(),
            clause: clause.clone(),
            text: text.clone(),
            is_anonymous: *is_anonymous,
            creator_id: (*creator).into(),
            submitter_id: (*submitter).into(),
            created_at: (*created_at).into(),
            changed_at: tx.now().into(),
            status: status.state().code().to_owned(),
            status_at: None,
            status_reason: None,
            draft_id: None,
            joined_to_id: None,
            version: *version,
            search_text: search_text(&[], &[number, text]),
        };
        match status {
            SuggestionStatus::Filed => {}
            SuggestionStatus::InReview { at } => row.status_at = Some((*at).into()),
            SuggestionStatus::Adopted { at, draft } | SuggestionStatus::InForce { at, draft } => {
                row.status_at = Some((*at).into());
                row.draft_id = Some((*draft).into());
            }
            SuggestionStatus::Declined { at, reason } => {
                row.status_at = Some((*at).into());
                row.status_reason = Some(reason.clone());
            }
            SuggestionStatus::Joined { at, to } => {
                row.status_at = Some((*at).into());
                row.joined_to_id = Some((*to).into());
            }
        }
        row
    }

    fn corrupt(&self, column: &'static str) -> Failure {
        Failure::corrupt("regulation_suggestions", column, self.id.0)
    }

    /// The name of its state.
    pub fn state(&self) -> Result<SuggestionState, Failure> {
        SuggestionState::from_code(&self.status).ok_or_else(|| self.corrupt("status"))
    }

    fn standing(&self) -> Result<SuggestionStatus, Failure> {
        let missing = |column| move || self.corrupt(column);
        let at = || self.status_at.map(Into::into).ok_or_else(missing("status_at"));
        let draft = || self.draft_id.map(Into::into).ok_or_else(missing("draft_id"));
        Ok(match self.state()? {
            SuggestionState::Filed => SuggestionStatus::Filed,
            SuggestionState::InReview => SuggestionStatus::InReview { at: at()? },
            SuggestionState::Adopted => SuggestionStatus::Adopted { at: at()?, draft: draft()? },
            SuggestionState::InForce => SuggestionStatus::InForce { at: at()?, draft: draft()? },
            SuggestionState::Declined => {
                let reason = self.status_reason.clone().ok_or_else(missing("status_reason"))?;
                SuggestionStatus::Declined { at: at()?, reason }
            }
            SuggestionState::Joined => {
                let to = self.joined_to_id.map(Into::into).ok_or_else(missing("joined_to_id"))?;
                SuggestionStatus::Joined { at: at()?, to }
            }
        })
    }
}

impl TryFrom<Row> for RegulationSuggestion {
    type Error = Failure;
    fn try_from(row: Row) -> Result<Self, Failure> {
        let status = row.standing()?;
        let Row {
            id,
            number,
            regulation_id,
            department_id,
            clause,
            text,
            is_anonymous,
            creator_id,
            submitter_id,
            created_at,
            changed_at: _,
            status: _,
            status_at: _,
            status_reason: _,
            draft_id: _,
            joined_to_id: _,
            version,
            search_text: _,
        } = row;
        Ok(Self {
            id: id.into(),
            number,
            regulation: regulation_id.into(),
            department: department_id.into(),
            content: SuggestionContent { clause, text, is_anonymous },
            creator: creator_id.into(),
            submitter: submitter_id.into(),
            created_at: created_at.into(),
            status,
            version,
        })
    }
}

impl Stored<crate::Governance> for RegulationSuggestion {
    fn save(&self, before: Option<&Self>, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let row = Row::of(self, tx);
        guard(save_row!(tx, suggestions, &row, before)?)
    }
}

/// One suggestion, whoever asks: whoever is ruled by a regulation may read what is suggested to it.
///
/// # Errors
/// Not found where there is none.
pub fn load(reader: &mut Reader<'_>, id: Id<RegulationSuggestion>) -> Result<RegulationSuggestion, Failure> {
    let key = Key::from(id);
    let row: Row = db!(reader, |c| suggestions::table
        .filter(suggestions::id.eq(key))
        .select(Row::as_select())
        .first(c))?;
    row.try_into()
}

/// A suggestion that the caller may answer: to a regulation that a department within reach issues.
///
/// # Errors
/// Not found where there is none.
pub fn find(reader: &mut Reader<'_>, id: Id<RegulationSuggestion>) -> Result<RegulationSuggestion, Failure> {
    let suggestion = load(reader, id)?;
    department::ensure_within_reach(reader, suggestion.department)?;
    Ok(suggestion)
}
