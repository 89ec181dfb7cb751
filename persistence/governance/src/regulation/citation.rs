//! How policies cite clauses: whether a clause that is cited is there, and what cites what. `[DUT-1b, REG-8]`

use crate::{
    policy, regulation_version,
    schema::regulations,
    spine::{Failure, Key, Reader, db},
};
use diesel::prelude::*;
use domain::{
    regulation::{
        citation::Citation,
        coverage::{self, Cited},
    },
    spine::BusinessDate,
};
use serde_json::Value;

/// Whether every regulation and clause that a text cites is in force. As long as no regulation is, any clause is: nobody keeps
/// them then. What cites nothing we know how to read cites a law, or a notice of the government: that is not ours to judge.
///
/// # Errors
/// Where the database fails.
pub fn is_known(reader: &mut Reader<'_>, clause: &str) -> Result<bool, Failure> {
    let today = reader.today();
    let rows: Vec<(Key, String)> = db!(reader, |c| regulations::table
        .order(regulations::code)
        .select((regulations::id, regulations::code))
        .load(c))?;
    let keys: Vec<Key> = rows.iter().map(|(key, _)| *key).collect();
    let in_force = regulation_version::editions_in_force(reader, &keys, today)?;
    if in_force.is_empty() {
        return Ok(true);
    }
    for cited in Citation::all(clause) {
        if !resolves(reader, &cited, &rows, today)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn resolves(
    reader: &mut Reader<'_>,
    cited: &Citation,
    regulations: &[(Key, String)],
    today: BusinessDate,
) -> Result<bool, Failure> {
    let part = cited.within_part().map(|part| part.regulation);
    let named = |code: &String| *code == cited.regulation || part.as_ref() == Some(code);
    for (key, code) in regulations.iter().filter(|(_, code)| named(code)) {
        let Some(version) = regulation_version::in_force(reader, (*key).into(), today)? else { continue };
        if matches!(coverage::leads(cited, code, &version.text.clauses), Some(Ok(_))) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Every place in the policies in force on a day that cites a clause.
///
/// # Errors
/// Where the database fails.
pub fn all(reader: &mut Reader<'_>, on: BusinessDate) -> Result<Vec<Cited>, Failure> {
    let mut cited = Vec::new();
    for policy in policy::all_in_force(reader, on)? {
        let mut note = |path: &str, clause: &str| {
            if !clause.is_empty() {
                let (code, number) = (policy.code.clone(), policy.number);
                cited.push(Cited { policy: code, number, path: path.to_owned(), clause: clause.to_owned() });
            }
        };
        note("", &policy.clause);
        walk(&policy.content, String::new(), &mut note);
    }
    Ok(cited)
}

/// Members called `clause`, wherever they stand.
fn walk(value: &Value, path: String, note: &mut impl FnMut(&str, &str)) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let path = format!("{path}/{name}");
                match member.as_str() {
                    Some(clause) if name == "clause" => note(&path, clause),
                    _ => walk(member, path, note),
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                walk(item, format!("{path}/{index}"), note);
            }
        }
        _ => {}
    }
}
