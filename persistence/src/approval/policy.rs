//! What must hold before a version of an approval chain is published. `[APR-10]`

use crate::{
    organisation::Organisation,
    spine::{Failure, Reader},
};
use domain::{
    approval::{ChainPolicy, check_against},
    spine::{Finding, Id, PolicyContent, PolicyVersion, read_content},
};
use serde_json::Value;
use uuid::Uuid;

/// Everything that makes a chain unsound: in itself, or because the organisation as it is cannot staff it.
pub fn check(reader: &mut Reader<'_>, content: &Value) -> Result<Vec<Finding>, Failure> {
    let content = match read_content::<ChainPolicy>(content) {
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
    }
    Ok(findings)
}
