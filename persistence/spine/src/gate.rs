//! Gates: what many pass at once, and who closes one holds alone. The books are one: whoever posts shares them, and
//! whoever closes a month waits for all of these.

use super::{Failure, Tx};

/// A gate. Its key is that of an advisory lock of a transaction: with a savepoint that is undone it is given back, and
/// poolers fit, since no session holds it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Gate {
    /// A number that no other gate has.
    pub key: i64,
}

/// The gates that the transaction under way shares, in the order in which it came to them, and how many of them units of
/// work that are kept came to.
#[derive(Clone, Default)]
pub(super) struct Gates {
    held: Vec<i64>,
    kept: usize,
}

impl Gates {
    pub fn keep(&mut self) {
        self.kept = self.held.len();
    }
    pub fn undo(&mut self) {
        self.held.truncate(self.kept);
    }
    pub fn mark(&self) -> usize {
        self.held.len()
    }
    pub fn give_back(&mut self, mark: usize) {
        self.held.truncate(mark);
    }
}

impl Tx<'_> {
    /// Shares a gate until the end of the unit of work: nobody holds it alone before this is committed. What is kept in
    /// memory is asked anew, since who held it may have changed that while this unit began.
    ///
    /// # Errors
    /// [`Failure::Moved`] where master data is not any more what this unit began with.
    pub fn share(&mut self, gate: Gate) -> Result<(), Failure> {
        if self.connection().gates.held.contains(&gate.key) || !self.connection().locks_rows() {
            return Ok(());
        }
        self.connection().share_gate(gate.key)?;
        if !self.master_is_current()? {
            return Err(Failure::Moved);
        }
        self.connection().gates.held.push(gate.key);
        Ok(())
    }

    /// Holds a gate alone until the end of the unit of work: waits for all who share it.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn hold_alone(&mut self, gate: Gate) -> Result<(), Failure> {
        Ok(self.connection().hold_gate(gate.key)?)
    }
}
