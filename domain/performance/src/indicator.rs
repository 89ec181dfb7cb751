//! Indicators (指标): what is measured, in which unit, which way is good, and where the value comes from.
//! `[KPI-1]`

use crate::{
    scoring::Direction,
    spine::{Change, Citation, Entity, Findings, Id, Refusal, Version, codes, reason, wording},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

crate::refusals! { INDICATOR_REFUSALS:
    MEASURE_UNKNOWN = "indicator.measure_unknown", Invalid, "系统没有提供统计口径“{measure}”", "The product provides no measure \"{measure}\"";
    MEASURE_NEEDS_SUBJECT = "indicator.measure_needs_subject", Invalid, "该统计口径须指明统计对象，例如应办事项规则的代码", "This measure needs to know of what: the code of a duty rule, for instance";
    MEASURE_TAKES_NO_SUBJECT = "indicator.measure_takes_no_subject", Invalid, "该统计口径不需要指明统计对象", "This measure is not of anything in particular";
    INDICATOR_RETIRED = "indicator.retired", Conflict, "指标“{code}”已停用", "The indicator \"{code}\" is retired";
    INDICATOR_IN_USE = "indicator.in_use", Conflict, "考核方案“{scheme}”正在使用该指标，不能停用", "The scheme \"{scheme}\" uses the indicator, so it is not retired";
}

crate::events! { INDICATOR_EVENTS:
    CREATED = "indicator.created", "指标已建立", "An indicator was created";
    CHANGED = "indicator.changed", "指标已修改", "An indicator was changed";
    RETIRED = "indicator.retired", "指标已停用", "An indicator was retired";
}

/// What this noun brings to its wing.
pub const NOUN: &crate::spine::Noun =
    &crate::spine::Noun { refusals: &[INDICATOR_REFUSALS], events: &[INDICATOR_EVENTS], enums: &[] };

/// Where the value of an indicator comes from.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Source {
    /// From the product's own records.
    Measured {
        /// The code of the measure.
        measure: String,
        /// Of what, where the measure is of something: the code of a duty rule.
        #[serde(default)]
        of: Option<String>,
    },
    /// Entered with evidence and confirmed by somebody else.
    Entered {},
}

/// What is written down about an indicator.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct IndicatorDetails {
    /// Unique short code, such as `sales`.
    pub code: String,
    /// Chinese name, 1 to 60 characters.
    pub name_zh: String,
    /// English name, 1 to 60 characters.
    pub name_en: String,
    /// The unit of its values: `元`, `家`, `%`, `次`; 1 to 20 characters.
    pub unit: String,
    /// Which values are good.
    pub direction: Direction,
    /// Where the value comes from.
    pub source: Source,
    /// How it is reckoned, in words; up to 500 characters.
    pub description: String,
}

/// An indicator.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Indicator {
    /// Identity.
    pub id: Id<Self>,
    /// What is written down about it.
    pub details: IndicatorDetails,
    /// Whether no new scheme may use it.
    pub is_retired: bool,
    /// Counts its states.
    pub version: Version,
}

impl Entity for Indicator {
    const KIND: &'static str = "indicator";
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

/// A code: a letter, then letters, digits and hyphens, all small; at most 60.
fn check_code(findings: &mut Findings, pointer: &str, code: &str) {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let is_plain = code.len() <= 60
        && code.bytes().next().is_some_and(|first| first.is_ascii_lowercase())
        && code.bytes().all(plain);
    if !is_plain {
        findings.add_with(
            pointer,
            codes::BAD_FORMAT,
            [("expected", reason::pattern("^[a-z][a-z0-9-]*$").into())],
        );
    }
}

impl IndicatorDetails {
    fn check(&self) -> Result<(), Refusal> {
        let mut findings = Findings::new();
        check_code(&mut findings, "/code", &self.code);
        wording::check(&mut findings, "/name_zh", &self.name_zh, 60);
        wording::check(&mut findings, "/name_en", &self.name_en, 60);
        wording::check(&mut findings, "/unit", &self.unit, 20);
        if !self.description.is_empty() {
            wording::check(&mut findings, "/description", &self.description, 500);
        }
        findings.into_result()
    }

    fn facts(&self) -> serde_json::Value {
        json!({"code": self.code, "direction": self.direction, "source": self.source})
    }
}

impl Indicator {
    /// Sets up an indicator.
    ///
    /// # Errors
    /// What is not well formed, all of it named.
    pub fn create(id: Id<Self>, details: IndicatorDetails) -> Result<Change<Self>, Refusal> {
        details.check()?;
        let facts = details.facts();
        Ok(Change::created(Self { id, details, is_retired: false, version: 0 }, CREATED, facts))
    }

    /// Changes what is written down. Its code stays, since schemes name it.
    ///
    /// # Errors
    /// As [`Self::create`]; `indicator.retired`.
    pub fn change(self, details: IndicatorDetails) -> Result<Change<Self>, Refusal> {
        self.ensure_in_use()?;
        let details = IndicatorDetails { code: self.details.code.clone(), ..details };
        details.check()?;
        let facts = details.facts();
        let after = Self { details, ..self.clone() };
        Ok(Change::updated(self, after, CHANGED, facts))
    }

    /// Retires it: `used_by` names a scheme in force that uses it.
    ///
    /// # Errors
    /// `indicator.retired`, `indicator.in_use`.
    pub fn retire(self, used_by: Option<&str>) -> Result<Change<Self>, Refusal> {
        self.ensure_in_use()?;
        if let Some(scheme) = used_by {
            return Err(refused(INDICATOR_IN_USE).with("scheme", scheme));
        }
        let after = Self { is_retired: true, ..self.clone() };
        let facts = self.details.facts();
        Ok(Change::updated(self, after, RETIRED, facts))
    }

    /// Refuses one that is retired.
    ///
    /// # Errors
    /// `indicator.retired`.
    pub fn ensure_in_use(&self) -> Result<(), Refusal> {
        if self.is_retired {
            return Err(refused(INDICATOR_RETIRED).with("code", self.details.code.as_str()));
        }
        Ok(())
    }
}

fn refused(code: &'static crate::spine::RefusalCode) -> Refusal {
    Refusal::new(code).citing(Citation::rule("KPI-1"))
}
