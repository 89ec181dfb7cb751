//! Who asks for money, and for which department.

/// Who claims: one of them twice as often.
pub const CLAIMANTS: [&str; 4] = ["lan", "ming", "rep", "lan"];
/// Who asks for requests and advances.
pub const ASKERS: [&str; 3] = ["lan", "ming", "rep"];

/// The department whose money somebody spends.
pub fn department_of(name: &str) -> &'static str {
    if name == "rep" { "sales" } else { "marketing" }
}
