//! A claim against an approved request: it takes of what was approved, for the use that was approved.
//! `[EXP-4, EXP-5]`

use super::*;
use crate::{
    approval::StandingState,
    finance::{
        budget_line::Amounts,
        expense_request::{ExpenseRequest, RequestLine, draw::Wish},
    },
};

crate::refusals! { EXPENSE_CLAIM_REQUEST_REFUSALS:
    REQUEST_NOT_APPROVED = "expense_claim.request_not_approved", Invalid, "费用申请 {request} 的状态是“{state}”，不能据以报销", "The expense request {request} is in the state \"{state}\"; nothing can be claimed on it";
    REQUEST_OF_OTHERS = "expense_claim.request_of_others", Invalid, "该费用申请不属于提交人、收款人或本部门", "The expense request belongs neither to submitter or beneficiary nor to the department";
    NO_REQUEST_LINE = "expense_claim.no_request_line", Invalid, "费用申请没有第 {line} 行", "The expense request has no line {line}";
    LINE_WITHOUT_REQUEST = "expense_claim.line_without_request", Invalid, "未关联费用申请，不能引用申请行", "The claim names no expense request, so its lines cannot draw on one";
    OTHER_USE = "expense_claim.other_use", Invalid, "{field} 与费用申请不符（申请为“{requested}”）；改变用途须先变更申请", "The {field} is not what was requested (\"{requested}\"); another use needs an amendment of the request";
}

impl<'a> ClaimRules<'a> {
    /// The same rules for a claim that draws on a request.
    #[must_use]
    pub const fn drawing_on(self, request: Option<&'a ExpenseRequest>) -> Self {
        Self { request, ..self }
    }
}

impl ClaimContent {
    /// What its lines ask of the request's lines, in minor units of the book currency.
    pub fn wishes(&self) -> Result<Vec<Wish>, Refusal> {
        let amounts: Amounts = self.book_amounts(|line| line.claimed)?;
        let wish = |(claim_line, line): (i32, &Line)| {
            let amount = amounts.get(&claim_line).copied().unwrap_or(0);
            line.request_line.map(|line| Wish { claim_line, line, amount })
        };
        Ok((1..).zip(&self.lines).filter_map(wish).collect())
    }

    /// Whether every line draws on the request: leadership agreed to all of it then, within the request. `[EXP-3]`
    pub fn draws_wholly(&self) -> bool {
        self.request.is_some() && self.lines.iter().all(|line| line.request_line.is_some())
    }

    /// Whether a line asks for more of what was requested without drawing on the request: that goes beyond it as well.
    pub fn goes_beside(&self, request: &ExpenseRequest) -> bool {
        let requested = |line: &Line| request.content.asks_for(&line.category);
        self.lines.iter().any(|line| line.request_line.is_none() && requested(line))
    }

    /// The request that it names, where that may be claimed on.
    pub(super) fn drawn_request<'a>(
        &self,
        submitter: Id<Employee>,
        rules: ClaimRules<'a>,
    ) -> Option<&'a ExpenseRequest> {
        rules.request.filter(|request| {
            Some(request.id) == self.request
                && request.petition.state() == StandingState::Approved
                && self.is_theirs(request, submitter)
        })
    }

    fn is_theirs(&self, request: &ExpenseRequest, submitter: Id<Employee>) -> bool {
        let asker = request.petition.submitter;
        self.department == request.content.department
            || submitter == asker
            || self.beneficiary.employee == asker
    }

    /// Notes a request that cannot be claimed on, and every line that is spent on something else.
    pub(super) fn check_request(
        &self,
        submitter: Id<Employee>,
        rules: ClaimRules<'_>,
        findings: &mut Findings,
    ) {
        let Some(request) = rules.request.filter(|request| Some(request.id) == self.request) else {
            if self.request.is_some() {
                findings.add("/request_id", codes::UNKNOWN_REFERENCE);
            }
            for (index, line) in self.lines.iter().enumerate() {
                if line.request_line.is_some() {
                    findings.add(format!("/lines/{index}/request_line"), LINE_WITHOUT_REQUEST);
                }
            }
            return;
        };
        // Of a request of others nothing is told, not even its number.
        if !self.is_theirs(request, submitter) {
            findings.add("/request_id", REQUEST_OF_OTHERS);
            return;
        }
        let state = request.petition.state();
        if state != StandingState::Approved {
            let facts = [("request", json!(request.petition.number)), ("state", json!(state.code()))];
            findings.add_with("/request_id", REQUEST_NOT_APPROVED, facts);
        }
        self.check_use(request, findings);
    }

    /// 专款专用: a line keeps category and cost centre of its request line, the claim campaign and region.
    fn check_use(&self, request: &ExpenseRequest, findings: &mut Findings) {
        let of = &request.content;
        for (field, is, was) in
            [("campaign", &self.campaign, &of.campaign), ("region", &self.region, &of.region)]
        {
            if is != was {
                let requested = was.as_deref().unwrap_or("—");
                let facts = [("field", json!(field)), ("requested", json!(requested))];
                findings.add_with(format!("/{field}"), OTHER_USE, facts);
            }
        }
        for (index, line) in self.lines.iter().enumerate() {
            let Some(number) = line.request_line else { continue };
            let pointer = format!("/lines/{index}");
            let at = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
            match at.and_then(|at| of.lines.get(at)) {
                None => {
                    let line = [("line", json!(number))];
                    findings.add_with(format!("{pointer}/request_line"), NO_REQUEST_LINE, line);
                }
                Some(requested) => check_line_use(line, requested, &pointer, findings),
            }
        }
    }
}

