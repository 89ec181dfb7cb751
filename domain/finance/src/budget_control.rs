//! What the settings for budgets say to a document, as a decision to be compared with another's: whether it is refused, meets
//! the special review, or passes. `[REG-7; BUD-5]`

use super::{
    budget_line::{BudgetLine, Control},
    budget_policy::{BudgetPolicy, OutsideBudget},
};
use crate::{
    policy_replay::{Outcome, Point, Said},
    spine::{Id, Money, PolicyVersion},
};
use std::collections::BTreeMap;

/// A line of a document asks more than its budget line had.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Short {
    /// The control of the budget line.
    pub control: Control,
    /// Whether its budget named none, so that the settings said which.
    pub by_default: bool,
}

/// What a document met, whatever the settings say to it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Met {
    /// Its lines that went beyond their budget lines.
    pub short: Vec<Short>,
    /// Whether a line was covered by no budget line, though its department had a budget.
    pub outside: bool,
    /// Whether a line's department had no budget, though the company kept some.
    pub without: bool,
}

/// What a document line asks of a budget line, and what that had then.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The budget line, as it stood before the document.
    pub line: &'a BudgetLine,
    /// Whether its budget named no control.
    pub by_default: bool,
    /// How much of its own money is asked, in minor units: without what was drawn on a request.
    pub own: i64,
}

impl Met {
    /// Goes through what a document asks, in the order of its lines: each takes of what those before it left.
    pub fn of(asked: &[Asked<'_>]) -> Self {
        let mut left: BTreeMap<Id<BudgetLine>, i64> = BTreeMap::new();
        let mut met = Self::default();
        for Asked { line, by_default, own } in asked {
            let available = left.entry(line.id).or_insert_with(|| line.balance.available());
            if own > available {
                met.short.push(Short { control: line.control, by_default: *by_default });
            }
            *available = (*available - own).max(0);
        }
        met
    }
}

/// How strictly something is met: the strictest of a document's lines counts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Answer {
    Warned,
    Reviewed,
    Refused,
}

impl Answer {
    fn said(self) -> Said {
        match self {
            Self::Warned => Said::new("提示后通过", "passes with a warning"),
            Self::Reviewed => Said::new("须经超预算特批", "special review"),
            Self::Refused => Said::new("不予提交", "refused"),
        }
    }
}

impl From<Control> for Answer {
    fn from(control: Control) -> Self {
        match control {
            Control::Hard => Self::Refused,
            Control::Special => Self::Reviewed,
            Control::Warn => Self::Warned,
        }
    }
}

fn outside(says: OutsideBudget) -> Option<Answer> {
    match says {
        OutsideBudget::Refuse => Some(Answer::Refused),
        OutsideBudget::Special => Some(Answer::Reviewed),
        OutsideBudget::Allow => None,
    }
}

/// What the settings say to a document of this worth. Lines keep the control with which they were opened, unless a draft is
/// tried on those whose budget named none.
pub fn controlled(met: &Met, policy: &PolicyVersion<BudgetPolicy>, is_draft: bool, worth: Money) -> Outcome {
    let strictest = |by_default: bool| {
        let short = met.short.iter().filter(|short| short.by_default == by_default);
        let control = |short: &Short| {
            if is_draft && by_default { policy.content.default_control } else { short.control }
        };
        short.map(|short| Answer::from(control(short))).max()
    };
    let content = &policy.content;
    let answers = [
        (
            "default_control",
            "预算科目的默认控制",
            "Control of lines that name none",
            "available",
            strictest(true),
        ),
        ("named_control", "预算科目自定的控制", "Control that a line names", "available", strictest(false)),
        (
            "outside_budget",
            "没有对应的预算科目",
            "No budget line covers it",
            "budget_line",
            outside(content.outside_budget).filter(|_| met.outside),
        ),
        (
            "without_budget",
            "部门当月没有预算",
            "The department has no budget for the month",
            "budget",
            outside(content.without_budget).filter(|_| met.without),
        ),
    ];
    let is_refused = answers.iter().any(|(.., answer)| *answer == Some(Answer::Refused));
    let point = |(key, zh, en, fact, answer): (&str, &str, &str, &str, Option<Answer>)| Point {
        key: key.to_owned(),
        name: Said::new(zh, en),
        clause: Some(policy.clause.clone()),
        says: answer.map(Answer::said),
        fact: Some(fact.to_owned()),
        otherwise: key.to_owned(),
    };
    let money = if is_refused { BTreeMap::new() } else { BTreeMap::from([("document".to_owned(), worth)]) };
    Outcome { points: answers.into_iter().map(point).collect(), money }
}

