//! Kinds of expense: a tree mapped to general ledger accounts. `[EXP-1]`
//!
//! What a claim must say, whether it may come without a request, and whether its input tax is deductible
//! all follow from the category, so that none of it stands in code.

use super::wording;
use crate::spine::{Finding, Findings, Money, PolicyContent, codes, reason};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The code under which the tree of categories is kept.
pub const EXPENSE_CATEGORIES_CODE: &str = "expense-categories/standard";

/// The tree as shipped.
pub const SHIPPED_EXPENSE_CATEGORIES: &str = include_str!("shipped/expense_categories.json");

crate::refusals! { EXPENSE_CATEGORY_REFUSALS:
    UNKNOWN = "expense_category.unknown", Invalid, "没有费用类别“{category}”", "There is no expense category \"{category}\"";
    NOT_LEAF = "expense_category.not_leaf", Invalid, "“{category}”是上级类别，请选择明细类别", "\"{category}\" is a heading; choose a category below it";
    INACTIVE = "expense_category.inactive", Invalid, "费用类别“{category}”已停用", "The expense category \"{category}\" is no longer in use";
    NEEDS_REQUEST = "expense_category.needs_request", Invalid, "“{category}”须先申请后报销，不能直接报销", "\"{category}\" needs an approved request before it is spent";
    BEYOND_DIRECT = "expense_category.beyond_direct_limit", Invalid, "“{category}”合计 {amount} 超过直接报销限额 {limit}，须先申请", "\"{category}\" adds up to {amount}, beyond the {limit} that may be claimed without a request";
    DUPLICATE = "expense_category.duplicate", Invalid, "类别代码“{category}”重复", "The category code \"{category}\" stands twice";
    LOOSE = "expense_category.no_parent", Invalid, "上级类别“{parent}”不存在", "The parent \"{parent}\" does not exist";
    CIRCULAR = "expense_category.circular", Invalid, "类别“{category}”的上级关系成环", "The parents of \"{category}\" run in a circle";
    TOO_MANY_CATEGORIES = "expense_category.too_many", Invalid, "费用类别最多 {max} 个", "There are at most {max} categories";
    TOO_DEEP = "expense_category.too_deep", Invalid, "类别“{category}”超过 {max} 级", "\"{category}\" lies more than {max} levels deep";
    DEDUCTIBLE_FORBIDDEN = "expense_category.deductible_forbidden", Invalid, "招待费和福利费的进项税额不得抵扣", "The input tax of entertainment and welfare is never deductible";
}

/// What this noun brings to its wing.
pub(crate) const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[EXPENSE_CATEGORY_REFUSALS],
    events: &[],
    enums: &[Detail::LABELS, Nature::LABELS],
};

/// At most so many categories in the tree.
pub const MAX_CATEGORIES: usize = 1_000;
/// At most so many levels below each other.
const MAX_LEVELS: usize = 8;

/// Something a claim must say.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ExpenseDetail)]
pub enum Detail {
    /// 活动背景: what it grew out of.
    Background,
    /// 目的: what for.
    Purpose,
    /// 参与人员: who took part.
    Participants,
    /// 预期效果: what is expected of it.
    ExpectedEffect,
    /// 客户: whom it was for.
    Customer,
    /// 人数: how many took part.
    HeadCount,
    /// 行程: from where to where.
    Route,
    /// 天数: how many days.
    Days,
}

crate::labels! { Detail = "ExpenseDetail":
    Background = "background", "活动背景", "Background";
    Purpose = "purpose", "目的", "Purpose";
    Participants = "participants", "参与人员", "Participants";
    ExpectedEffect = "expected_effect", "预期效果", "Expected effect";
    Customer = "customer", "客户", "Customer";
    HeadCount = "head_count", "人数", "Head count";
    Route = "route", "行程", "Route";
    Days = "days", "天数", "Days";
}

/// What a category is by nature, where the tax law treats it on its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ExpenseNature)]
pub enum Nature {
    /// No rule of its own.
    Ordinary,
    /// 业务招待: its input tax is never deductible.
    Entertainment,
    /// 职工福利: its input tax is never deductible.
    Welfare,
}

crate::labels! { Nature = "ExpenseNature":
    Ordinary = "ordinary", "一般费用", "Ordinary";
    Entertainment = "entertainment", "业务招待", "Entertainment";
    Welfare = "welfare", "职工福利", "Welfare";
}

