//! Three ways: what the pack wrote last, what stands, what it says now. `[REG-5b]`

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What becomes of an item.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PackItemFate)]
pub enum Fate {
    /// It was not there, and is made.
    Made,
    /// It stood as the pack wrote it, and is brought up to date.
    Updated,
    /// It stands as the pack says.
    Unchanged,
    /// The company changed it, and the pack says nothing new: it stays.
    Kept,
    /// The company and the pack both say something else: it stays until it is named.
    Conflicting,
    /// It was named, and is as the pack says from now on.
    Taken,
    /// The company gave it up: it stays away.
    StaysAway,
}

crate::labels! { Fate = "PackItemFate":
    Made = "made", "新建", "Made";
    Updated = "updated", "更新", "Updated";
    Unchanged = "unchanged", "一致", "Unchanged";
    Kept = "kept", "保留公司修改", "The company's change stays";
    Conflicting = "conflicting", "双方均有修改，保留公司内容", "Changed on both sides, the company's stays";
    Taken = "taken", "按指定采用行业包内容", "Taken from the pack as named";
    StaysAway = "stays_away", "公司已停用，不再新建", "Given up by the company, stays away";
}

impl Fate {
    /// Whether something is written.
    pub const fn writes(self) -> bool {
        matches!(self, Self::Made | Self::Updated | Self::Taken)
    }

    /// Whether it stands as the pack says when it is done.
    pub const fn agrees(self) -> bool {
        self.writes() || matches!(self, Self::Unchanged)
    }
}

/// What becomes of an item, by digests: what the pack wrote last, what stands, what it says now; and whether it is named.
pub fn three_way(written: Option<&str>, stands: Option<&str>, says: &str, is_named: bool) -> Fate {
    match (written, stands) {
        (_, Some(stands)) if stands == says => Fate::Unchanged,
        (_, _) if is_named => Fate::Taken,
        (None, None) => Fate::Made,
        (Some(_), None) => Fate::StaysAway,
        (Some(written), Some(stands)) if written == stands => Fate::Updated,
        (Some(written), Some(_)) if written == says => Fate::Kept,
        (_, Some(_)) => Fate::Conflicting,
    }
}