fn check_line_use(line: &Line, requested: &RequestLine, pointer: &str, findings: &mut Findings) {
    if line.category != requested.category {
        let facts = [("field", json!("category")), ("requested", json!(requested.category))];
        findings.add_with(format!("{pointer}/category"), OTHER_USE, facts);
    }
    if line.cost_centre != requested.cost_centre {
        let facts = [("field", json!("cost_centre")), ("requested", json!(requested.cost_centre))];
        findings.add_with(format!("{pointer}/cost_centre_id"), OTHER_USE, facts);
    }
}

/// What a transition of a claim means for what it took of others: of its request, of the advances it settles.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Taken {
    /// The claim was approved: what was approved stays taken.
    Kept,
    /// The claim came to nothing, went back, or was reversed.
    GivenBack,
}

impl ExpenseClaim {
    /// What a transition means for what it took. Taking is not among them: it comes with the submission, since the
    /// chain asks whether the claim goes beyond the request.
    pub fn taken(before: Option<&Self>, after: &Self) -> Option<Taken> {
        let before = before.filter(|before| before.reverses.is_none())?;
        match (before.state(), after.state()) {
            (was, is) if was == is => None,
            (_, ClaimState::Approved) => Some(Taken::Kept),
            (
                _,
                ClaimState::Returned
                | ClaimState::Rejected
                | ClaimState::Withdrawn
                | ClaimState::Revoked
                | ClaimState::Void
                | ClaimState::Reversed,
            ) => Some(Taken::GivenBack),
            _ => None,
        }
    }

    /// What it takes of its request would be, beyond what is left: whether it needs the over-run step. `[EXP-4]`
    pub fn is_over_run(&self, request: &ExpenseRequest) -> Result<bool, Refusal> {
        if request.petition.state() != StandingState::Approved {
            return Ok(false);
        }
        Ok(self.content.goes_beside(request) || request.clone().draw(self.id, &self.content.wishes()?)?.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finance::{expense_request::fixture::approved_for, fixture::*};

    fn against(lines: &[(&str, i64, Option<i32>)]) -> ClaimContent {
        let mut content = content();
        content.request = Some(id(10));
        content.lines = lines
            .iter()
            .enumerate()
            .map(|(index, (category, amount, request_line))| {
                let number = u64::try_from(index).expect("few") + 1;
                Line {
                    request_line: *request_line,
                    ..line(category, *amount, vec![invoice(number, *amount, 0)])
                }
            })
            .collect();
        content
    }

    fn check(content: ClaimContent, request: &ExpenseRequest) -> Vec<&'static str> {
        let shipped = Rules::shipped();
        let claim = draft_of(content);
        let rules = shipped.all().drawing_on(Some(request));
        match claim.check_submission(&submitter(), today(), rules) {
            Ok(()) => Vec::new(),
            Err(refusal) => refusal.findings.iter().map(|finding| finding.code.code).collect(),
        }
    }

    #[test]
    fn a_claim_keeps_the_use_that_was_approved() {
        let request = approved_for("promotion.publicity", 9_000_000);
        let fine = against(&[("promotion.publicity", 6_000_000, Some(1))]);
        assert_eq!(
            check(fine.clone(), &request),
            Vec::<&str>::new(),
            "beyond the direct limit, but requested"
        );
        assert_eq!(check(against(&[("other.training", 100, Some(1))]), &request), [OTHER_USE.code]);
        assert_eq!(
            check(against(&[("promotion.publicity", 100, Some(2))]), &request),
            [NO_REQUEST_LINE.code]
        );
        let campaign = ClaimContent { campaign: Some("other".into()), ..fine.clone() };
        assert_eq!(check(campaign, &request), [OTHER_USE.code]);
        let alone = ClaimContent { request: None, ..fine };
        assert_eq!(check(alone, &request), [LINE_WITHOUT_REQUEST.code]);
        let beside = against(&[("promotion.publicity", 6_000_000, None)]);
        let beyond =
            [crate::finance::expense_category::BEYOND_DIRECT, crate::finance::procurement::QUOTES_MISSING];
        assert_eq!(check(beside, &request), beyond.map(|code| code.code));
    }

    #[test]
    fn whether_a_claim_overruns_its_request_is_told_beforehand() {
        let request = approved_for("promotion.publicity", 1_000);
        let claim = |amount| draft_of(against(&[("promotion.publicity", amount, Some(1))]));
        assert_eq!(claim(1_000).is_over_run(&request), Ok(false));
        assert_eq!(claim(1_001).is_over_run(&request), Ok(true));
        let beside =
            |category| draft_of(against(&[("promotion.publicity", 1_000, Some(1)), (category, 1, None)]));
        assert_eq!(beside("promotion.publicity").is_over_run(&request), Ok(true), "in a second line");
        assert_eq!(beside("other.training").is_over_run(&request), Ok(false), "another matter");
    }
}
