//! What follows from a final result: a reward or penalty, a task, or a proposal to be decided. `[KPI-8]`

use crate::{approval::Label, incentive_entry::IncentiveAmount};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// When something follows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = SchemeOccasion)]
pub enum Occasion {
    /// A result has one of these grades.
    Grade {
        /// Their codes.
        grades: Vec<String>,
    },
    /// So many periods in a row had one of these grades, this one the last; exempt ones neither count nor
    /// break the row.
    InARow {
        /// Their codes.
        grades: Vec<String>,
        /// How many, 2 to 24.
        periods: u32,
    },
}

crate::labels! { tagged Occasion = "SchemeOccasion":
    Grade = "grade", "本期等级", "The grade of a result";
    InARow = "in_a_row", "连续多期等级", "Grades in a row";
}

/// What follows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = SchemeFollowUp)]
pub enum Follows {
    /// An entry in the ledger of rewards and penalties: money, points of a later month, wage days, an honour.
    Entry {
        /// What is granted or taken.
        amount: IncentiveAmount,
    },
    /// A certificate of the person. (荣誉证书)
    Certificate {
        /// The honour: 1 to 60 characters each.
        title: Label,
    },
    /// A task of the person's superior: coaching, a training plan, to propose a promotion, a move, a
    /// demotion.
    Task {
        /// What is to be done: 1 to 200 characters.
        title: String,
        /// Calendar days until it is due, 1 to 366.
        within_days: u32,
    },
}

crate::labels! { tagged Follows = "SchemeFollowUp":
    Entry = "entry", "奖惩", "Reward or penalty";
    Certificate = "certificate", "荣誉证书", "Certificate";
    Task = "task", "上级任务", "The superior's task";
}

/// A consequence.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SchemeConsequence)]
pub struct Consequence {
    /// When.
    pub when: Occasion,
    /// What.
    pub follows: Follows,
    /// The clause it enforces.
    pub clause: String,
}

impl Occasion {
    /// Whether it has come: `grades` are those of the results that count, the latest first.
    pub fn has_come(&self, grades: &[&str]) -> bool {
        match self {
            Self::Grade { grades: wanted } => {
                grades.first().is_some_and(|grade| wanted.iter().any(|wanted| wanted == grade))
            }
            Self::InARow { grades: wanted, periods } => {
                let periods = usize::try_from(*periods).unwrap_or(usize::MAX);
                let row = grades.iter().take_while(|grade| wanted.iter().any(|wanted| wanted == **grade));
                // It comes again only with as many more.
                let row = row.count();
                row > 0 && row.is_multiple_of(periods)
            }
        }
    }

    /// The grades it names.
    pub fn grades(&self) -> &[String] {
        match self {
            Self::Grade { grades } | Self::InARow { grades, .. } => grades,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_misses_in_a_row_count_once_and_a_better_month_breaks_the_row() {
        let row = Occasion::InARow { grades: vec!["C".into(), "D".into()], periods: 3 };
        for (grades, comes) in [
            (&["D", "C", "D"][..], true),
            (&["D", "C"], false),
            (&["B", "C", "D", "D"], false),
            (&["D", "C", "B", "D"], false),
            (&["D", "D", "D", "D"], false),
            (&["D", "D", "D", "D", "D", "D"], true),
        ] {
            assert_eq!(row.has_come(grades), comes, "{grades:?}");
        }
        assert!(Occasion::Grade { grades: vec!["A".into()] }.has_come(&["A", "D"]));
    }
}
