//! Positions and their written duties. `[ORG-1]`

use super::label::{check_code, check_line};
use super::{POSITION_CHANGED, POSITION_CREATED};
use crate::spine::{self, Change, Entity, Findings, Id, Refusal, Version, codes};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

/// How many written duties a position has at most.
const MOST_DUTIES: usize = 50;

/// What is written down about a position.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct PositionDetails {
    /// Unique short code, such as `sales-representative`.
    pub code: String,
    /// Chinese name, 1 to 60 characters.
    pub name_zh: String,
    /// English name, up to 60 characters.
    pub name_en: String,
    /// The department it belongs to; none where several have it.
    pub department: Option<Id<spine::Department>>,
    /// Its written duties, in order; each 1 to 500 characters, at most 50.
    pub duties: Vec<String>,
    /// The clause that describes it, such as `000 §2.3`; up to 200 characters.
    pub clause: String,
}

/// A position that employees hold.
#[derive(Clone, Debug, Serialize)]
pub struct Position {
    /// Identity.
    pub id: Id<Self>,
    /// What is written down about it.
    pub details: PositionDetails,
    /// Counts its states.
    pub version: Version,
}

impl Entity for Position {
    const KIND: &'static str = "position";
    fn uuid(&self) -> Uuid {
        self.id.uuid()
    }
    fn version(&self) -> Version {
        self.version
    }
    fn version_mut(&mut self) -> &mut Version {
        &mut self.version
    }
}

impl PositionDetails {
    fn check(&self) -> Result<(), Refusal> {
        let mut findings = Findings::new();
        check_code(&mut findings, "/code", &self.code);
        check_line(&mut findings, "/name_zh", &self.name_zh, 1..=60);
        check_line(&mut findings, "/name_en", &self.name_en, 0..=60);
        check_line(&mut findings, "/clause", &self.clause, 0..=200);
        if self.duties.len() > MOST_DUTIES {
            let (min, max) = (json!(0), json!(MOST_DUTIES));
            findings.add_with("/duties", codes::OUT_OF_RANGE, [("min", min), ("max", max)]);
        }
        for (index, duty) in self.duties.iter().take(MOST_DUTIES).enumerate() {
            check_line(&mut findings, &format!("/duties/{index}"), duty, 1..=500);
        }
        findings.into_result()
    }
}

impl Position {
    /// Sets up a position.
    ///
    /// # Errors
    /// Texts that are not well formed, all of them named.
    pub fn create(id: Id<Self>, details: PositionDetails) -> Result<Change<Self>, Refusal> {
        details.check()?;
        let facts = json!({"code": details.code, "department_id": details.department});
        Ok(Change::created(Self { id, details, version: 0 }, POSITION_CREATED, facts))
    }

    /// Rewrites it.
    ///
    /// # Errors
    /// Texts that are not well formed, all of them named.
    pub fn change(self, details: PositionDetails) -> Result<Change<Self>, Refusal> {
        details.check()?;
        let facts = json!({"code": details.code, "department_id": details.department});
        let after = Self { details, ..self.clone() };
        Ok(Change::updated(self, after, POSITION_CHANGED, facts))
    }
}
