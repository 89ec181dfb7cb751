//! The worked examples of the specification, and what holds of every course.

/// What holds whatever the facts are.
mod random;
/// A site with four representatives in May 2026.
mod site;
/// The sixteen worked examples.
mod worked;
