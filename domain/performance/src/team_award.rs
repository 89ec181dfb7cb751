//! Teams (团队考核与评优): what the people of a department came to together, and which teams are honoured. `[KPI-8; 000 §10]`
//!
//! A team is a department. Its result is the mean of the final results of its people by the days that count; of fewer people
//! than the plan says there is none, so that nobody's own result is read from it.

use crate::{
    approval::Label,
    scoring::{ratio, rounded},
    spine::{
        Change, Citation, DepartmentId, EmployeeId, Entity, Finding, Findings, Id, Money, PolicyContent,
        Refusal, Timestamp, Version, allocate, codes, wording,
    },
    working_time::{Period, Span},
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

crate::refusals! { TEAM_AWARD_REFUSALS:
    NOT_FINAL = "team_award.not_final", Conflict, "考核期 {period} 尚未定档，不能评选团队", "The period {period} is not final yet, so no team is honoured";
    NO_PLAN = "team_award.no_plan", Conflict, "没有适用于该周期的团队奖励方案", "No plan of team awards is in force for this kind of period";
    NO_TEAM = "team_award.no_team", Conflict, "没有团队达到奖励方案的要求", "No team reaches what the plan asks for";
    AWARDED_ALREADY = "team_award.awarded_already", Conflict, "考核期 {period} 已评选团队", "The teams of {period} have been honoured already";
    PLACES_DISORDERED = "team_award.places_disordered", Invalid, "名次须从 1 起依次排列", "Places follow each other from 1 on";
    SUM_NOT_POSITIVE = "team_award.sum_not_positive", Invalid, "奖金须大于零", "A sum to be shared is more than nothing";
}

crate::events! { TEAM_AWARD_EVENTS:
    AWARDED = "team_award.awarded", "团队奖已评定", "A team was honoured";
}

/// What this noun brings to its wing.
pub const NOUN: &crate::spine::Noun = &crate::spine::Noun {
    refusals: &[TEAM_AWARD_REFUSALS],
    events: &[TEAM_AWARD_EVENTS],
    enums: &[Sharing::LABELS],
};

/// How a sum is shared among the people of a team.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TeamAwardSharing)]
pub enum Sharing {
    /// Everybody the same.
    Equally,
    /// By what each came to.
    ByResult,
}

crate::labels! { Sharing = "TeamAwardSharing":
    Equally = "equally", "平均分配", "Equally";
    ByResult = "by_result", "按考核结果分配", "By result";
}

/// What a place brings.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TeamAwardPlace)]
pub struct AwardPlace {
    /// Which, from 1.
    pub place: u32,
    /// The honour.
    pub title: Label,
    /// What the team shares; none where it is the honour alone.
    #[serde(default)]
    pub sum: Option<Money>,
}

/// Which teams are honoured.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TeamAwardPlan {
    /// The kind of period.
    pub span: Span,
    /// Fewer people who were scored are no team.
    pub members_at_least: u32,
    /// A team that came to less is not honoured.
    pub result_at_least: Decimal,
    /// The places, from the first.
    pub places: Vec<AwardPlace>,
    /// How sums are shared.
    pub sharing: Sharing,
}

impl PolicyContent for TeamAwardPlan {
    const KIND: &'static str = "team-award";
    const EXAMPLE: &'static str = include_str!("team_award/example.json");
    fn findings(&self) -> Vec<Finding> {
        let mut findings = Findings::new();
        if self.span.months().is_none() {
            findings.add("/content/span", crate::scheme::NOT_A_PERIOD);
        }
        findings.within("/content/members_at_least", self.members_at_least, 2..=1_000);
        if !(1..=20).contains(&self.places.len()) {
            let bounds = [("min", json!(1)), ("max", json!(20))];
            findings.add_with("/content/places", codes::BAD_LENGTH, bounds);
        }
        // Teams that tie share the sums of several places, so all are of one currency.
        let currency = self.places.iter().find_map(|place| place.sum).map(|sum| sum.currency());
        for (expected, place) in (1..).zip(&self.places) {
            let at = |member: &str| format!("/content/places/{}/{member}", expected - 1);
            if place.place != expected {
                findings.add(at("place"), PLACES_DISORDERED);
            }
            wording::check(&mut findings, &at("title/zh"), &place.title.zh, 60);
            wording::check(&mut findings, &at("title/en"), &place.title.en, 60);
            if place.sum.is_some_and(|sum| sum.minor() <= 0) {
                findings.add(at("sum"), SUM_NOT_POSITIVE);
            }
            if let (Some(sum), Some(expected)) = (place.sum, currency)
                && sum.currency() != expected
            {
                let first = [("expected", json!(expected.code()))];
                findings.add_with(at("sum"), codes::WRONG_CURRENCY, first);
            }
        }
        findings.into_vec()
    }
}

/// Somebody in a team.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Member {
    /// Who.
    pub employee: EmployeeId,
    /// The calendar days that counted.
    pub days: u32,
    /// What they came to.
    pub result: Decimal,
}

