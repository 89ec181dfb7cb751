//! Which steps and people a document meets, and why: the same for a dry run and for submitting. `[APR-4, APR-8]`

use super::{
    ApproverRule, ChainPolicy, ContentPart, Counting, Directory, Fate, Label, Place, RolePlace,
    STEP_HAS_NOBODY, StepRule, Subject, TimeLimit,
    directory::{
        RISE_DEPTH, head_at_or_above, nearest_superior, own_people, superior_department_head, superior_of,
    },
};
use crate::approval::NOBODY_DECIDES;
use crate::spine::{
    AnyId, BusinessDate, Citation, DepartmentId, EmployeeId, Explanation, Id, Policy, PolicyVersion, Refusal,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// The version of the policy that resolved a chain.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
pub struct PolicyReference {
    /// The version's identity.
    #[schema(value_type = AnyId)]
    pub id: Id<Policy>,
    /// The policy's code.
    pub code: String,
    /// The version's number.
    pub number: i32,
}

/// Why somebody is a candidate.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Why {
    /// The chain's rule names them.
    Rule,
    /// The rule named somebody who may not decide their own document or is gone; it rose to this superior.
    RoseToSuperior {
        /// Whom the rule named.
        instead_of: EmployeeId,
    },
    /// The step found nobody; the fallback took it over.
    Fallback,
}

/// Somebody who decides a step.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Candidate {
    /// Who.
    pub employee: EmployeeId,
    /// Why.
    pub why: Why,
}

/// One step, resolved and frozen.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct PlannedStep {
    /// The step's code in the chain.
    pub code: String,
    /// What people read.
    pub name: Label,
    /// How several count; a step that the fallback took over is decided by any of them.
    pub counting: Counting,
    /// Who decides.
    pub candidates: Vec<Candidate>,
    /// What will become of it.
    pub fate: Fate,
    /// The step applies only because the amount is as high as it is; it is never skipped as same person.
    pub added_by_amount: bool,
    /// A special review, which is never skipped as same person.
    pub decided_anew: bool,
    /// Its time limit.
    pub time_limit: Option<TimeLimit>,
    /// The clause it enforces.
    pub clause: String,
    /// Why it came out so.
    pub explanations: Vec<Explanation>,
}

/// A chain resolved for one document.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, ToSchema)]
pub struct Plan {
    /// The version of the policy.
    pub policy: PolicyReference,
    /// Every step of the chain, also those that do not apply.
    pub steps: Vec<PlannedStep>,
    /// Who takes over a task that finds nobody else.
    pub fallback: Vec<EmployeeId>,
    /// Whether somebody who decided one step is spared the next.
    pub same_person_decides_once: bool,
    /// Hours between two reminders by the submitter.
    pub reminder_interval_hours: u32,
    /// Whether one person may decide one step alone: no task of another step goes to them.
    #[serde(default = "yes")]
    pub one_step_each: bool,
    /// What may change without earlier decisions being taken again.
    #[serde(default)]
    pub unseen_changes: Vec<ContentPart>,
    /// The fields of the document that the chain's conditions look at.
    pub routed_fields: Vec<String>,
    /// The values of everything the chain routes by; a resubmission that leaves it as it was continues.
    pub routing: String,
}

const fn yes() -> bool {
    true
}

impl Plan {
    /// Why a document with this plan cannot be submitted, if it cannot. `[APR-4]`
    pub fn refusal(&self) -> Option<Refusal> {
        if let Some(step) = self.steps.iter().find(|step| step.fate == Fate::Nobody) {
            let citation = Citation::clause("APR-4", &step.clause);
            let refusal = Refusal::new(STEP_HAS_NOBODY).with("step", step.name.zh.clone());
            let refusal = refusal.with("step_code", step.code.clone());
            return Some(refusal.citing(citation.by_policy(&self.policy.code, self.policy.number)));
        }
        let decides = self.steps.iter().any(|step| step.fate == Fate::Decides);
        let citation = || Citation::rule("APR-4").by_policy(&self.policy.code, self.policy.number);
        (!decides).then(|| Refusal::new(NOBODY_DECIDES).citing(citation()))
    }

    /// All explanations, step by step.
    pub fn explanations(&self) -> impl Iterator<Item = &Explanation> {
        self.steps.iter().flat_map(|step| &step.explanations)
    }
}

/// Resolves a chain for a document. It always answers: what makes the document impossible to submit is told
/// by [`Plan::refusal`].
pub fn plan(
    policy: &PolicyVersion<ChainPolicy>,
    subject: &Subject,
    directory: &dyn Directory,
    today: BusinessDate,
) -> Plan {
    let chain = &policy.content;
    let resolver = Resolver { policy, subject, directory, today, own: own_people(subject, directory, today) };
    let mut steps: Vec<PlannedStep> = chain.steps.iter().map(|rule| resolver.step(rule)).collect();
    if chain.same_person_decides_once {
        resolver.expect_same_person(&mut steps);
    }
    let routed_fields = routed_fields(chain);
    Plan {
        policy: PolicyReference { id: policy.id, code: policy.code.clone(), number: policy.number },
        steps,
        fallback: resolver.fallback(),
        same_person_decides_once: chain.same_person_decides_once,
        reminder_interval_hours: chain.reminder_interval_hours,
        one_step_each: true,
        unseen_changes: chain.unseen_changes.clone(),
        routing: routing(&routed_fields, subject),
        routed_fields,
    }
}

