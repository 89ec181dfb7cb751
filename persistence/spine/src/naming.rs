//! Names for ids and codes in what is refused: rules know documents by their ids and codes, people read names. What a
//! parameter is called is said here once for every refusal that bears it.

use super::{Failure, Reader};
use domain::spine::label_of;
use serde_json::{Map, Value};

/// What people call the parameters of a refusal that a noun knows, by the parameters as they stand: registered by the noun.
pub struct Names(pub Naming);

/// Looks at parameters and answers what people call some of them.
pub type Naming = fn(&mut Reader<'_>, &Map<String, Value>) -> Result<Vec<(&'static str, Value)>, Failure>;

/// A failure with the names of what it bears. It is told without a name that cannot be found.
pub(super) fn named(reader: &mut Reader<'_>, failure: Failure) -> Failure {
    let Failure::Refused(mut refusal) = failure else { return failure };
    let house = reader.house();
    let findings = refusal.findings.iter_mut().map(|finding| &mut finding.params);
    for params in std::iter::once(&mut refusal.params).chain(findings).filter(|params| !params.is_empty()) {
        for Names(naming) in house.all::<Names>() {
            for (name, called) in naming(reader, params).unwrap_or_default() {
                params.entry(label_of(name)).or_insert(called);
            }
        }
    }
    Failure::Refused(refusal)
}
