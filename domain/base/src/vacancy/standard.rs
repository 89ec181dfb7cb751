//! How many people a centre of a size has in each position (人员配置标准), as data; and how far it is from that.
//! `[ORG-2, REG-4]`

use crate::{
    approval::Label,
    spine::{BusinessDate, Finding, Findings, PolicyContent, wording},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// The code under which the company's standard is kept.
pub const STAFFING_STANDARD_CODE: &str = "staffing-standard/company";

/// The standard as shipped: that of a small centre. `[000 §2.3(2)]`
pub const SHIPPED_STAFFING_STANDARD: &str = include_str!("shipped/staffing_standard.json");

/// The most people a position of a department has by the standard, and a vacancy asks for.
pub const MOST_PLACES: u32 = 1_000;

crate::refusals! { STAFFING_STANDARD_REFUSALS:
    SIZE_UNKNOWN = "staffing_standard.size_unknown", Invalid, "没有名为“{size}”的规模", "There is no size called \"{size}\"";
    SIZE_TWICE = "staffing_standard.size_twice", Invalid, "规模“{size}”重复", "The size \"{size}\" is given twice";
    POST_TWICE = "staffing_standard.post_twice", Invalid, "同一规模内部门“{department}”的岗位“{position}”重复", "The position \"{position}\" of the department \"{department}\" is given twice for one size";
}

/// How many people the company means to have, and how it asks for more.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StaffingStandard {
    /// The size that the company's centre has: the code of one of `sizes`.
    pub size: String,
    /// What each size has.
    pub sizes: Vec<CentreSize>,
    /// What the numbers of vacancies begin with: `VA` gives `VA-2026-000012`.
    pub number_prefix: String,
    /// How many days an approved vacancy can be filled, 1 to 3,660.
    pub expires_after_days: u32,
    /// Whether nobody is taken on, or moved to a position, without a vacancy.
    pub hiring_names_vacancy: bool,
}

/// A size of a centre.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = StaffingCentreSize)]
pub struct CentreSize {
    /// Its code.
    pub code: String,
    /// What people call it.
    pub name: Label,
    /// What it has.
    pub posts: Vec<StandardPost>,
}

/// How many people hold a position in a department.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = StaffingStandardPost)]
pub struct StandardPost {
    /// The code of the department.
    pub department: String,
    /// The code of the position.
    pub position: String,
    /// How many, 1 to 1,000.
    pub places: u32,
}

impl StaffingStandard {
    /// What the company's size has.
    pub fn posts(&self) -> &[StandardPost] {
        self.sizes.iter().find(|size| size.code == self.size).map_or(&[], |size| &size.posts)
    }

    /// How many people the standard gives a position of a department; none where it says nothing of it.
    pub fn places(&self, department: &str, position: &str) -> Option<u32> {
        let is_it = |post: &&StandardPost| post.department == department && post.position == position;
        self.posts().iter().find(is_it).map(|post| post.places)
    }
}

impl PolicyContent for StaffingStandard {
    const KIND: &'static str = "staffing-standard";
    const EXAMPLE: &'static str = SHIPPED_STAFFING_STANDARD;

    fn findings(&self) -> Vec<Finding> {
        let mut findings = Findings::new();
        wording::check_prefix(&mut findings, "/content/number_prefix", &self.number_prefix);
        findings.within("/content/expires_after_days", self.expires_after_days, 1..=3_660);
        let mut sizes = BTreeSet::new();
        for (index, size) in self.sizes.iter().enumerate() {
            let pointer = format!("/content/sizes/{index}");
            if !sizes.insert(size.code.as_str()) {
                findings.add_with(format!("{pointer}/code"), SIZE_TWICE, [("size", json!(size.code))]);
            }
            check_size(&mut findings, &pointer, size);
        }
        if !sizes.contains(self.size.as_str()) {
            findings.add_with("/content/size", SIZE_UNKNOWN, [("size", json!(self.size))]);
        }
        findings.into_vec()
    }
}