/// Everything a chain routes by, as one comparable text.
pub(super) fn routing(routed_fields: &[String], subject: &Subject) -> String {
    let fields: Vec<(&String, Option<&Value>)> =
        routed_fields.iter().map(|name| (name, subject.fields.get(name))).collect();
    json!([subject.parties(), subject.department, subject.amount, fields]).to_string()
}

fn routed_fields(chain: &ChainPolicy) -> Vec<String> {
    let mut fields: Vec<String> = named_fields(chain).map(str::to_owned).collect();
    chain.steps.iter().flat_map(|step| &step.when).for_each(|condition| condition.fields(&mut fields));
    BTreeSet::from_iter(fields).into_iter().collect()
}

/// The fields by which a chain's rules name approvers.
pub(super) fn named_fields(chain: &ChainPolicy) -> impl Iterator<Item = &str> {
    let rules = chain.steps.iter().flat_map(|step| &step.approvers).chain(&chain.fallback);
    rules.filter_map(|rule| match rule {
        ApproverRule::DepartmentHeadsOf { field } => Some(field.as_str()),
        _ => None,
    })
}

struct Resolver<'a> {
    policy: &'a PolicyVersion<ChainPolicy>,
    subject: &'a Subject,
    directory: &'a dyn Directory,
    today: BusinessDate,
    own: BTreeSet<EmployeeId>,
}

