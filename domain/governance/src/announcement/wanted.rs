//! What is wanted of each reader: nothing, that it is read, 收到, or an answer by a day. `[NOT-1a; 002 §8 四.3]`

use super::*;

/// The kinds of reply that may be wanted of a reader.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = NoticeWant)]
pub enum Want {
    /// Nothing: 无需回复.
    #[default]
    Nothing,
    /// That it is read.
    Read,
    /// The reply 收到.
    Received,
    /// An answer by a day.
    Answer,
}

crate::labels! { Want = "NoticeWant":
    Nothing = "nothing", "无需回复", "No reply";
    Read = "read", "须阅读", "To be read";
    Received = "received", "须回复“收到”", "To be acknowledged";
    Answer = "answer", "须限期答复", "To be answered";
}

/// What is wanted of each reader. "无需回复" is the default of announcements. `[002 §8 四.3]`
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
#[serde(tag = "want", rename_all = "snake_case")]
pub enum Wanted {
    /// Nothing.
    #[default]
    Nothing,
    /// That it is read.
    Read,
    /// The reply 收到.
    Received,
    /// An answer, which is owed by the end of a day.
    Answer {
        /// The last day for it.
        by: BusinessDate,
    },
}

impl Wanted {
    /// Which kind of reply.
    pub const fn want(self) -> Want {
        match self {
            Self::Nothing => Want::Nothing,
            Self::Read => Want::Read,
            Self::Received => Want::Received,
            Self::Answer { .. } => Want::Answer,
        }
    }

    /// The last day to answer, where an answer is wanted.
    pub const fn answer_by(self) -> Option<BusinessDate> {
        match self {
            Self::Answer { by } => Some(by),
            _ => None,
        }
    }

    /// From the kind of reply and the day; none where an answer is wanted without a day, or a day is named without one.
    pub const fn of(want: Want, by: Option<BusinessDate>) -> Option<Self> {
        match (want, by) {
            (Want::Nothing, None) => Some(Self::Nothing),
            (Want::Read, None) => Some(Self::Read),
            (Want::Received, None) => Some(Self::Received),
            (Want::Answer, Some(by)) => Some(Self::Answer { by }),
            _ => None,
        }
    }
}
