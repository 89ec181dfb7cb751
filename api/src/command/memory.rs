//! The allocator's settings.

use libmimalloc_sys::{mi_option_set, mi_option_t};

/// `mi_option_purge_delay` of mimalloc 2 and 3, which the bindings do not name.
const PURGE_DELAY: mi_option_t = 15;

/// Lets memory go back to the system as soon as it is free. The allocator would wait for a second, and then for the next
/// thing that a thread frees; on an idle server nothing is, and what a start or the hash of a password took would
/// stay with it for ever. What it costs a busy server is within what its measurements vary by.
pub(super) fn give_back_at_once() {
    #[expect(unsafe_code, reason = "stores a number, atomically, in a setting of the allocator")]
    unsafe {
        mi_option_set(PURGE_DELAY, 0);
    }
}
