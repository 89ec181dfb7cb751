//! What must hold before a version of an approval chain is published. `[APR-10]`

use crate::{
    approval::subject::{Categories, routed_fields},
    organisation::Organisation,
    spine::{Failure, Reader},
};
use domain::{
    approval::{ChainPolicy, check_against, check_conditions},
    spine::{Finding, Id, Policy, PolicyContent, PolicyVersion, read_content},
};
use uuid::Uuid;

/// Everything that makes a chain unsound: in itself, because its conditions can never hold of such documents, or
/// because the organisation as it is cannot staff it.
pub fn check(reader: &mut Reader<'_>, policy: &Policy) -> Result<Vec<Finding>, Failure> {
    let content = match read_content::<ChainPolicy>(&policy.content) {
        Ok(content) => content,
        Err(finding) => return Ok(vec![finding]),
    };
    let mut findings = content.findings();
    if findings.is_empty() {
        let organisation = Organisation::today(reader)?;
        let code = format!("{}/-", ChainPolicy::KIND);
        let version =
            PolicyVersion { id: Id::from_uuid(Uuid::nil()), code, number: 0, clause: String::new(), content };
        findings = check_against(&version, organisation.as_ref(), reader.today());
        findings.extend(check_routing(reader, policy, &version.content)?);
    }
    Ok(findings)
}

/// Against what such documents are routed by, and the categories there are when the chain takes effect. A region is
/// whatever documents call it: any text may come to be one.
fn check_routing(
    reader: &mut Reader<'_>,
    policy: &Policy,
    chain: &ChainPolicy,
) -> Result<Vec<Finding>, Failure> {
    let Some(fields) = routed_fields(reader, &policy.code) else { return Ok(Vec::new()) };
    let day = policy.effective_from.max(reader.today());
    let known = reader.house().all::<Categories>().next();
    let is_known = known.map(|known| (known.0)(reader, day)).transpose()?;
    Ok(check_conditions(chain, fields, &|code| is_known.as_ref().is_some_and(|is_known| is_known(code))))
}
