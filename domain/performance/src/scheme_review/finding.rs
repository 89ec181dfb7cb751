//! What catches the eye in a review, said as a clerk would write it down, with what it suggests. `[KPI-10, REG-3]`

use super::{Report, SchemeReviewSettings, statistics::Agreement};
use crate::appraisal::Said;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What was found.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SchemeReviewFindingKind)]
pub enum FindingKind {
    /// There are too few sheets to conclude anything.
    TooFewSheets,
    /// Most have one grade.
    GradeCrowded,
    /// People and superiors see something else.
    OwnApart,
    /// People see themselves far above what superiors say.
    OwnInflated,
    /// Peers and superiors see something else.
    PeersApart,
    /// An indicator tells nobody apart.
    IndicatorNeverDiffers,
    /// Many results are changed by hand.
    CalibratedOften,
}

crate::labels! { FindingKind = "SchemeReviewFindingKind":
    TooFewSheets = "too_few_sheets", "样本不足", "Too few sheets";
    GradeCrowded = "grade_crowded", "等级过于集中", "Most have one grade";
    OwnApart = "own_apart", "自评与上级评分不一致", "People and superiors disagree";
    OwnInflated = "own_inflated", "自评普遍偏高", "People see themselves too high";
    PeersApart = "peers_apart", "互评与上级评分不一致", "Peers and superiors disagree";
    IndicatorNeverDiffers = "indicator_never_differs", "指标没有区分度", "An indicator tells nobody apart";
    CalibratedOften = "calibrated_often", "人工校准过多", "Many results are changed by hand";
}

/// Something that was found.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = SchemeReviewFinding)]
pub struct Finding {
    /// What.
    pub kind: FindingKind,
    /// The code of the indicator it is about.
    #[schema(max_length = 60, example = "sales")]
    pub indicator: Option<String>,
    /// In words, with what could be done about it.
    pub said: Said,
}

fn found(kind: FindingKind, zh: String, en: String) -> Finding {
    Finding { kind, indicator: None, said: Said { zh, en } }
}

/// A share in percent, one place.
fn percent(part: u32, whole: u32) -> Decimal {
    let share = Decimal::from(part) * Decimal::ONE_HUNDRED;
    share.checked_div(whole.into()).unwrap_or_default().round_dp(1).normalize()
}

fn is_more(part: u32, whole: u32, share_bp: u32) -> bool {
    u64::from(part) * 10_000 > u64::from(whole) * u64::from(share_bp)
}

/// What catches the eye, by the settings.
pub(super) fn findings(
    report: &Report,
    settings: &SchemeReviewSettings,
    named: &dyn Fn(&str) -> (String, String),
) -> Vec<Finding> {
    let (sheets, least) = (report.sheets, settings.sheets_at_least);
    if sheets < least {
        return vec![found(
            FindingKind::TooFewSheets,
            format!("只有 {sheets} 份考核，少于 {least} 份，不作结论；建议延长评审期间"),
            format!(
                "There are {sheets} sheets, fewer than {least}, so nothing is concluded; review a longer time"
            ),
        )];
    }
    let mut all = crowded(report, settings);
    all.extend(report.own.as_ref().map(|own| of_own(own, settings)).unwrap_or_default());
    all.extend(report.peers.as_ref().and_then(|peers| of_peers(peers, settings)));
    all.extend(never_differing(report, settings, named));
    if is_more(report.calibrated, sheets, settings.calibrated_share_at_most_bp) {
        let share = percent(report.calibrated, sheets);
        all.push(found(
            FindingKind::CalibratedOften,
            format!("{share} % 的结果经人工校准；建议检查目标和评分曲线是否合理"),
            format!("{share} % of the results were changed by hand; look at targets and curves"),
        ));
    }
    all
}

fn crowded(report: &Report, settings: &SchemeReviewSettings) -> Vec<Finding> {
    let crowd = report.grades.iter();
    let crowd = crowd.filter(|one| is_more(one.count, report.sheets, settings.grade_share_at_most_bp));
    let said = |one: &super::GradeCount| {
        let (grade, share) = (&one.grade, percent(one.count, report.sheets));
        found(
            FindingKind::GradeCrowded,
            format!("{share} % 的人为等级 {grade}；建议调整等级区间或目标"),
            format!("{share} % have the grade {grade}; move the bands or the targets"),
        )
    };
    crowd.map(said).collect()
}

