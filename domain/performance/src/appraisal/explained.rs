//! The computation in words, line by line, as a clerk would write it down: each sheet explains itself.
//! `[KPI-6, KPI-9]`

use crate::{
    scoring::{Computation, Line, LineNote, PartSum, ReviewFate, ReviewLine, ReviewSum, YearSum},
    working_time::Period,
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A sentence in both languages.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = AppraisalSentence)]
pub struct Said {
    /// In Chinese.
    #[schema(max_length = 500)]
    pub zh: String,
    /// In English.
    #[schema(max_length = 500)]
    pub en: String,
}

/// What an indicator is called.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Named {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
    /// Its unit.
    pub unit: String,
    /// The clause it enforces, where it is another than the scheme's.
    pub clause: Option<String>,
    /// What was taken from or added to its value, and of which earlier period.
    pub adjusted: Vec<(Period, String, Decimal)>,
}

/// A number as people write it: at most four places, none that are nothing.
fn plain(value: Decimal) -> String {
    value.round_dp(4).normalize().to_string()
}

fn signed(value: Decimal) -> String {
    if value < Decimal::ZERO { format!("− {}", plain(-value)) } else { format!("+ {}", plain(value)) }
}

fn basis_points(share: i64) -> String {
    plain(Decimal::new(share, 2))
}

impl Computation {
    /// All of it, the indicators of each part first; `named` says what an indicator of a part, from 1, is
    /// called.
    pub fn said(&self, named: &dyn Fn(usize, &str) -> Option<Named>) -> Vec<Said> {
        let mut said = Vec::new();
        for (place, part) in self.parts.iter().enumerate() {
            for line in &part.lines {
                let Some(named) = named(place + 1, &line.indicator) else { continue };
                said.push(of_line(line, &named));
                said.extend(named.adjusted.iter().map(adjusted));
            }
            said.push(of_part(place + 1, part, self.parts.len()));
        }
        said.extend(self.by_days());
        said.extend(self.reviews.as_ref().map(of_reviews));
        said.push(self.of_result());
        said
    }

    /// Several parts by their days.
    fn by_days(&self) -> Option<Said> {
        let sum = self.indicators.filter(|_| self.parts.len() > 1)?;
        let parts = self.parts.iter().filter_map(|part| Some((part.days, part.sum?)));
        let terms: Vec<String> = parts.map(|(days, sum)| format!("{} × {days}", plain(sum))).collect();
        let (terms, sum) = (terms.join(" + "), plain(sum));
        Some(Said {
            zh: format!("各段按天数加权：（{terms}）÷ 总天数 = {sum}"),
            en: format!("Parts by days: ({terms}) ÷ all days = {sum}"),
        })
    }

    fn of_result(&self) -> Said {
        let indicators = self.indicators.filter(|_| self.shares.indicators > 0);
        let reviews = self.reviews.as_ref().map(|reviews| reviews.sum).filter(|_| self.shares.reviews > 0);
        let weighed = [(indicators, self.shares.indicators), (reviews, self.shares.reviews)];
        let weighed = weighed.into_iter().filter_map(|(sum, share)| Some((sum?, share)));
        let terms: Vec<String> =
            weighed.map(|(sum, share)| format!("{} × {} %", plain(sum), basis_points(share))).collect();
        let points =
            if self.points == 0 { String::new() } else { format!(" {}", signed(self.points.into())) };
        let sum = format!("{}{points} = {}", terms.join(" + "), plain(self.sum));
        let (mut zh, mut en) = (format!("结果：{sum}"), format!("Result: {sum}"));
        if self.bounded != self.sum {
            zh.push_str(&format!("，按上下限计 {}", plain(self.bounded)));
            en.push_str(&format!(", within floor and cap {}", plain(self.bounded)));
        }
        if let Some(cap) = self.veto {
            zh.push_str(&format!("，因一票否决不超过 {}", plain(cap)));
            en.push_str(&format!(", vetoed to {} at most", plain(cap)));
        }
        Said {
            zh: format!("{zh}；四舍五入后为 {}", self.result),
            en: format!("{en}; rounded to {}", self.result),
        }
    }
}

impl YearSum {
    /// How the year came about.
    pub fn said(&self) -> Said {
        let months = self.months.iter().filter(|month| month.result.is_some()).count();
        let exempt = self.months.len() - months;
        let term = |value: Option<Decimal>, share: i64| {
            value.map(|value| format!("{} × {} %", plain(value), basis_points(share)))
        };
        let terms = [term(self.mean, self.plan.months), term(self.goals, self.plan.goals)];
        let terms = terms.into_iter().flatten().collect::<Vec<_>>().join(" + ");
        let result = self.result;
        Said {
            zh: format!("年度：{months} 个月的平均与年度目标（免考核 {exempt} 个月）：{terms} = {result}"),
            en: format!(
                "The year: mean of {months} months and its own goals ({exempt} exempt): {terms} = {result}"
            ),
        }
    }
}