/// One kind of expense, or a heading over some.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpenseCategory {
    /// The stable code.
    #[schema(
        min_length = 1,
        max_length = 60,
        pattern = "^[a-z][a-z0-9_.]*$",
        example = "entertainment.travel"
    )]
    pub code: String,
    /// The code of the category above; none at the top.
    #[serde(default)]
    #[schema(max_length = 60, example = "entertainment")]
    pub parent: Option<String>,
    /// The Chinese name.
    #[schema(min_length = 1, max_length = 60, example = "差旅费")]
    pub zh: String,
    /// The English name.
    #[schema(min_length = 1, max_length = 60, example = "Travel")]
    pub en: String,
    /// The general ledger account its cost is debited to; a heading has none.
    #[serde(default)]
    #[schema(max_length = 40, example = "6601.07")]
    pub account: Option<String>,
    /// What it is by nature.
    #[serde(default = "ordinary")]
    pub nature: Nature,
    /// Whether input tax shown on its invoices is deductible.
    #[serde(default)]
    pub deductible_vat: bool,
    /// What a claim of it must say.
    #[serde(default)]
    #[schema(max_items = 8)]
    pub required_details: Vec<Detail>,
    /// Whether each line needs invoices that cover it.
    #[serde(default)]
    pub invoice_required: bool,
    /// Whether the claim needs an attachment as evidence.
    #[serde(default)]
    pub evidence_required: bool,
    /// Up to how much a claim may ask for without an approved request, in the book currency; none: not at all.
    #[serde(default)]
    pub direct_limit: Option<Money>,
    /// Whether it may be used in new claims.
    pub active: bool,
    /// The clause it comes from.
    #[serde(default)]
    #[schema(max_length = 200, example = "000 §9.2 三")]
    pub clause: Option<String>,
}

const fn ordinary() -> Nature {
    Nature::Ordinary
}

/// The tree of kinds of expense, each with its account and what a claim of it must say.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpenseCategories {
    /// Every category, a parent before its children.
    pub categories: Vec<ExpenseCategory>,
}

impl ExpenseCategories {
    /// The category of a code.
    pub fn find(&self, code: &str) -> Option<&ExpenseCategory> {
        self.categories.iter().find(|category| category.code == code)
    }

    /// Whether other categories hang below it.
    pub fn is_heading(&self, code: &str) -> bool {
        self.categories.iter().any(|category| category.parent.as_deref() == Some(code))
    }

    /// The category and the headings above it, nearest first.
    pub fn path(&self, code: &str) -> Vec<String> {
        let mut path: Vec<String> = Vec::new();
        let mut next = Some(code);
        while let Some(code) = next.filter(|code| !path.iter().any(|known| known == code)) {
            path.push(code.to_owned());
            next = self.find(code).and_then(|category| category.parent.as_deref());
        }
        path
    }
    /// The code and those of everything below it.
    pub fn subtree(&self, code: &str) -> Vec<&str> {
        let below = |category: &&ExpenseCategory| {
            let mut current = Some(category.code.as_str());
            for _ in 0..=self.categories.len() {
                match current {
                    Some(at) if at == code => return true,
                    Some(at) => current = self.find(at).and_then(|c| c.parent.as_deref()),
                    None => return false,
                }
            }
            false
        };
        self.categories.iter().filter(below).map(|category| category.code.as_str()).collect()
    }

    /// The tree with categories added, or put in the place of those of their codes; a parent before its
    /// children, and otherwise in the order they came.
    #[must_use]
    pub fn with(mut self, categories: impl IntoIterator<Item = ExpenseCategory>) -> Self {
        for category in categories {
            match self.categories.iter_mut().find(|known| known.code == category.code) {
                Some(known) => *known = category,
                None => self.categories.push(category),
            }
        }
        let mut ordered = Vec::with_capacity(self.categories.len());
        let tops =
            self.categories.iter().filter(|c| c.parent.as_deref().and_then(|p| self.find(p)).is_none());
        for top in tops {
            self.put_below(top, &mut ordered);
        }
        // What hangs in a circle hangs below no top; it stays to be found unsound.
        let in_circles: Vec<_> = self.categories.iter().filter(|c| !ordered.contains(*c)).cloned().collect();
        ordered.extend(in_circles);
        Self { categories: ordered }
    }

    fn put_below(&self, category: &ExpenseCategory, ordered: &mut Vec<ExpenseCategory>) {
        ordered.push(category.clone());
        for child in self.categories.iter().filter(|c| c.parent.as_ref() == Some(&category.code)) {
            self.put_below(child, ordered);
        }
    }

    fn check_place(&self, category: &ExpenseCategory, pointer: &str, findings: &mut Findings) {
        let Some(parent) = &category.parent else { return };
        if self.find(parent).is_none() {
            findings.add_with(format!("{pointer}/parent"), LOOSE, [("parent", json!(parent))]);
        }
        let mut current = Some(parent.as_str());
        let mut steps = 0;
        while let Some(at) = current {
            steps += 1;
            let name = ("category", json!(category.code));
            if at == category.code {
                return findings.add_with(format!("{pointer}/parent"), CIRCULAR, [name]);
            }
            if steps >= MAX_LEVELS {
                let max = ("max", json!(MAX_LEVELS));
                return findings.add_with(format!("{pointer}/parent"), TOO_DEEP, [name, max]);
            }
            current = self.find(at).and_then(|above| above.parent.as_deref());
        }
    }
}

impl PolicyContent for ExpenseCategories {
    const KIND: &'static str = "expense-categories";
    const EXAMPLE: &'static str = SHIPPED_EXPENSE_CATEGORIES;