fn of_own(own: &Agreement, settings: &SchemeReviewSettings) -> Vec<Finding> {
    let mut all = Vec::new();
    if let Some(of) = own.correlation.filter(|of| *of < settings.agreement_at_least) {
        all.push(found(
            FindingKind::OwnApart,
            format!("自评与上级评分的相关系数仅为 {of}；建议明确评分标准并面谈反馈"),
            format!(
                "What people and superiors say correlates by {of} only; say what a score means, and talk"
            ),
        ));
    }
    if own.above > settings.own_above_superior_at_most {
        let above = own.above.normalize();
        all.push(found(
            FindingKind::OwnInflated,
            format!("自评平均比上级评分高 {above} 分；建议降低自评权重或要求说明依据"),
            format!("People see themselves {above} points above their superiors; let it weigh less, or ask for reasons"),
        ));
    }
    all
}

fn of_peers(peers: &Agreement, settings: &SchemeReviewSettings) -> Option<Finding> {
    let of = peers.correlation.filter(|of| *of < settings.agreement_at_least)?;
    Some(found(
        FindingKind::PeersApart,
        format!("互评与上级评分的相关系数仅为 {of}；建议检查互评人的选取范围"),
        format!("What peers and superiors say correlates by {of} only; look at who is asked"),
    ))
}

fn never_differing(
    report: &Report,
    settings: &SchemeReviewSettings,
    named: &dyn Fn(&str) -> (String, String),
) -> Vec<Finding> {
    let alike = report.indicators.iter().filter(|look| {
        look.scores.count >= settings.sheets_at_least
            && look.scores.deviation < settings.indicator_deviation_at_least
    });
    let said = |look: &super::IndicatorLook| {
        let (zh, en) = named(&look.indicator);
        let mean = look.scores.mean.normalize();
        let zh = format!("指标“{zh}”的得分几乎没有差异（平均 {mean}）；建议调整目标、曲线或取消该指标");
        let en =
            format!("The scores of \"{en}\" hardly differ (mean {mean}); move its target, or leave it out");
        Finding {
            indicator: Some(look.indicator.clone()),
            ..found(FindingKind::IndicatorNeverDiffers, zh, en)
        }
    };
    alike.map(said).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Looked, SHIPPED_SCHEME_REVIEW_SETTINGS};
    use super::*;
    use crate::scoring::{ReviewFate, ReviewLine, ReviewSum};
    use crate::spine::PolicyContent;

    fn line(score: i64) -> ReviewLine {
        ReviewLine { score: Some(score.into()), effective: Decimal::TEN, fate: ReviewFate::Counted }
    }

    fn looked(place: i64) -> Looked {
        let reviews = ReviewSum {
            own: line(99 - place),
            superior: line(60 + place),
            peers: line(60 + place),
            peers_answered: 3,
            sum: Decimal::from(70),
        };
        Looked {
            result: Decimal::from(80 + place / 10),
            grade: "B".into(),
            reviews: Some(reviews),
            scores: vec![("sales".into(), Decimal::from(60 + 5 * place)), ("smile".into(), 100.into())],
            is_calibrated: place % 2 == 0,
        }
    }

    #[test]
    fn what_catches_the_eye_is_said_and_of_too_few_nothing_is() {
        let settings: SchemeReviewSettings =
            serde_json::from_str(SHIPPED_SCHEME_REVIEW_SETTINGS).expect("they read");
        assert_eq!(settings.findings(), []);
        let named = |code: &str| (code.to_owned(), code.to_owned());
        let kinds = |sheets: i64| -> Vec<FindingKind> {
            let all: Vec<Looked> = (0..sheets).map(looked).collect();
            let report = Report::of(&all, &["C", "B"], &settings, &named);
            report.findings.iter().map(|found| found.kind).collect()
        };
        assert_eq!(kinds(9), [FindingKind::TooFewSheets]);
        assert_eq!(
            kinds(12),
            [
                FindingKind::GradeCrowded,
                FindingKind::OwnApart,
                FindingKind::OwnInflated,
                FindingKind::IndicatorNeverDiffers,
                FindingKind::CalibratedOften,
            ]
        );
    }
}
