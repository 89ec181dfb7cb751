//! The regulations that come with the product, by clause. A company that works by them enters them; what it writes itself
//! stays as it is. `[REG-5a, REG-5b]`

use super::{Clause, Regulation, clause};
use crate::regulation_version::RegulationVersion;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const TEXTS: &[&str] = &[
    include_str!("shipped/000.json"),
    include_str!("shipped/001.json"),
    include_str!("shipped/002-1.json"),
    include_str!("shipped/002-2.json"),
    include_str!("shipped/002-3.json"),
    include_str!("shipped/002-4.json"),
    include_str!("shipped/002-5.json"),
    include_str!("shipped/002-6.json"),
    include_str!("shipped/002-7.json"),
    include_str!("shipped/002-8.json"),
    include_str!("shipped/003.json"),
    include_str!("shipped/004.json"),
];

/// A regulation that comes with the product.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShippedRegulation {
    /// Its code.
    pub code: String,
    /// What it is called.
    pub title: String,
    /// Its clauses in reading order.
    pub clauses: Vec<Clause>,
}

impl ShippedRegulation {
    /// Every one of them, by code.
    ///
    /// # Errors
    /// Where one cannot be read.
    pub fn all() -> serde_json::Result<Vec<Self>> {
        TEXTS.iter().map(|text| serde_json::from_str(text)).collect()
    }

    /// The digest of its text.
    pub fn digest(&self) -> String {
        clause::digest(&self.clauses)
    }

    /// How it stands to what the company has: the regulation of its code, and the last version of that.
    pub fn state(&self, has: Option<(&Regulation, Option<&RegulationVersion>)>) -> ShippedState {
        let Some((regulation, last)) = has else { return ShippedState::Absent };
        let ships = self.digest();
        let stands = last.map(RegulationVersion::digest);
        if stands.as_deref() == Some(ships.as_str()) {
            return ShippedState::Current;
        }
        match (&regulation.shipped_digest, last) {
            // As it was entered, published and in force: it is followed up.
            (Some(entered), Some(last)) if stands.as_ref() == Some(entered) && last.is_last_in_force() => {
                ShippedState::Outdated
            }
            (Some(entered), _) if *entered == ships => ShippedState::Changed,
            _ => ShippedState::Conflicting,
        }
    }
}

/// How a text that comes with the product stands to what the company has.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ShippedRegulationState)]
pub enum ShippedState {
    /// The company does not have it.
    Absent,
    /// The company has it as it is.
    Current,
    /// The company has what came earlier, unchanged.
    Outdated,
    /// The company has changed it; it stays so.
    Changed,
    /// The company has changed it, or written its own, and another text comes now; it stays so.
    Conflicting,
}

crate::labels! { ShippedState = "ShippedRegulationState":
    Absent = "absent", "未启用", "Not entered";
    Current = "current", "一致", "As it comes";
    Outdated = "outdated", "有更新", "An update is there";
    Changed = "changed", "已由公司修改", "Changed by the company";
    Conflicting = "conflicting", "双方均有修改", "Changed on both sides";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        regulation::{citation::Citation, coverage},
        spine::Findings,
    };
    use std::collections::BTreeSet;

    #[test]
    fn every_text_is_sound_and_has_its_own_code() {
        let all = ShippedRegulation::all().expect("texts");
        let codes: BTreeSet<&str> = all.iter().map(|one| one.code.as_str()).collect();
        assert_eq!(codes.len(), all.len());
        for shipped in &all {
            let mut findings = Findings::new();
            clause::check(&mut findings, "/clauses", &shipped.clauses);
            assert_eq!(findings.into_vec(), [], "{}", shipped.code);
            let binds = shipped.clauses.iter().any(|clause| clause.binding);
            assert_eq!(binds, !ESSAYS.contains(&shipped.code.as_str()), "{}", shipped.code);
        }
    }

    #[test]
    fn every_binding_is_of_a_clause_that_is_there_and_says_what_becomes_of_it() {
        let all = ShippedRegulation::all().expect("texts");
        for binding in coverage::bindings().expect("bindings") {
            let of = all.iter().find(|one| one.code == binding.regulation).expect("a regulation");
            assert!(
                of.clauses.iter().any(|clause| clause.id == binding.clause),
                "{} {}",
                binding.regulation,
                binding.clause
            );
            assert!(!binding.rules.is_empty() || binding.standing.is_some(), "{}", binding.clause);
            assert_eq!(binding.standing.is_some(), binding.reason.is_some(), "{}", binding.clause);
        }
    }

    #[test]
    fn what_policies_cite_most_is_found() {
        let all = ShippedRegulation::all().expect("texts");
        let found = |text: &str| {
            Citation::all(text).iter().all(|cited| {
                all.iter().any(|one| matches!(coverage::leads(cited, &one.code, &one.clauses), Some(Ok(_))))
            })
        };
        let lost: Vec<&str> = CITED.iter().copied().filter(|text| !found(text)).collect();
        assert!(lost.is_empty(), "{lost:#?}");
    }

    /// Pieces of the source that explain and ask nothing.
    const ESSAYS: &[&str] = &["002-1", "002-2", "002-4", "002-7"];

    /// How policies and routes cite.
    const CITED: &[&str] = &[
        "000 §9.2 三；§9.3(5)",
        "003 营销费用审批流程 4；000 §9.3(1)",
        "000 §2.1",
        "001 §3",
        "000 §2.3(1)",
        "004 §5.3",
        "000 §2.3(2)(3)",
        "002 §5(二)1 已离开公司的销售人员的客户资源归销售部",
        "002 §5(一)1 第一接触点的原则",
        "002 §5(二)3 指定销售人员接待",
        "002 §5(二)14 受委托同事不做客户登记",
        "002 §6 第四章",
        "002 §6 第二章",
        "002 §6 第五章",
        "001 第十条",
        "000 §9.1(4)2)；§9.2 五",
        "000 §9.1(3)6)；§9.3(1)",
        "000 §2.2 五",
        "000 §3 营销计划的执行",
        "000 §9 费用控制机制；§9.3(3)",
        "003 营销费用控制与监督 1；000 §9.3(5)",
        "000 §5.1 客户资料归公司所有",
        "000 §9.2 六; §11.1",
        "004 §2",
        "002 §3",
    ];
}