/// What was decided then, of which is kept whether the document met the special review: where the settings of that time say
/// the same today, as they say it.
pub fn stored(current: &Outcome, was_reviewed: bool, worth: Money) -> Outcome {
    let is_reviewed =
        current.points.iter().any(|point| point.says.as_ref() == Some(&Answer::Reviewed.said()));
    if is_reviewed == was_reviewed && !current.money.is_empty() {
        return current.clone();
    }
    let says =
        if was_reviewed { Answer::Reviewed.said() } else { Said::new("在预算内", "within the budget") };
    let point = Point {
        key: "budget".to_owned(),
        name: Said::new("预算控制", "Budget control"),
        clause: None,
        says: Some(says),
        fact: None,
        otherwise: "budget".to_owned(),
    };
    Outcome { points: vec![point], money: BTreeMap::from([("document".to_owned(), worth)]) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finance::budget_policy::SHIPPED_BUDGET_POLICY;
    use crate::spine::{Currency, read_content};

    fn policy(change: impl FnOnce(&mut BudgetPolicy)) -> PolicyVersion<BudgetPolicy> {
        let shipped = serde_json::from_str(SHIPPED_BUDGET_POLICY).expect("JSON");
        let mut content: BudgetPolicy = read_content(&shipped).expect("it reads");
        change(&mut content);
        let id = Id::from_uuid(uuid::Uuid::from_u128(1));
        PolicyVersion {
            id,
            code: "budget-policy/standard".into(),
            number: 1,
            clause: "000 §9.3(5)".into(),
            content,
        }
    }

    fn worth() -> Money {
        Money::from_minor(10_000, Currency::Cny)
    }

    #[test]
    fn a_draft_changes_what_is_said_to_lines_that_name_no_control_alone() {
        let met = |by_default| Met {
            short: vec![Short { control: Control::Special, by_default }],
            ..Met::default()
        };
        let (then, draft) = (policy(|_| ()), policy(|policy| policy.default_control = Control::Hard));
        let judged = |by_default| {
            let met = met(by_default);
            (controlled(&met, &then, false, worth()), controlled(&met, &draft, true, worth()))
        };
        let (current, drafted) = judged(true);
        let [reason] = &drafted.unlike(&current)[..] else { panic!("one reason") };
        assert_eq!((reason.rule.as_str(), reason.fact.as_str()), ("default_control", "default_control"));
        assert_eq!(reason.after, Some(Answer::Refused.said()));
        assert_eq!(drafted.moved(&current).get("CNY"), Some(&10_000), "what is refused is not paid");
        let (current, drafted) = judged(false);
        assert!(drafted.is_like(&current), "a line that names its own keeps it");
    }

    #[test]
    fn what_no_line_covers_is_answered_by_the_settings() {
        let met = Met { outside: true, ..Met::default() };
        let (then, draft) = (policy(|_| ()), policy(|policy| policy.outside_budget = OutsideBudget::Allow));
        let (current, drafted) =
            (controlled(&met, &then, false, worth()), controlled(&met, &draft, true, worth()));
        let [reason] = &drafted.unlike(&current)[..] else { panic!("one reason") };
        assert_eq!((reason.rule.as_str(), &reason.after), ("outside_budget", &None));
        assert!(stored(&current, true, worth()).is_like(&current));
        assert!(!stored(&current, false, worth()).is_like(&current), "that is drift");
    }
}