/// What a team came to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TeamResult {
    /// Which.
    pub department: DepartmentId,
    /// Its people who were scored.
    pub members: Vec<Member>,
    /// The mean of their results by days, two places.
    pub result: Decimal,
    /// Its rank among all; who tie share the better one.
    pub rank: u32,
}

/// What teams came to, the best first; those with too few people are left out. Who tie stand in the order of their ids.
pub fn ranked(teams: Vec<(DepartmentId, Vec<Member>)>, members_at_least: u32) -> Vec<TeamResult> {
    let least = usize::try_from(members_at_least).unwrap_or(usize::MAX);
    let of = |(department, members): (DepartmentId, Vec<Member>)| {
        if members.len() < least {
            return None;
        }
        let days: u64 = members.iter().map(|member| u64::from(member.days)).sum();
        let sum: Decimal = members.iter().map(|member| member.result * Decimal::from(member.days)).sum();
        Some(TeamResult { department, result: rounded(ratio(sum, days.into())?), members, rank: 0 })
    };
    let mut results: Vec<TeamResult> = teams.into_iter().filter_map(of).collect();
    results.sort_by(|one, other| {
        other.result.cmp(&one.result).then_with(|| one.department.uuid().cmp(&other.department.uuid()))
    });
    let all: Vec<Decimal> = results.iter().map(|team| team.result).collect();
    for team in &mut results {
        let better = all.iter().filter(|result| **result > team.result).count();
        team.rank = u32::try_from(better + 1).unwrap_or(u32::MAX);
    }
    results
}

/// What somebody gets of a team's sum.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Shared {
    /// Who.
    pub employee: EmployeeId,
    /// How much; none where the place brings no money.
    pub amount: Option<Money>,
}

/// A team that is honoured.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct TeamAward {
    /// Identity.
    pub id: Id<Self>,
    /// For which period.
    pub period: Period,
    /// Which team.
    pub department: DepartmentId,
    /// Its place.
    pub place: u32,
    /// The honour.
    pub title: Label,
    /// What the team came to.
    pub result: Decimal,
    /// Who shares in it, to the fen.
    pub shares: Vec<Shared>,
    /// What all share.
    pub sum: Option<Money>,
    /// The plan, with its version and clause.
    pub citation: Citation,
    /// When.
    pub at: Timestamp,
    /// Counts its states.
    pub version: Version,
}

impl Entity for TeamAward {
    const KIND: &'static str = "team_award";
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

/// The places that teams are honoured with: a place goes to every team of that rank whose result is enough. Teams that tie
/// share the sums of the places they take up together, so that no more is given than the plan has.
pub fn honoured<'a>(
    results: &'a [TeamResult],
    plan: &'a TeamAwardPlan,
) -> Vec<(&'a TeamResult, &'a AwardPlace, Option<Money>)> {
    let mut honoured = Vec::new();
    for place in &plan.places {
        let tied: Vec<&TeamResult> = results
            .iter()
            .filter(|team| team.rank == place.place && team.result >= plan.result_at_least)
            .collect();
        let sums = shared_sums(plan, place, tied.len());
        for (team, sum) in tied.into_iter().zip(sums) {
            honoured.push((team, place, sum));
        }
    }
    honoured
}

/// What each of so many teams on a place gets: the sums of the places they take up, parted equally to the fen.
fn shared_sums(plan: &TeamAwardPlan, place: &AwardPlace, teams: usize) -> Vec<Option<Money>> {
    let first = usize::try_from(place.place.saturating_sub(1)).unwrap_or(usize::MAX);
    let taken = plan.places.iter().skip(first).take(teams);
    let sums: Vec<Money> = taken.filter_map(|place| place.sum).collect();
    let Some(currency) = sums.first().map(|sum| sum.currency()) else { return vec![None; teams] };
    let whole: i64 = sums.iter().map(|sum| sum.minor()).sum();
    allocate(whole, &vec![1; teams])
        .into_iter()
        .map(|minor| Some(Money::from_minor(minor, currency)))
        .collect()
}

impl TeamAward {
    /// Honours a team.
    pub fn award(
        (id, period): (Id<Self>, Period),
        team: &TeamResult,
        (place, sum): (&AwardPlace, Option<Money>),
        plan: (&TeamAwardPlan, Citation),
        at: Timestamp,
    ) -> Change<Self> {
        let (plan, citation) = plan;
        let award = Self {
            id,
            period,
            department: team.department,
            place: place.place,
            title: place.title.clone(),
            result: team.result,
            shares: shares(team, sum, plan.sharing),
            sum,
            citation,
            at,
            version: 0,
        };
        let facts = json!({"period": period, "department_id": award.department, "place": award.place,
            "result": award.result, "members": award.shares.len()});
        Change::created(award, AWARDED, facts)
    }
}

