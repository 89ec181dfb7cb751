//! Statuses that carry what belongs to each state, beside the plain names of the states.

/// Why a document stands where it does: said by somebody, or perhaps by nobody.
pub trait Reason: Sized {
    /// As it is shown and kept.
    fn told(&self) -> Option<&str>;
    /// From what was kept; none where it should have been said.
    fn recall(kept: Option<String>) -> Option<Self>;
}

impl Reason for String {
    fn told(&self) -> Option<&str> {
        Some(self)
    }
    fn recall(kept: Option<String>) -> Option<Self> {
        kept
    }
}

impl Reason for Option<String> {
    fn told(&self) -> Option<&str> {
        self.as_deref()
    }
    fn recall(kept: Option<String>) -> Option<Self> {
        Some(kept)
    }
}

/// What follows from a status enum and the enum of its states' names: `status! { LightStatus as Light: Red,
/// Green }` gives it `state`. Where the states carry nothing but an instant (`at` or `since`) and a `reason`,
/// which are listed behind each, `told` and `of` come with it: the columns they are kept in, and the way
/// back.
#[macro_export]
macro_rules! status {
    ($status:ident as $state:ident: $($variant:ident),+ $(,)?) => {
        impl $status {
            /// The name of the state.
            pub const fn state(&self) -> $state {
                match self {
                    $(Self::$variant { .. } => $state::$variant,)+
                }
            }
        }
    };
    ($status:ident as $state:ident: $($variant:ident $($member:ident)*;)+) => {
        $crate::status! { $status as $state: $($variant),+ }

        impl $status {
            /// Since when it stands there and, where somebody had to say it, why.
            pub fn told(&self) -> (Option<$crate::spine::Timestamp>, Option<&str>) {
                match self {
                    $(Self::$variant { $($member),* } => $crate::status!(@told $($member)*),)+
                }
            }

            /// The state of a name with what belongs to it; none where a part of it is missing.
            pub fn of(
                state: $state,
                at: Option<$crate::spine::Timestamp>,
                reason: Option<String>,
            ) -> Option<Self> {
                Some(match state {
                    $($state::$variant => {
                        Self::$variant { $($member: $crate::status!(@kept $member at reason)),* }
                    })+
                })
            }
        }
    };
    (@told) => { (None, None) };
    (@told $at:ident) => { (Some(*$at), None) };
    (@told $at:ident $reason:ident) => { (Some(*$at), $crate::spine::Reason::told($reason)) };
    (@kept reason $at:ident $reason:ident) => { $crate::spine::Reason::recall($reason)? };
    (@kept $member:ident $at:ident $reason:ident) => { $at? };
}

#[cfg(test)]
mod tests {
    use crate::spine::Timestamp;

    #[derive(Clone, PartialEq, Debug)]
    enum Status {
        New,
        Under { since: Timestamp },
        Over { at: Timestamp, reason: String },
        Gone { at: Timestamp, reason: Option<String> },
    }

    #[derive(Clone, Copy, PartialEq, Debug)]
    enum State {
        New,
        Under,
        Over,
        Gone,
    }

    crate::status! { Status as State: New; Under since; Over at reason; Gone at reason; }

    #[test]
    fn a_status_is_recalled_from_what_was_kept_of_it() {
        let at = Timestamp::from_micros(1_772_674_200_000_000).expect("an instant");
        let reason = || "到期".to_owned();
        for status in [
            Status::New,
            Status::Under { since: at },
            Status::Over { at, reason: reason() },
            Status::Gone { at, reason: Some(reason()) },
            Status::Gone { at, reason: None },
        ] {
            let (kept, why) = status.told();
            assert_eq!(Status::of(status.state(), kept, why.map(str::to_owned)), Some(status));
        }
        assert_eq!(Status::of(State::Under, None, None), None, "since when is missing");
        assert_eq!(Status::of(State::Over, Some(at), None), None, "somebody must have said why");
    }
}
