//! Bands are half-open, `[from, below)`, from nothing to without end, without gap or overlap; refused on
//! saving otherwise.

use crate::spine::{Findings, RefusalCode};
use rust_decimal::Decimal;
use serde_json::json;

/// Something that has a lower end, which belongs to it, and an upper, which does not; the last has none.
pub trait Band {
    /// The lower end.
    fn from(&self) -> Decimal;
    /// The upper end.
    fn below(&self) -> Option<Decimal>;
}

crate::refusals! { BAND_REFUSALS:
    BAND_START = "scheme.band_start", Invalid, "第一个区间须从 {expected} 开始", "The first band must start at {expected}";
    BAND_GAP = "scheme.band_gap", Invalid, "区间须首尾相接：应从 {expected} 开始", "Bands follow each other without gap or overlap: this one must start at {expected}";
    BAND_EMPTY = "scheme.band_empty", Invalid, "区间的上限须大于下限", "The upper end of a band must be above its lower end";
    BAND_END = "scheme.band_end", Invalid, "最后一个区间不设上限，其余区间须设上限", "The last band has no upper end, and all others have one";
}

/// Notes whatever is wrong with bands that begin at nothing.
pub fn check_bands(bands: &[impl Band], findings: &mut Findings, pointer: &str) {
    let mut expected = Some(Decimal::ZERO);
    for (place, band) in bands.iter().enumerate() {
        let at = |member: &str| format!("{pointer}/{place}/{member}");
        let code: &'static RefusalCode = if place == 0 { BAND_START } else { BAND_GAP };
        if let Some(expected) = expected.filter(|expected| *expected != band.from()) {
            findings.add_with(at("from"), code, [("expected", json!(expected))]);
        }
        let is_last = place + 1 == bands.len();
        if is_last != band.below().is_none() {
            findings.add(at("below"), BAND_END);
        }
        if band.below().is_some_and(|below| below <= band.from()) {
            findings.add(at("below"), BAND_EMPTY);
        }
        expected = band.below();
    }
}

/// The band in which a value lies; a value below the first lies in the first.
pub fn of_bands<B: Band>(bands: &[B], value: Decimal) -> Option<&B> {
    bands.iter().rev().find(|band| band.from() <= value).or(bands.first())
}