fn check_size(findings: &mut Findings, pointer: &str, size: &CentreSize) {
    wording::check(findings, &format!("{pointer}/code"), &size.code, 40);
    wording::check(findings, &format!("{pointer}/name/zh"), &size.name.zh, 60);
    wording::check(findings, &format!("{pointer}/name/en"), &size.name.en, 60);
    let mut posts = BTreeSet::new();
    for (index, post) in size.posts.iter().enumerate() {
        let pointer = format!("{pointer}/posts/{index}");
        let StandardPost { department, position, places } = post;
        wording::check(findings, &format!("{pointer}/department"), department, 40);
        wording::check(findings, &format!("{pointer}/position"), position, 40);
        findings.within(format!("{pointer}/places"), *places, 1..=MOST_PLACES);
        if !posts.insert((department, position)) {
            let twice = [("department", json!(department)), ("position", json!(position))];
            findings.add_with(pointer, POST_TWICE, twice);
        }
    }
}

/// Who holds a position of a department, and who is to, on a day.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Headcount {
    /// Who holds it that day: leavers until their last day.
    pub in_place: u32,
    /// Who is to hold it from a later day on.
    pub joining: u32,
    /// How many places of open vacancies nobody has taken.
    pub vacant: u32,
}

impl Headcount {
    /// How many people are missing to the standard: below nothing where there are more than it says.
    pub fn gap(self, standard: u32) -> i64 {
        i64::from(standard) - i64::from(self.in_place) - i64::from(self.joining)
    }

    /// Whether so many places more would be more than the standard gives; what it does not name, it gives nothing.
    pub fn would_exceed(self, standard: Option<u32>, more: u32) -> bool {
        let people = u64::from(self.in_place) + u64::from(self.joining);
        people + u64::from(self.vacant) + u64::from(more) > u64::from(standard.unwrap_or(0))
    }

    /// Counts somebody who holds the position from a day until before another.
    pub fn count(&mut self, from: Option<BusinessDate>, until: Option<BusinessDate>, on: BusinessDate) {
        if until.is_some_and(|until| until <= on) {
            return;
        }
        let here = from.is_none_or(|from| from <= on);
        let counted = if here { &mut self.in_place } else { &mut self.joining };
        *counted = counted.saturating_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shipped() -> StaffingStandard {
        serde_json::from_str(SHIPPED_STAFFING_STANDARD).expect("it reads")
    }
    fn day(n: u32) -> BusinessDate {
        BusinessDate::from_ymd_opt(2026, 5, n).expect("a day")
    }

    #[test]
    fn a_small_centre_has_one_manager_two_specialists_and_three_representatives() {
        let standard = shipped();
        assert_eq!(standard.findings(), []);
        let places: Vec<u32> = standard.posts().iter().map(|post| post.places).collect();
        assert_eq!(places, [1, 2, 3]);
        assert_eq!(standard.places("sales", "sales-representative"), Some(3));
        assert_eq!(
            standard.places("market", "sales-representative"),
            None,
            "of a department, not of the company"
        );
    }

    #[test]
    fn what_is_wrong_with_a_standard_is_said_at_once() {
        let mut standard = shipped();
        standard.sizes.push(standard.sizes[0].clone());
        let twice = standard.sizes[0].posts[0].clone();
        standard.sizes[0].posts.push(twice);
        standard.sizes[0].posts[1].places = 0;
        let unsound = StaffingStandard {
            size: "huge".into(),
            number_prefix: "v".into(),
            expires_after_days: 0,
            ..standard
        };
        let found: Vec<_> = unsound.findings().into_iter().map(|finding| finding.pointer).collect();
        let expected = [
            "/content/number_prefix",
            "/content/expires_after_days",
            "/content/sizes/0/posts/1/places",
            "/content/sizes/0/posts/3",
            "/content/sizes/1/code",
            "/content/size",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn leavers_count_until_their_last_day_and_who_is_to_come_apart() {
        let mut headcount = Headcount::default();
        headcount.count(None, None, day(10));
        headcount.count(Some(day(1)), Some(day(10)), day(10));
        headcount.count(Some(day(10)), Some(day(11)), day(10));
        headcount.count(Some(day(11)), None, day(10));
        assert_eq!((headcount.in_place, headcount.joining), (2, 1));
        assert_eq!((headcount.gap(5), headcount.gap(1)), (2, -2));
        let counted = Headcount { vacant: 1, ..headcount };
        assert!(!counted.would_exceed(Some(5), 1));
        assert!(counted.would_exceed(Some(5), 2));
        assert!(counted.would_exceed(None, 1), "a position without a standard is above it");
    }
}