/// A sum parted by the largest remainder, so that nothing is left over.
fn shares(team: &TeamResult, sum: Option<Money>, sharing: Sharing) -> Vec<Shared> {
    let weight = |member: &Member| match sharing {
        Sharing::Equally => 1,
        Sharing::ByResult => {
            u64::try_from((member.result * Decimal::ONE_HUNDRED).trunc().max(Decimal::ZERO)).unwrap_or(0)
        }
    };
    let weights: Vec<u64> = team.members.iter().map(weight).collect();
    let parts = sum.map(|sum| (sum.currency(), allocate(sum.minor(), &weights)));
    let shared = |(place, member): (usize, &Member)| Shared {
        employee: member.employee,
        amount: parts.as_ref().map(|(currency, parts)| Money::from_minor(parts[place], *currency)),
    };
    team.members.iter().enumerate().map(shared).collect()
}

/// Refuses where there is nothing to honour teams by, or for.
pub fn refused(code: &'static crate::spine::RefusalCode) -> Refusal {
    Refusal::new(code).citing(Citation::rule("KPI-8"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spine::Currency;
    use proptest::prelude::*;

    fn id<T>(n: u128) -> Id<T> {
        Id::from_uuid(Uuid::from_u128(n))
    }

    fn member(n: u128, days: u32, result: &str) -> Member {
        Member { employee: id(n), days, result: result.parse().expect("a decimal") }
    }

    fn plan(sums: &[i64]) -> TeamAwardPlan {
        let place = |(place, minor): (u32, &i64)| AwardPlace {
            place,
            title: Label { zh: "优秀团队".into(), en: "Team of honour".into() },
            sum: Some(Money::from_minor(*minor, Currency::Cny)),
        };
        TeamAwardPlan {
            span: Span::Month,
            members_at_least: 3,
            result_at_least: Decimal::from(80),
            places: (1..).zip(sums).map(place).collect(),
            sharing: Sharing::ByResult,
        }
    }

    fn team(n: u128, results: [&str; 3]) -> (DepartmentId, Vec<Member>) {
        let members = (0_u128..).zip(results).map(|(place, result)| member(n * 10 + place, 30, result));
        (id(n), members.collect())
    }

    #[test]
    fn a_team_is_the_mean_of_its_people_by_days_and_two_are_none() {
        let few = (id(9), vec![member(1, 30, "99"), member(2, 30, "99")]);
        let by_days = (id(1), vec![member(3, 30, "90"), member(4, 15, "60"), member(5, 30, "80")]);
        let results = ranked(vec![few, by_days, team(2, ["80", "80", "80"])], 3);
        let seen: Vec<_> = results.iter().map(|team| (team.department, team.result, team.rank)).collect();
        let dec = |text: &str| text.parse::<Decimal>().expect("a decimal");
        assert_eq!(seen, [(id(1), dec("80.00"), 1), (id(2), dec("80.00"), 1)], "they tie");
    }

    #[test]
    fn who_tie_share_what_their_places_bring_and_who_falls_short_gets_none() {
        let plan = plan(&[100_001, 50_000]);
        assert_eq!(plan.findings(), []);
        let teams =
            vec![team(1, ["90", "90", "90"]), team(2, ["90", "90", "90"]), team(3, ["79", "79", "79"])];
        let results = ranked(teams, 3);
        let honoured = honoured(&results, &plan);
        let sums: Vec<i64> = honoured.iter().filter_map(|(_, _, sum)| Some(sum.as_ref()?.minor())).collect();
        assert_eq!(sums, [75_001, 75_000]);
        assert_eq!(honoured.iter().map(|(_, place, _)| place.place).collect::<Vec<_>>(), [1, 1]);
    }

    #[test]
    fn the_sums_of_a_plan_are_of_one_currency() {
        let mut plan = plan(&[100_000, 50_000]);
        plan.places[1].sum = Some(Money::from_minor(50_000, Currency::Usd));
        let findings = plan.findings();
        let told: Vec<_> = findings.iter().map(|finding| (&*finding.pointer, finding.code)).collect();
        assert_eq!(told, [("/content/places/1/sum", codes::WRONG_CURRENCY)]);
    }

    proptest! {
        #[test]
        fn nothing_of_a_sum_is_lost_or_made(minor in 1_i64..10_000_000, results in prop::collection::vec(1_u32..15_000, 3..40)) {
            let members = (0_u128..).zip(&results);
            let members = members.map(|(n, result)| Member { employee: id(n), days: 30, result: Decimal::new(i64::from(*result), 2) });
            let results = ranked(vec![(id(1), members.collect())], 3);
            let parted = shares(&results[0], Some(Money::from_minor(minor, Currency::Cny)), Sharing::ByResult);
            let sum: i64 = parted.iter().filter_map(|share| Some(share.amount.as_ref()?.minor())).sum();
            prop_assert_eq!(sum, minor);
        }
    }
}