    fn findings(&self) -> Vec<Finding> {
        let mut findings = Findings::new();
        let mut seen = BTreeMap::new();
        match self.categories.len() {
            0 => findings.add("/content/categories", codes::REQUIRED),
            count if count > MAX_CATEGORIES => {
                let max = [("max", json!(MAX_CATEGORIES))];
                findings.add_with("/content/categories", TOO_MANY_CATEGORIES, max);
                return findings.into_vec();
            }
            _ => {}
        }
        for (index, category) in self.categories.iter().enumerate() {
            let pointer = format!("/content/categories/{index}");
            if seen.insert(category.code.as_str(), index).is_some() {
                findings.add_with(format!("{pointer}/code"), DUPLICATE, [("category", json!(category.code))]);
            }
            let starts_well = category.code.starts_with(|c: char| c.is_ascii_lowercase());
            let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'.');
            if !starts_well || category.code.len() > 60 || !category.code.bytes().all(plain) {
                let expected = [("expected", reason::pattern("^[a-z][a-z0-9_.]*$").into())];
                findings.add_with(format!("{pointer}/code"), codes::BAD_FORMAT, expected);
            }
            wording::check(&mut findings, &format!("{pointer}/zh"), &category.zh, 60);
            wording::check(&mut findings, &format!("{pointer}/en"), &category.en, 60);
            self.check_place(category, &pointer, &mut findings);
            match &category.account {
                Some(account) => wording::check(&mut findings, &format!("{pointer}/account"), account, 40),
                None if !self.is_heading(&category.code) => {
                    findings.add(format!("{pointer}/account"), codes::REQUIRED);
                }
                None => {}
            }
            if category.deductible_vat && category.nature != Nature::Ordinary {
                findings.add(format!("{pointer}/deductible_vat"), DEDUCTIBLE_FORBIDDEN);
            }
            if category.direct_limit.is_some_and(|limit| limit.minor() < 0) {
                findings.add(format!("{pointer}/direct_limit"), codes::AMOUNT_NOT_POSITIVE);
            }
        }
        findings.into_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shipped() -> ExpenseCategories {
        serde_json::from_str(SHIPPED_EXPENSE_CATEGORIES).expect("it reads")
    }

    #[test]
    fn the_shipped_tree_is_sound_and_holds_the_five_groups() {
        let tree = shipped();
        assert_eq!(tree.findings(), []);
        let tops: Vec<&str> =
            tree.categories.iter().filter(|c| c.parent.is_none()).map(|c| c.code.as_str()).collect();
        assert_eq!(tops, ["personnel", "promotion", "entertainment", "commission", "other"]);
        assert_eq!(
            tree.subtree("personnel"),
            ["personnel", "personnel.salary", "personnel.bonus", "personnel.welfare"]
        );
    }

    #[test]
    fn entertainment_and_welfare_tax_stays_in_cost() {
        for code in ["entertainment.client", "personnel.welfare"] {
            let mut tree = shipped();
            let index = tree.categories.iter().position(|c| c.code == code).expect("shipped");
            assert!(!tree.categories[index].deductible_vat);
            tree.categories[index].deductible_vat = true;
            let findings = tree.findings();
            assert_eq!(findings.len(), 1);
            assert_eq!(findings[0].code, DEDUCTIBLE_FORBIDDEN);
        }
    }

    #[test]
    fn what_is_added_stands_below_its_parent_and_what_is_known_is_replaced() {
        let tree = shipped();
        let known = tree.categories.iter().find(|c| c.code == "personnel.bonus").expect("shipped").clone();
        let visa = ExpenseCategory { code: "personnel.visa".into(), ..known.clone() };
        let renamed = ExpenseCategory { zh: "年终奖".into(), ..known };
        let other = tree.clone().with([visa, renamed]);
        let codes: Vec<&str> = other.categories.iter().take(5).map(|c| c.code.as_str()).collect();
        let below = ["personnel.salary", "personnel.bonus", "personnel.welfare", "personnel.visa"];
        assert_eq!((codes[0], &codes[1..]), ("personnel", &below[..]));
        assert_eq!(other.find("personnel.bonus").map(|c| c.zh.as_str()), Some("年终奖"));
        assert_eq!(tree.clone().with(tree.categories.clone()), tree);
    }

    #[test]
    fn what_hangs_in_a_circle_is_kept_to_be_found() {
        let mut first = shipped().categories[1].clone();
        let mut second = first.clone();
        (first.code, first.parent) = ("a".into(), Some("b".into()));
        (second.code, second.parent) = ("b".into(), Some("a".into()));
        let tree = shipped().with([first, second]);
        assert_eq!(tree.findings().iter().filter(|finding| finding.code == CIRCULAR).count(), 2);
    }

    #[test]
    fn a_tree_with_circles_duplicates_and_loose_ends_is_found_out() {
        let mut tree = shipped();
        tree.categories[0].parent = Some("personnel.salary".into());
        tree.categories[5].parent = Some("nowhere".into());
        let copy = tree.categories[2].clone();
        tree.categories.push(copy);
        let codes: Vec<&str> = tree.findings().iter().map(|f| f.code.code).collect();
        assert!(codes.contains(&CIRCULAR.code), "{codes:?}");
        assert!(codes.contains(&LOOSE.code), "{codes:?}");
        assert!(codes.contains(&DUPLICATE.code), "{codes:?}");
    }
}