fn of_line(line: &Line, named: &Named) -> Said {
    let Named { zh, en, unit, clause, .. } = named;
    let value = line.value.map(plain).unwrap_or_default();
    let weight = basis_points(line.weight);
    let clause_zh = clause.as_ref().map(|clause| format!("（{clause}）")).unwrap_or_default();
    let clause_en = clause.as_ref().map(|clause| format!(" ({clause})")).unwrap_or_default();
    match line.note {
        LineNote::NoTarget => Said {
            zh: format!("{zh}：未设目标，其 {weight} % 权重按比例分摊到其他指标"),
            en: format!("{en}: no target, so its {weight} % are spread over the others in proportion"),
        },
        LineNote::NoValue => Said {
            zh: format!("{zh}：没有数据，其 {weight} % 权重按比例分摊到其他指标"),
            en: format!("{en}: no value, so its {weight} % are spread over the others in proportion"),
        },
        LineNote::Clear => Said { zh: format!("{zh}：未触发一票否决"), en: format!("{en}: no veto") },
        LineNote::Vetoed => Said {
            zh: format!("{zh}：{value} {unit}，触发一票否决{clause_zh}"),
            en: format!("{en}: {value} {unit}, a veto{clause_en}"),
        },
        LineNote::Scored => scored(line, named, &value),
    }
}

fn scored(line: &Line, named: &Named, value: &str) -> Said {
    let Named { zh, en, unit, .. } = named;
    let (mut text_zh, mut text_en) = (format!("{zh}：{value} {unit}"), format!("{en}: {value} {unit}"));
    if let (Some(target), Some(attainment)) = (line.target, line.attainment) {
        let (target, percent) = (plain(target.value), plain(attainment * Decimal::ONE_HUNDRED));
        text_zh.push_str(&format!("，目标 {target}，完成率 {percent} %"));
        text_en.push_str(&format!(", target {target}, attained {percent} %"));
    }
    let (score, effective) = (plain(line.score.unwrap_or_default()), plain(line.effective));
    let contribution = plain(line.contribution);
    Said {
        zh: format!("{text_zh}，得分 {score} × 权重 {effective} % = {contribution}"),
        en: format!("{text_en}, score {score} × weight {effective} % = {contribution}"),
    }
}

fn adjusted((period, about, value): &(Period, String, Decimal)) -> Said {
    Said {
        zh: format!("其中调整以前期间 {period}：{about}，{}", signed(*value)),
        en: format!("Of that, for the earlier period {period}: {about}, {}", signed(*value)),
    }
}

fn of_part(place: usize, part: &PartSum, of: usize) -> Said {
    let sum = part.sum.map(plain);
    let (which_zh, which_en) = match of {
        1 => ("指标合计".to_owned(), "Indicators".to_owned()),
        _ => (
            format!("第 {place} 段（{} 天）指标合计", part.days),
            format!("Indicators of part {place} ({} days)", part.days),
        ),
    };
    Said {
        zh: format!("{which_zh}：{}", sum.as_deref().unwrap_or("没有适用的指标")),
        en: format!("{which_en}: {}", sum.as_deref().unwrap_or("none applies")),
    }
}

fn of_reviews(reviews: &ReviewSum) -> Said {
    let named = [
        ("自评", "self", reviews.own),
        ("上级", "superior", reviews.superior),
        ("同事", "peers", reviews.peers),
    ];
    let (mut zh, mut en) = (Vec::new(), Vec::new());
    for (name_zh, name_en, ReviewLine { score, effective, fate }) in named {
        let term = |name: &str| match score {
            Some(score) => format!("{name} {} × {} %", plain(score), plain(effective)),
            None => name.to_owned(),
        };
        match fate {
            ReviewFate::Unweighted => {}
            ReviewFate::Counted => {
                zh.push(term(name_zh));
                en.push(term(name_en));
            }
            ReviewFate::Substituted => {
                zh.push(format!("{}（缺失，以上级评分代替）", term(name_zh)));
                en.push(format!("{} (missing, the superior's stands in)", term(name_en)));
            }
            ReviewFate::Reweighted => {
                zh.push(format!("{name_zh}缺失（权重已分摊）"));
                en.push(format!("{name_en} missing (weight spread)"));
            }
        }
    }
    let sum = plain(reviews.sum);
    Said {
        zh: format!("评分：{} = {sum}", zh.join(" + ")),
        en: format!("Reviews: {} = {sum}", en.join(" + ")),
    }
}