impl Resolver<'_> {
    fn step(&self, rule: &StepRule) -> PlannedStep {
        let holds = |amount| rule.when.iter().all(|condition| condition.holds(self.subject, amount));
        let amount = self.subject.amount_minor();
        let mut step = PlannedStep {
            code: rule.code.clone(),
            name: rule.name.clone(),
            counting: rule.counting,
            candidates: Vec::new(),
            fate: Fate::NotApplicable,
            added_by_amount: holds(amount) && !holds(0),
            decided_anew: rule.decided_anew,
            time_limit: rule.time_limit,
            clause: rule.clause.clone(),
            explanations: Vec::new(),
        };
        if !holds(amount) {
            self.explain(&mut step, "step_not_applicable", "APR-1", json!({"amount_minor": amount}));
            return step;
        }
        if step.added_by_amount {
            self.explain(&mut step, "step_added_by_amount", "APR-4", json!({"amount_minor": amount}));
        }
        self.choose(rule, &mut step);
        step
    }

    /// Fills in the candidates: by rule, risen to a superior, or from the fallback.
    fn choose(&self, rule: &StepRule, step: &mut PlannedStep) {
        let named = self.named(&rule.approvers);
        let others = named.iter().any(|person| self.acceptable(*person));
        for person in named {
            if self.acceptable(person) {
                self.candidate(step, person, Why::Rule);
                continue;
            }
            let is_own = self.own.contains(&person);
            if !is_own {
                self.explain(step, "approver_inactive", "APR-9", self.facts(person));
            }
            if rule.counting == Counting::AnyOf && others {
                if is_own {
                    self.explain(step, "approver_skipped_as_self", "APR-4", self.facts(person));
                }
            } else if let Some(superior) = nearest_superior(self.directory, person, |p| self.acceptable(p)) {
                self.candidate(step, superior, Why::RoseToSuperior { instead_of: person });
            } else if is_own {
                self.explain(step, "nobody_above", "APR-4", self.facts(person));
            }
        }
        if step.candidates.is_empty() {
            step.counting = Counting::AnyOf;
            self.first_fallback().into_iter().for_each(|person| self.candidate(step, person, Why::Fallback));
        }
        step.fate = if step.candidates.is_empty() { Fate::Nobody } else { Fate::Decides };
        if step.fate == Fate::Nobody {
            self.explain(step, "step_has_nobody", "APR-4", json!({"department": self.subject.department}));
        }
    }

    fn candidate(&self, step: &mut PlannedStep, employee: EmployeeId, why: Why) {
        if step.candidates.iter().any(|candidate| candidate.employee == employee) {
            return;
        }
        step.candidates.push(Candidate { employee, why });
        let mut facts = self.facts(employee);
        let decision = match why {
            Why::Rule => "approver_chosen",
            Why::RoseToSuperior { instead_of } => {
                facts["instead_of"] = json!(instead_of);
                "rose_to_superior"
            }
            Why::Fallback => "taken_over_by_fallback",
        };
        let rule = if why == Why::Rule { "APR-1" } else { "APR-4" };
        self.explain(step, decision, rule, facts);
        if let Some(stand_in) = self.directory.stand_in(employee, self.today) {
            let mut facts = self.facts(stand_in);
            facts["stands_in_for"] = json!(employee);
            self.explain(step, "stand_in_expected", "APR-9", facts);
        }
    }

    fn acceptable(&self, employee: EmployeeId) -> bool {
        !self.own.contains(&employee) && self.directory.is_active(employee, self.today)
    }

    /// Everybody whom a rule of the fallback names, in the rules' order.
    fn fallback(&self) -> Vec<EmployeeId> {
        self.acceptable_of(&self.policy.content.fallback)
    }

    /// Whom the first rule of the fallback names that names anybody.
    fn first_fallback(&self) -> Vec<EmployeeId> {
        let rules = self.policy.content.fallback.iter();
        let mut found = rules.map(|rule| self.acceptable_of(std::slice::from_ref(rule)));
        found.find(|people| !people.is_empty()).unwrap_or_default()
    }

    fn acceptable_of(&self, rules: &[ApproverRule]) -> Vec<EmployeeId> {
        let mut people = self.named(rules);
        people.retain(|person| self.acceptable(*person));
        people
    }

    /// Everybody the rules name, each once, in the rules' order.
    fn named(&self, rules: &[ApproverRule]) -> Vec<EmployeeId> {
        let mut people = Vec::new();
        for rule in rules {
            for person in self.by_rule(rule) {
                if !people.contains(&person) {
                    people.push(person);
                }
            }
        }
        people
    }

    fn by_rule(&self, rule: &ApproverRule) -> Vec<EmployeeId> {
        let home = self.subject.department;
        match rule {
            ApproverRule::Role { role, place } => self.by_role(role, place, home),
            ApproverRule::DepartmentHead {} => self.directory.department_head(home).into_iter().collect(),
            ApproverRule::SuperiorDepartmentHead {} => {
                superior_department_head(self.directory, home).into_iter().collect()
            }
            ApproverRule::DepartmentHeadsOf { field } => self.heads_of(field),
            ApproverRule::Superior { level } => {
                // Somebody whom the organisation does not place yet answers to the head of the department.
                let submitter = self.subject.submitter;
                let first =
                    superior_of(self.directory, submitter).or_else(|| self.directory.department_head(home));
                let nth = (1..*level).fold(first, |person, _| superior_of(self.directory, person?));
                nth.into_iter().collect()
            }
            ApproverRule::Position { position } => self.directory.position_holders(position, self.today),
            ApproverRule::Named { employees } => employees.clone(),
        }
    }

    fn heads_of(&self, field: &str) -> Vec<EmployeeId> {
        let listed = self.subject.fields.get(field).and_then(Value::as_array).into_iter().flatten();
        let departments = listed.filter_map(|id| DepartmentId::deserialize(id).ok());
        departments.filter_map(|department| head_at_or_above(self.directory, department)).collect()
    }

    fn by_role(&self, role: &str, place: &RolePlace, home: DepartmentId) -> Vec<EmployeeId> {
        let holders = |place| self.directory.role_holders(role, place, self.today);
        match place {
            RolePlace::RequesterDepartment {} => holders(Place::Department(home)),
            RolePlace::RequesterDepartmentOrAbove {} => {
                let mut here = Some(home);
                for _ in 0..RISE_DEPTH {
                    let Some(department) = here else { break };
                    let found = holders(Place::Department(department));
                    if !found.is_empty() {
                        return found;
                    }
                    here = self.directory.department_parent(department);
                }
                Vec::new()
            }
            RolePlace::Department { code } => self
                .directory
                .department_by_code(code)
                .map(|d| holders(Place::Subtree(d)))
                .unwrap_or_default(),
            RolePlace::Anywhere {} => holders(Place::Anywhere),
        }
    }

    /// Marks the steps whose decision the step before is certain to bring along.
    fn expect_same_person(&self, steps: &mut [PlannedStep]) {
        let mut deciders: Vec<EmployeeId> = Vec::new();
        for step in steps.iter_mut().filter(|step| step.fate == Fate::Decides) {
            let people: Vec<_> = step.candidates.iter().map(|candidate| candidate.employee).collect();
            let spared = match step.counting {
                Counting::AnyOf => people.iter().any(|person| deciders.contains(person)),
                Counting::AllOf | Counting::Sequential => {
                    people.iter().all(|person| deciders.contains(person))
                }
            };
            if spared && !step.added_by_amount && !step.decided_anew {
                step.fate = Fate::SamePerson;
                self.explain(step, "same_person_expected", "APR-4", json!({"decided_by": deciders}));
            } else if step.counting != Counting::AnyOf || people.len() == 1 {
                deciders = people;
            } else {
                deciders.clear();
            }
        }
    }

    fn facts(&self, employee: EmployeeId) -> Value {
        json!({"employee": employee, "name": self.directory.name(employee)})
    }

    fn explain(&self, step: &mut PlannedStep, decision: &str, rule: &str, mut facts: Value) {
        facts["step"] = json!(step.code);
        let citation = self.policy.cite(rule, Some(&step.clause));
        step.explanations.push(Explanation::new(decision, citation, facts));
    }
}
