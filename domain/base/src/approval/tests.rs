//! The engine's tests: planning tables, the matrix of states and actions, stories, and random sequences.

mod company;
mod hand_over;
mod matrix;
mod planning;
mod random;
mod soundness;
mod stories;
